#include "fat/cli/main.hpp"

#include <algorithm>
#include <exception>
#include <iostream>

#include <fmt/format.h>

#include "cli/command.hpp"
#include "cli/exit_code.hpp"
#include "cli/help.hpp"
#include "fat/model/log_entry.hpp"
#include "fat/model/problem.hpp"
#include "fat/model/suggestion.hpp"
#include "fat/ports/journal.hpp"
#include "fat/ports/snapshots.hpp"

namespace fat {

namespace {

constexpr std::size_t kPlainGrows = 4;  ///< a byte becomes three at most, a line ends in one

/// What stands before the command's name, and the rest.
struct Front {
  std::filesystem::path station = ".";
  std::string as;
  bool virtual_station = false;
  bool help = false;
  bool version = false;
  std::vector<std::string> rest;  ///< command and its words
};

std::string take_value(const std::vector<std::string>& words, std::size_t& at) {
  if (at + 1 >= words.size()) {
    throw UsageError{fmt::format("fatmaster: {} needs a value", words[at])};
  }
  return words[++at];
}

Front parse_front(const std::vector<std::string>& words) {
  Front front;
  std::size_t at = 0;
  for (; at < words.size() && words[at].starts_with('-'); ++at) {
    const auto& word = words[at];
    if (word == "-C" || word == "--station") {
      front.station = take_value(words, at);
    } else if (word == "--as") {
      front.as = take_value(words, at);
    } else if (word == "--virtual") {
      front.virtual_station = true;
    } else if (word == "-h" || word == "--help") {
      front.help = true;
    } else if (word == "--version") {
      front.version = true;
    } else {
      throw UsageError{
          fmt::format("fatmaster: unknown option '{}'{}; see `fatmaster --help`",
                      word,
                      did_you_mean(word, {"-C", "--as", "--virtual", "--help", "--version"}))};
    }
  }
  front.rest.assign(words.begin() + static_cast<std::ptrdiff_t>(at), words.end());
  return front;
}

const Command& find_command(const std::string& name) {
  const auto& all = commands();
  const auto found =
      std::ranges::find_if(all, [&](const Command& one) { return one.name == name; });
  if (found != all.end()) {
    return *found;
  }
  std::vector<std::string> names;
  for (const auto& command : all) {
    if (!command.hidden) {
      names.push_back(command.name);
    }
  }
  throw UsageError{fmt::format("fatmaster: unknown command '{}'{}; see `fatmaster --help`",
                               name,
                               did_you_mean(name, names))};
}

int dispatch(const Front& front) {
  if (front.version) {
    return find_command("version").function(
        {.station = front.station, .as = {}, .virtual_station = false, .arguments = Arguments{{}}});
  }
  if (front.help || front.rest.empty()) {
    (front.help ? std::cout : std::cerr) << overview_text();
    return front.help ? kExitDone : kExitUsage;
  }
  const auto& command = find_command(front.rest.front());
  const std::vector<std::string> words{front.rest.begin() + 1, front.rest.end()};
  const bool asks_help = std::ranges::find(words, "--help") != words.end();
  if (asks_help && !command.passes_words_on) {
    std::cout << help_text(command);
    return kExitDone;
  }
  auto arguments =
      command.passes_words_on ? Arguments{words} : Arguments{command.name, command.options, words};
  return command.function({.station = std::filesystem::absolute(front.station).lexically_normal(),
                           .as = front.as,
                           .virtual_station = front.virtual_station,
                           .arguments = std::move(arguments),
                           .words = words});
}

/// What a damaged file held may be quoted: it is for a terminal from here on.
int explain(const std::string& text, int exit_code) {
  std::cerr << plain_lines(text, kPlainGrows * text.size()) << '\n';
  return exit_code;
}

std::string advice(const JournalError& error) {
  return error.fault() == JournalFault::Damaged
             ? "\nfatmaster: nothing was changed. Keep a copy of the folder; `fatmaster doctor` "
               "tells "
               "what is sound, `fatmaster restore` brings back a backup"
             : "";
}

}  // namespace

int run_command_line(const std::vector<std::string>& arguments) {
  try {
    return dispatch(parse_front(arguments));
  } catch (const UsageError& error) {
    return explain(error.what(), kExitUsage);
  } catch (const CommandError& error) {
    return explain(fmt::format("fatmaster: {}", error.what()), error.exit_code());
  } catch (const FileError& error) {
    return explain(error.what(), kExitFileWrong);
  } catch (const JournalError& error) {
    return explain(fmt::format("fatmaster: {}{}", error.what(), advice(error)), kExitFileWrong);
  } catch (const SnapshotError& error) {
    return explain(fmt::format("fatmaster: {}", error.what()), kExitFileWrong);
  } catch (const std::filesystem::filesystem_error& error) {
    return explain(fmt::format("fatmaster: {}: {}", error.path1().string(), error.code().message()),
                   kExitFileWrong);
  } catch (const std::exception& error) {
    return explain(fmt::format("fatmaster: internal error: {}", error.what()), kExitBug);
  }
}

}  // namespace fat
