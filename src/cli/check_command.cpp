#include "cli/check_command.hpp"

#include <algorithm>
#include <array>
#include <iostream>
#include <optional>
#include <string>

#include <fmt/format.h>
#include <unistd.h>

#include "cli/check_facts.hpp"
#include "cli/exit_code.hpp"
#include "cli/help.hpp"
#include "cli/print.hpp"
#include "cli/station_context.hpp"
#include "cli/task_commands.hpp"
#include "fat/model/plain_text.hpp"
#include "fat/model/suggestion.hpp"
#include "fat/runner/system_clock.hpp"
#include "fat/store/check_book.hpp"

namespace fat {

namespace {

constexpr std::size_t kLongestNote = 2000;

/// Done by a built-in task, or confirmed by a person.
struct HandCheck {
  std::string_view name;
  std::string_view task;      ///< empty: a person says so
  std::string_view question;  ///< for the person
};

// clang-format off: a table
constexpr std::array kHandChecks{
    HandCheck{"setup", "setup", ""},
    HandCheck{"modules", "status_check", ""},
    HandCheck{"peripherals", "check_peripherals", ""},
    HandCheck{"laser-frequency", "check_laser_freq", ""},
    HandCheck{"laser-visibility", "check_laser_visibility", ""},
    HandCheck{"filters", "check_filters", ""},
    HandCheck{"gain", "measure_gain", ""},
    HandCheck{"dark-rate", "measure_scaler", ""},
    HandCheck{"laser-supply", "", "Is the laser's supply on?"},
    HandCheck{"logbook", "", "Does the logbook have an entry for this run?"},
};

// clang-format on

const HandCheck& find_check(const std::string& name) {
  const auto* const found = std::ranges::find(kHandChecks, name, &HandCheck::name);
  if (found != kHandChecks.end()) {
    return *found;
  }
  std::vector<std::string> names(kHandChecks.size());
  std::ranges::transform(
      kHandChecks, names.begin(), [](const HandCheck& check) { return std::string{check.name}; });
  throw UsageError{fmt::format("fatmaster check: there is no check '{}'{}; there are: {}",
                               name,
                               did_you_mean(name, names),
                               fmt::join(names, ", "))};
}

/// Everything behind the check's name, taken out of `words`: the flag of that name.
bool take_flag(std::vector<std::string>& words, const std::string& flag) {
  return std::erase(words, flag) > 0;
}

NewestRun require_run(const Station& station) {
  auto run = newest_run(station);
  if (!run) {
    throw CommandError{kExitFileWrong,
                       "no run has been made here; `fatmaster new-run -m COMMENT` makes one"};
  }
  return *run;
}

void keep(const Invocation& invocation, const Station& station, int run, CheckRecord record) {
  record.who = acting_person(invocation, station);
  record.at = SystemClock{}.now().wall;
  CheckBook{station.state}.add(run, record);
}

int by_task(const Invocation& invocation, const HandCheck& check, std::vector<std::string> words) {
  const auto station = open_station(invocation).station;
  const auto newest = require_run(station);
  const bool names_run =
      std::ranges::any_of(words, [](const auto& word) { return word.starts_with("--run"); });
  if (!names_run) {
    words.insert(words.end(), {"--run", newest.file.string()});
  }
  const int status = perform_task(invocation, std::string{check.task}, words);
  const bool was_performed = status != kExitUsage && status != kExitFileWrong;
  if (!names_run && was_performed) {
    const auto note = status == kExitDone ? "" : fmt::format("exit status {}", status);
    keep(invocation,
         station,
         newest.number,
         {.check = std::string{check.name},
          .good = status == kExitDone,
          .by_person = false,
          .who = {},
          .at = {},
          .note = note});
  }
  return status;
}

/// nullopt when the person said neither.
std::optional<bool> yes_or_no(std::string_view question) {
  if (::isatty(STDIN_FILENO) != 1) {
    throw UsageError{"fatmaster check: this is no terminal; say --yes or --no"};
  }
  std::cerr << question << " [yes/no] " << std::flush;
  std::string answer;
  std::getline(std::cin, answer);
  if (answer == "yes" || answer == "y") {
    return true;
  }
  return answer == "no" || answer == "n" ? std::optional{false} : std::nullopt;
}

std::string take_note(std::vector<std::string>& words) {
  const auto flag = std::ranges::find(words, "--note");
  if (flag == words.end()) {
    return "";
  }
  if (std::next(flag) == words.end()) {
    throw UsageError{"fatmaster check: --note needs a text"};
  }
  auto note = plain_text(*std::next(flag), kLongestNote);
  words.erase(flag, std::next(flag, 2));
  return note;
}

int by_person(const Invocation& invocation,
              const HandCheck& check,
              std::vector<std::string> words) {
  const auto station = open_station(invocation).station;
  const auto newest = require_run(station);
  auto note = take_note(words);
  const bool yes = take_flag(words, "--yes");
  const bool no = take_flag(words, "--no");
  if (!words.empty() || (yes && no)) {
    throw UsageError{
        fmt::format("fatmaster check {}: it takes --yes or --no, and --note TEXT", check.name)};
  }
  const auto answer = yes || no ? std::optional{yes} : yes_or_no(check.question);
  if (!answer) {
    throw UsageError{"fatmaster check: neither yes nor no; nothing was written down"};
  }
  keep(invocation,
       station,
       newest.number,
       {.check = std::string{check.name},
        .good = *answer,
        .by_person = true,
        .who = {},
        .at = {},
        .note = std::move(note)});
  print(
      fmt::format("run {}: {} is {}", newest.number, check.name, *answer ? "confirmed" : "denied"));
  return *answer ? kExitDone : kExitModulesBad;
}

int show_list(const Invocation& invocation, bool as_json) {
  const auto station = open_station(invocation).station;
  const auto lines = quick_check_list(bench_facts(invocation, station));
  print(as_json ? check_list_json(lines) : check_list_text(lines));
  const bool well = std::ranges::all_of(
      lines, [](const CheckLine& line) { return line.state == CheckState::Good; });
  return well ? kExitDone : kExitModulesBad;
}

int check(const Invocation& invocation) {
  auto words = invocation.arguments.rest();
  if (take_flag(words, "--help")) {
    print(help_text(check_command()));
    return kExitDone;
  }
  if (words.empty() || words.front().starts_with('-')) {
    const bool as_json = take_flag(words, "--json");
    if (!words.empty()) {
      throw UsageError{
          fmt::format("fatmaster check: unknown option '{}'{}; see `fatmaster check "
                      "--help`",
                      words.front(),
                      did_you_mean(words.front(), {"--json"}))};
    }
    return show_list(invocation, as_json);
  }
  const auto& wanted = find_check(words.front());
  words.erase(words.begin());
  return wanted.task.empty() ? by_person(invocation, wanted, std::move(words))
                             : by_task(invocation, wanted, std::move(words));
}

}  // namespace

Command check_command() {
  return {
      .name = "check",
      .summary = "the shifter's quick check list, or one of its checks by hand",
      .details =
          "Alone: is the bench ready for the newest run, and which command mends what is "
          "not. Exit code 1 when something is left.\n"
          "With CHECK: the built-in task for it here and now, with its parameters (`fatmaster "
          "tasks` "
          "lists them), or what a person confirms\n"
          "(laser-supply, logbook). Who and when is kept.",
      .options = {{.name = "CHECK",
                   .value = {},
                   .help =
                       "setup|modules|peripherals|laser-frequency|laser-visibility|filters|gain|"
                       "dark-rate|laser-supply|logbook"},
                  {.name = "--yes", .value = {}, .help = "of what a person confirms: it is so"},
                  {.name = "--no", .value = {}, .help = "it is not so"},
                  {.name = "--note", .value = "TEXT", .help = "what else is to be kept with it"},
                  {.name = "--run",
                   .value = "RUN_JSON",
                   .help = "of a task: another run, nothing is kept"},
                  {.name = "--json", .value = {}, .help = "the list, for programs"}},
      .function = check,
      .hidden = false,
      .passes_words_on = true};
}

}  // namespace fat
