// One section -> a step: what kind it is, its arguments, its reserved keys.
#include "plan/step_reader.hpp"

#include <algorithm>
#include <array>
#include <cstdlib>

#include <fmt/format.h>

#include "fat/model/command_line.hpp"
#include "fat/model/quantity.hpp"
#include "plan/arguments.hpp"
#include "plan/program.hpp"
#include "plan/raw_text.hpp"
#include "plan/step_keys.hpp"

namespace fat {

namespace {

constexpr std::array<std::string_view, 3> kWorkKeys{"task", "command", "fragment"};

bool is_work(const IniKey& key) {
  return std::ranges::find(kWorkKeys, key.name) != kWorkKeys.end();
}

/// "a.b_c" of Python: names of letters, digits and _, joined by dots when `dotted`.
bool is_python_name(std::string_view text, bool dotted) {
  bool at_start = true;
  for (const char letter : text) {
    const auto code = static_cast<unsigned char>(letter);
    const bool digit = letter >= '0' && letter <= '9';
    const char lower = static_cast<char>(code | 0x20U);
    const bool is_letter = (lower >= 'a' && lower <= 'z') || letter == '_' || code >= 0x80U;
    const bool dot = dotted && letter == '.' && !at_start;
    if (!is_letter && !dot && (!digit || at_start)) {
      return false;
    }
    at_start = dot;
  }
  return !text.empty() && !at_start;
}

/// The original itself provides these two; they are ours whatever package is named.
bool is_always_builtin(std::string_view task) {
  return task == "status_check" || task == "manual_input";
}

std::vector<std::string> task_names(const TaskCatalog& catalog) {
  std::vector<std::string> names;
  for (const TaskInfo& task : catalog) {
    names.push_back(task.name);
  }
  return names;
}

/// Two of task, command and fragment, or `package` where it cannot stand.
bool report_conflicts(const IniKey& work, SectionReport& report) {
  const auto& keys = report.section().keys;
  const auto second = std::ranges::find_if(keys, [&](const IniKey& key) {
    return is_work(key) && !key.inherited && !work.inherited && key.name != work.name;
  });
  if (second != keys.end()) {
    report.error(*second, fmt::format("stands beside {}; give one of them", in_quotes(work.name)));
    return true;
  }
  const IniKey* package = find_key(report.section(), "package");
  if (work.name == "command" && package != nullptr && !package->inherited) {
    report.error(*package, "stands beside 'command'; a Python function needs 'package' and 'task'");
    return true;
  }
  return false;
}

void estimate_wait(Step& step) {
  for (const Argument& argument : step.arguments) {
    if (step.kind == StepKind::Wait && argument.name == "duration") {
      step.estimate = parse_duration(argument.value);
    }
  }
}

}  // namespace

const IniKey* find_work(const IniSection& section) {
  const IniKey* inherited = nullptr;
  for (const IniKey& key : section.keys) {
    if (is_work(key) && !key.inherited) {
      return &key;
    }
    if (is_work(key) && inherited == nullptr) {
      inherited = &key;
    }
  }
  return inherited;
}

std::optional<Step> StepReader::read(const IniSection& section,
                                     std::string title,
                                     StepList list,
                                     const std::string& file) {
  SectionReport report{file, section, problems_};
  auto step = identify(report);
  if (!step) {
    return std::nullopt;
  }
  step->title = std::move(title);
  step->source = {file, section.line};
  step->run_backup = defaults_.run_backup && list == StepList::Main;
  for (const IniKey& key : section.keys) {
    if (is_reserved(key.name)) {
      apply_reserved_key(key, *step, report);
    }
  }
  if (step->kind == StepKind::Command) {
    check_command(*find_work(section), *step, report);
  }
  const IniKey* backup = find_key(section, "run_backup");
  if (list != StepList::Main && backup != nullptr) {
    step->run_backup = false;
    if (!backup->inherited) {
      report.error(*backup, "only steps of the sequence are followed by a backup");
    }
  }
  check_lanes(*step, list, report);
  if (list == StepList::SafeState) {
    check_safe_state(*step, report);
  }
  return step;
}

std::optional<Step> StepReader::identify(SectionReport& report) {
  const IniKey* work = find_work(report.section());
  if (work == nullptr) {
    if (const IniKey* package = find_key(report.section(), "package")) {
      report.error(*package, "names no function; add 'task = NAME'");
      return std::nullopt;
    }
    report.error("says neither 'task' nor 'command' nor 'fragment'" +
                 work_hint(report.section().name));
    return std::nullopt;
  }
  if (report_conflicts(*work, report)) {
    return std::nullopt;
  }
  if (work->value.empty()) {
    report.error(*work, "is empty");
    return std::nullopt;
  }
  return work->name == "command" ? identify_command(*work, report) : identify_task(*work, report);
}

/// What a section may have been meant for that says nothing about its work.
std::string StepReader::work_hint(const std::string& name) const {
  return find_task(catalog_, name) != nullptr
             ? fmt::format("; did you mean 'task = {}'?", name)
             : problems_.suggest(name, {"constants", "safe_state", "on_resume", "DEFAULT"});
}

std::optional<Step> StepReader::identify_task(const IniKey& task, SectionReport& report) {
  const IniKey* package = find_key(report.section(), "package");
  const TaskInfo* info = find_task(catalog_, task.value);
  const bool builtin =
      package == nullptr ||
      (info != nullptr && (defaults_.prefer_builtin || is_always_builtin(task.value)));
  if (!builtin) {
    return identify_python(task, *package, report);
  }
  if (info != nullptr) {
    return identify_builtin(*info, report);
  }
  const auto suggestion = problems_.suggest(task.value, task_names(catalog_));
  report.error(
      task,
      fmt::format("no built-in task {}{}",
                  in_quotes(task.value),
                  suggestion.empty() ? "; a Python function needs its 'package' too" : suggestion));
  return std::nullopt;
}

std::optional<Step> StepReader::identify_builtin(const TaskInfo& info, SectionReport& report) {
  const bool original = find_key(report.section(), "package") != nullptr;
  Step step;
  step.kind = info.kind;
  step.task = info.name;
  step.recovery = info.recovery;
  step.measurements = info.measurements;
  step.estimate = info.estimate;
  step.arguments = builtin_arguments(info, original ? Binding::Original : Binding::ByName, report);
  estimate_wait(step);
  return step;
}

std::optional<Step> StepReader::identify_python(const IniKey& task,
                                                const IniKey& package,
                                                SectionReport& report) {
  if (!is_python_name(package.value, true)) {
    report.wrong(package, "the name of a Python module, such as 'degg_measurements.daq_scripts'");
  }
  if (!is_python_name(task.value, false)) {
    report.wrong(task, "the name of a Python function");
  }
  Step step;
  step.kind = StepKind::Python;
  step.task = task.value;
  step.package = package.value;
  step.arguments = python_arguments(report);
  return step;
}

Step StepReader::identify_command(const IniKey& command, SectionReport& report) {
  Step step;
  step.kind = StepKind::Command;
  step.command = command.value;
  refuse_arguments(report);
  return step;
}

void StepReader::check_command(const IniKey& command, const Step& step, SectionReport& report) {
  if (step.shell) {
    return;
  }
  const auto [words, problem] = split_command(step.command);
  if (!problem.empty()) {
    report.error(command, problem);
    return;
  }
  constexpr std::array<std::string_view, 8> shell_words{"|", "||", "&&", ">", ">>", "<", ";", "&"};
  for (const std::string_view word : shell_words) {
    if (std::ranges::find(words, word) != words.end()) {
      report.warning(
          command,
          fmt::format("{} is passed to the program as it is; 'shell = yes' runs the line in "
                      "a shell",
                      in_quotes(word)));
    }
  }
  if (programs_.insert(words.front()).second && !find_program(words.front(), defaults_.folders)) {
    report.warning(command, fmt::format("no program {} is there now", in_quotes(words.front())));
  }
}

/// What leaves the bench harmless may run at any time, any number of times, with nobody there.
void StepReader::check_safe_state(Step& step, SectionReport& report) {
  constexpr auto bound = std::chrono::minutes{5};
  if (step.kind == StepKind::Prompt) {
    report.error("asks a person; a safe state cannot wait for anybody");
    return;
  }
  if (step.kind == StepKind::Wait) {
    step.recovery = Recovery::Rerun;
    return;
  }
  if (step.recovery != Recovery::Rerun) {
    report.error(
        fmt::format("belongs to the safe state and must be safe to repeat, but its recovery is "
                    "{}; write 'recovery = rerun' when it is",
                    to_string(step.recovery)));
  }
  if (!step.timeout) {
    step.timeout = bound;
  }
}

void StepReader::check_lanes(Step& step, StepList list, SectionReport& report) {
  for (const auto* name : {"background", "after", "valid_when"}) {
    const IniKey* key = find_key(report.section(), name);
    if (key != nullptr && !key->inherited && list != StepList::Main) {
      report.error(
          *key,
          "only steps of the sequence have it; these run one after another, whatever is read");
    }
  }
  if (list != StepList::Main) {
    step.background = false;
    step.after.clear();
    step.valid_when.clear();
  } else if (step.background && step.needs.empty()) {
    report.error(*find_key(report.section(), "background"),
                 "a step without 'needs' holds the whole bench, and nothing runs beside it; say "
                 "what it occupies, such as 'needs = cpu'");
  }
}

}  // namespace fat
