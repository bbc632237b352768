// The reserved keys as one table; a row's reader stores the value or says why it cannot.
#include "plan/step_keys.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "fat/model/quantity.hpp"
#include "plan/raw_text.hpp"

namespace fat {

namespace {

constexpr std::string_view kDuration = "a duration with its unit, such as '90 min'";
constexpr std::string_view kBoolean = "true or false (yes, no, on, off, 1, 0)";
constexpr int kMostAttempts = 1000;

/// Stores a parsed value, or says what was expected.
template <class Value, class Target>
void store(const std::optional<Value>& value,
           Target& target,
           const IniKey& key,
           SectionReport& report,
           std::string_view expected) {
  if (value) {
    target = *value;
  } else {
    report.wrong(key, expected);
  }
}

void read_timeout(const IniKey& key, Step& step, SectionReport& report) {
  store(parse_duration(key.value), step.timeout, key, report, kDuration);
}

void read_silence_timeout(const IniKey& key, Step& step, SectionReport& report) {
  store(parse_duration(key.value), step.silence_timeout, key, report, kDuration);
}

void read_attempts(const IniKey& key, Step& step, SectionReport& report) {
  const auto number = parse_integer(key.value);
  if (!number || *number < 1 || *number > kMostAttempts) {
    report.wrong(key, fmt::format("a whole number from 1 to {}", kMostAttempts));
    return;
  }
  step.attempts = static_cast<int>(*number);
}

void read_retry_delay(const IniKey& key, Step& step, SectionReport& report) {
  store(parse_duration(key.value), step.retry_delay, key, report, kDuration);
}

void read_retry_on(const IniKey& key, Step& step, SectionReport& report) {
  const auto words = list_items(lower_case(key.value));
  const auto known = [](const std::string& word) { return word == "error" || word == "timeout"; };
  if (words.empty() || !std::ranges::all_of(words, known)) {
    report.wrong(key, "a list of 'error' and 'timeout'");
    return;
  }
  step.retry_on.error = std::ranges::find(words, "error") != words.end();
  step.retry_on.timeout = std::ranges::find(words, "timeout") != words.end();
}

void read_on_failure(const IniKey& key, Step& step, SectionReport& report) {
  store(parse_on_failure(lower_case(key.value)),
        step.on_failure,
        key,
        report,
        "pause, stop or continue");
}

void read_recovery(const IniKey& key, Step& step, SectionReport& report) {
  store(parse_recovery(lower_case(key.value)), step.recovery, key, report, "rerun, verify or ask");
  if (step.recovery == Recovery::Verify && step.kind != StepKind::Builtin) {
    report.error(key, "only a built-in task can be verified; choose rerun or ask");
  }
}

/// The original took an empty value for no.
void read_run_backup(const IniKey& key, Step& step, SectionReport& report) {
  const auto value = key.value.empty() ? std::optional{false} : parse_bool(key.value);
  store(value, step.run_backup, key, report, kBoolean);
}

void read_leave_running(const IniKey& key, Step& step, SectionReport& report) {
  store(parse_bool(key.value), step.leave_running, key, report, kBoolean);
}

void read_shell(const IniKey& key, Step& step, SectionReport& report) {
  store(parse_bool(key.value), step.shell, key, report, kBoolean);
}

/// What the section declares takes the place of what its task declares under the same name.
void read_measurements(const IniKey& key, Step& step, SectionReport& report) {
  const auto declared = parse_promised_measurements(key.value);
  if (!declared) {
    report.wrong(key, "a list such as 'dark_rate [0, 2600] Hz, gain'");
    return;
  }
  for (const PromisedMeasurement& measurement : *declared) {
    const auto same = std::ranges::find_if(
        step.measurements, [&](const auto& known) { return known.name == measurement.name; });
    if (same != step.measurements.end()) {
      *same = measurement;
    } else {
      step.measurements.push_back(measurement);
    }
  }
}

bool is_claim(std::string_view text) {
  constexpr std::string_view letters = "abcdefghijklmnopqrstuvwxyz0123456789_-.";
  const auto resource = resource_of(text);
  return !resource.empty() && resource.find_first_not_of(letters) == std::string_view::npos;
}

/// Resources have small letters: HV and hv are one and the same high voltage.
void read_needs(const IniKey& key, Step& step, SectionReport& report) {
  for (auto& claim : list_items(lower_case(key.value))) {
    const auto same = [&](const std::string& one) {
      return resource_of(one) == resource_of(claim);
    };
    if (!is_claim(claim)) {
      report.wrong(key, "a list of resources such as 'laser, hv, network:shared' or 'supply:link'");
    } else if (std::ranges::any_of(step.needs, same)) {
      report.error(key, fmt::format("names {} twice", in_quotes(resource_of(claim))));
    } else {
      step.needs.push_back(std::move(claim));
    }
  }
}

void read_valid_when(const IniKey& key, Step& step, SectionReport& report) {
  store(parse_windows(key.value),
        step.valid_when,
        key,
        report,
        "of the form 'freezer in -40 +- 2 degC' or 'freezer in [-42, -38] degC', with 'not older "
        "than 5 min' behind it or not");
}

void read_background(const IniKey& key, Step& step, SectionReport& report) {
  store(parse_bool(key.value), step.background, key, report, kBoolean);
}

void read_after(const IniKey& key, Step& step, SectionReport&) {
  step.after = list_items(key.value);
}

void read_tags(const IniKey& key, Step& step, SectionReport&) {
  step.tags = list_items(key.value);
}

constexpr unsigned bit(StepKind kind) {
  return 1U << static_cast<unsigned>(kind);
}

constexpr unsigned kProcesses =
    bit(StepKind::Builtin) | bit(StepKind::Python) | bit(StepKind::Command);
constexpr unsigned kAll = kProcesses | bit(StepKind::Wait) | bit(StepKind::Prompt);

using Reader = void (*)(const IniKey&, Step&, SectionReport&);

/// Copies what the key says from one step to another.
using Keeper = void (*)(const Step& from, Step& to);

template <auto member>
void keep(const Step& from, Step& to) {
  to.*member = from.*member;
}

struct Row {
  std::string_view name;
  unsigned kinds;        ///< of steps that can have it
  std::string_view why;  ///< said where the key has no meaning
  Reader read = nullptr;
  Keeper keep = nullptr;
};

/// Says what the step is, or where it stands.
constexpr Row word(std::string_view name, unsigned kinds, std::string_view why) {
  return {.name = name, .kinds = kinds, .why = why};
}

/// What is read is kept, too: an edit of a step must not lose a key.
constexpr Row value(
    std::string_view name, unsigned kinds, Reader read, std::string_view why, Keeper keep) {
  return {.name = name, .kinds = kinds, .why = why, .read = read, .keep = keep};
}

constexpr std::string_view kLater = "this version cannot do it yet";
constexpr std::string_view kOnlyProcess = "a step that only waits or asks has none";

// clang-format off: a table
constexpr std::array kRows{
    word("task", kAll, ""),
    word("package", kAll, ""),
    word("command", kAll, ""),
    word("fragment", kAll, ""),
    word("repeat", 0, "only a section with 'fragment' is repeated"),
    word("parameters", 0, "only a [fragment NAME] section has it"),
    word("steps", 0, "only [safe_state] and [on_resume] have it"),
    value("run_backup", kAll, read_run_backup, "", keep<&Step::run_backup>),
    value("timeout", kProcesses, read_timeout, kOnlyProcess, keep<&Step::timeout>),
    value("silence_timeout",
          kProcesses,
          read_silence_timeout,
          kOnlyProcess,
          keep<&Step::silence_timeout>),
    value("attempts", kProcesses, read_attempts, kOnlyProcess, keep<&Step::attempts>),
    value("retry_delay", kProcesses, read_retry_delay, kOnlyProcess, keep<&Step::retry_delay>),
    value("retry_on", kProcesses, read_retry_on, kOnlyProcess, keep<&Step::retry_on>),
    value("on_failure", kAll, read_on_failure, "", keep<&Step::on_failure>),
    value("recovery", kProcesses, read_recovery, kOnlyProcess, keep<&Step::recovery>),
    value("needs", kAll, read_needs, "", keep<&Step::needs>),
    value("measurements", kProcesses, read_measurements, kOnlyProcess, keep<&Step::measurements>),
    value("shell",
          bit(StepKind::Command),
          read_shell,
          "only a 'command' can run in a shell",
          keep<&Step::shell>),
    value(
        "leave_running", kProcesses, read_leave_running, kOnlyProcess, keep<&Step::leave_running>),
    value("tags", kAll, read_tags, "", keep<&Step::tags>),
    value("background", kAll, read_background, "", keep<&Step::background>),
    value("after", kAll, read_after, "", keep<&Step::after>),
    word("when", 0, kLater),
    value("valid_when", kProcesses, read_valid_when, kOnlyProcess, keep<&Step::valid_when>),
};

// clang-format on

const Row* find_row(std::string_view key) {
  const auto* found = std::ranges::find_if(kRows, [&](const Row& row) { return row.name == key; });
  return found == kRows.end() ? nullptr : found;
}

}  // namespace

bool is_reserved(std::string_view key) {
  return find_row(key) != nullptr;
}

const std::vector<std::string>& reserved_keys() {
  static const std::vector<std::string> names = [] {
    std::vector<std::string> result;
    result.reserve(kRows.size());
    for (const Row& row : kRows) {
      result.emplace_back(row.name);
    }
    return result;
  }();
  return names;
}

void apply_reserved_key(const IniKey& key, Step& step, SectionReport& report) {
  const Row* row = find_row(key.name);
  if ((row->kinds & bit(step.kind)) != 0) {
    if (row->read != nullptr) {
      row->read(key, step, report);
    }
    return;
  }
  if (key.inherited && row->why != kLater) {
    return;
  }
  const bool python = step.kind == StepKind::Python;
  report.error(key,
               fmt::format("{}{}",
                           row->why,
                           python ? fmt::format("; write '{}{}' to pass it to the function",
                                                kArgumentPrefix,
                                                key.name)
                                  : ""));
}

void keep_reserved_keys(const Step& from, Step& to, const std::vector<std::string>& changed) {
  for (const Row& row : kRows) {
    if (row.keep != nullptr && std::ranges::find(changed, row.name) == changed.end()) {
      row.keep(from, to);
    }
  }
}

}  // namespace fat
