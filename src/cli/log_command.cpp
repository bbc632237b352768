#include "cli/log_command.hpp"

#include <algorithm>
#include <iostream>
#include <system_error>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <unistd.h>

#include "cli/check_facts.hpp"
#include "cli/exit_code.hpp"
#include "cli/log_entries.hpp"
#include "cli/log_form.hpp"
#include "cli/print.hpp"
#include "cli/station_context.hpp"
#include "fat/model/local_time.hpp"
#include "fat/model/plain_text.hpp"
#include "fat/model/quantity.hpp"
#include "fat/runner/system_clock.hpp"
#include "fat/store/check_book.hpp"
#include "fat/store/log_files.hpp"

namespace fat {

namespace {

constexpr std::size_t kLongestField = 2000;

std::vector<std::string> words_in(const std::string& text) {
  std::vector<std::string> words;
  for (std::size_t at = text.find_first_not_of(' '); at != std::string::npos;
       at = text.find_first_not_of(' ', at)) {
    const auto end = std::min(text.find(' ', at), text.size());
    words.push_back(text.substr(at, end - at));
    at = end;
  }
  return words;
}

WallTime moment_of(const std::string& text) {
  if (const auto ago = parse_duration(text)) {
    return SystemClock{}.now().wall - *ago;
  }
  if (const auto moment = parse_local_time(text)) {
    return *moment;
  }
  throw UsageError{fmt::format(
      "fatmaster log: --since is a duration such as '2 h', or '2026-11-21 08:30', not '{}'", text)};
}

std::vector<LogAttachment> keep_files(const Station& station, const Arguments& arguments) {
  const auto files = arguments.values("attach");
  if (files.size() > kMostAttachments) {
    throw UsageError{fmt::format("fatmaster log: an entry has at most {} files", kMostAttachments)};
  }
  std::vector<LogAttachment> kept;
  for (const auto& file : files) {
    try {
      kept.push_back(keep_log_file(station.state, file, !station.group.empty()));
    } catch (const std::runtime_error& error) {  // system_error, too
      throw CommandError{kExitFileWrong, fmt::format("nothing was written: {}", error.what())};
    }
  }
  return kept;
}

int write(const Invocation& invocation, const Station& station) {
  const auto& arguments = invocation.arguments;
  const auto given = fmt::format("{}", fmt::join(arguments.values("TEXT"), " "));
  if (given.size() > kLongestLogText) {
    throw UsageError{fmt::format("fatmaster log: a text has at most {} bytes; attach a longer one",
                                 kLongestLogText)};
  }
  const auto run = choose_logged_run(station, arguments.value("run"));
  const Logged entry{.text = plain_lines(given, 3 * kLongestLogText),
                     .attachments = keep_files(station, arguments)};
  print(write_entry(acting_person(invocation, station), station, run, entry));
  return kExitDone;
}

std::string export_text(const std::vector<LogLine>& lines,
                        const Station& station,
                        const Arguments& arguments) {
  const auto file = [&](const LogAttachment& attachment) {
    const auto kept = log_file(station.state, attachment);
    const auto relative = kept.lexically_relative(station.folder);
    return relative.empty() || *relative.begin() == ".." ? kept.string() : relative.string();
  };
  if (arguments.has("json")) {
    return logbook_json(lines, file);
  }
  if (arguments.has("csv")) {
    return logbook_csv(lines, file);
  }
  return arguments.has("markdown") ? logbook_markdown(lines, station.name, file)
                                   : logbook_text(lines);
}

int show(const Invocation& invocation, const Station& station) {
  const auto& arguments = invocation.arguments;
  const auto wanted = arguments.value("run");
  const auto words = words_in(arguments.value("search"));
  const bool every =
      wanted == "all" || (wanted.empty() && (arguments.has("since") || !words.empty()));
  const auto runs =
      every ? logged_runs(station) : std::vector<LoggedRun>{choose_logged_run(station, wanted)};
  const auto since = arguments.has("since") ? moment_of(arguments.value("since")) : WallTime{};
  std::vector<LogLine> lines;
  for (const auto& run : runs) {
    std::ranges::move(lines_of_run(station, run), std::back_inserter(lines));
  }
  std::erase_if(lines,
                [&](const LogLine& line) { return line.at < since || !is_about(line, words); });
  auto text = export_text(lines, station, arguments);
  if (text.empty()) {
    std::cerr << "nothing of that stands in the logbook\n";
    return kExitDone;
  }
  text.pop_back();
  print(text);
  return kExitDone;
}

/// One line of the person at this terminal.
std::string ask(const std::string& what) {
  std::cerr << what << ": " << std::flush;
  std::string line;
  std::getline(std::cin, line);
  return plain_text(line, kLongestField);
}

bool is_yes(const std::string& word) {
  if (word != "yes" && word != "no") {
    throw UsageError{fmt::format("fatmaster log: expected yes or no, not '{}'", word)};
  }
  return word == "yes";
}

/// Kept as `check laser-supply` keeps it.
void confirm_laser(const Invocation& invocation, const Station& station, int run, bool yes) {
  CheckBook{station.state}.add(run,
                               {.check = "laser-supply",
                                .good = yes,
                                .by_person = true,
                                .who = acting_person(invocation, station),
                                .at = SystemClock{}.now().wall,
                                .note = {}});
}

/// What the options say of it.
void take_options(const Arguments& arguments, RunForm& form) {
  const auto take = [&](const char* name, std::string& field) {
    field = arguments.has(name) ? plain_text(arguments.value(name), kLongestField) : field;
  };
  take("comment", form.comment);
  take("shifter", form.shifter);
  take("remark", form.remark);
  for (const auto& word : arguments.values("box")) {
    const auto serial = word.substr(0, word.find('='));
    const auto module = std::ranges::find(form.modules, serial, &RunForm::Module::serial);
    if (word.find('=') == std::string::npos || module == form.modules.end()) {
      throw UsageError{fmt::format(
          "fatmaster log: --box is SERIAL=BOX of a module of run {}, not '{}'", form.run, word)};
    }
    module->box = plain_text(word.substr(serial.size() + 1), kLongestField);
  }
}

/// REQUIRES: a person at this terminal.
void ask_for_rest(RunForm& form) {
  if (form.comment.empty()) {
    form.comment = ask("comment: what is this run for");
  }
  if (form.shifter.empty()) {
    form.shifter = ask("shifter");
  }
  for (auto& module : form.modules) {
    if (module.box && module.box->empty()) {
      module.box = ask("box of " + module.serial);
    }
  }
}

void require_no_missing(const RunForm& form) {
  std::string lacking;
  for (const auto& [name, option] : missing_fields(form)) {
    lacking += fmt::format("\n  {}: {}", name, option);
  }
  if (!lacking.empty()) {
    throw UsageError{fmt::format("fatmaster log new-run: the form lacks{}", lacking)};
  }
}

bool lacks_laser(const RunForm& form) {
  return std::ranges::any_of(form.checks, [](const CheckLine& check) {
    return check.name == "laser-supply" && check.state == CheckState::Open;
  });
}

int fill_form(const Invocation& invocation, const Station& station) {
  const auto& arguments = invocation.arguments;
  const auto words = arguments.values("TEXT");
  if (words.size() > 2) {
    throw UsageError{"fatmaster log new-run: it takes one RUN at most, and options"};
  }
  const auto run =
      choose_logged_run(station, words.size() == 2 ? words[1] : arguments.value("run"));
  auto form = form_of(recorded_facts(station, run.number));
  take_options(arguments, form);
  const bool at_terminal = ::isatty(STDIN_FILENO) == 1;
  if (at_terminal) {
    ask_for_rest(form);
  }
  if (arguments.has("laser-supply") || (at_terminal && lacks_laser(form))) {
    const bool yes =
        is_yes(arguments.has("laser-supply") ? arguments.value("laser-supply")
                                             : ask("is the laser's supply on (yes or no)"));
    confirm_laser(invocation, station, run.number, yes);
    form.checks = form_of(recorded_facts(station, run.number)).checks;
  }
  require_no_missing(form);
  const Logged entry{.text = plain_lines(form_text(form), kLongestLogText),
                     .attachments = keep_files(station, arguments),
                     .new_run = true};
  print(entry.text);
  print(write_entry(acting_person(invocation, station), station, run, entry));
  return kExitDone;
}

int log(const Invocation& invocation) {
  const auto station = open_station(invocation).station;
  const auto& arguments = invocation.arguments;
  const auto words = arguments.values("TEXT");
  if (!words.empty() && words.front() == "new-run") {
    return fill_form(invocation, station);
  }
  const bool shows =
      words == std::vector<std::string>{"show"} || (words.empty() && !arguments.has("attach"));
  return shows ? show(invocation, station) : write(invocation, station);
}

}  // namespace

Command log_command() {
  return {
      .name = "log",
      .summary = "the logbook: write into it, read it, export it",
      .details =
          "log TEXT writes an entry, log new-run [RUN] the form with which a logbook begins a run, "
          "filled from what new-run and the checks\n"
          "have recorded; log alone (or log show) reads: entries, what people did and what became "
          "of the run. With --search or --since,\n"
          "of all runs. Works with and without a living scheduler.",
      .options = {{.name = "TEXT",
                   .value = {},
                   .help = "the entry; or: show, new-run [RUN]",
                   .repeated = true},
                  {.name = "--run",
                   .value = "RUN",
                   .help = "of this run (default: the one being driven, else the newest); all"},
                  {.name = "--attach",
                   .value = "PATH",
                   .help = "keep a copy of this file with the entry (may be repeated)",
                   .repeated = true},
                  {.name = "--search", .value = "WORDS", .help = "lines with all of these words"},
                  {.name = "--since",
                   .value = "TIME",
                   .help = "lines since then: '2 h', or '2026-11-21 08:30'"},
                  {.name = "--markdown", .value = {}, .help = "as a Markdown text"},
                  {.name = "--csv", .value = {}, .help = "as a table"},
                  {.name = "--json", .value = {}, .help = "for programs"},
                  {.name = "--comment", .value = "TEXT", .help = "new-run: what the run is for"},
                  {.name = "--shifter", .value = "NAME", .help = "new-run: who is on shift"},
                  {.name = "--box",
                   .value = "SERIAL=BOX",
                   .help = "new-run: where a module lies (may be repeated)",
                   .repeated = true},
                  {.name = "--laser-supply",
                   .value = "yes|no",
                   .help = "new-run: whether the laser's supply is on"},
                  {.name = "--remark", .value = "TEXT", .help = "new-run: anything else"}},
      .function = log};
}

}  // namespace fat
