#include "cli/edit_reader.hpp"

#include <algorithm>
#include <fstream>
#include <sstream>

#include <fmt/format.h>

#include "cli/exit_code.hpp"
#include "cli/run_at_hand.hpp"
#include "fat/engine/verbs.hpp"
#include "fat/model/command_line.hpp"
#include "fat/model/lower_case.hpp"
#include "fat/tasks/catalog.hpp"

namespace fat {

namespace {

constexpr const char* kCommandLine = "command line";

/// "attempts=3" -> name and value.
KeyChange key_and_value(const std::string& text) {
  const auto equals = text.find('=');
  if (equals == std::string::npos || equals == 0) {
    throw UsageError{fmt::format("'{}' is not KEY=VALUE, such as timeout='2 h'", text)};
  }
  return {.name = text.substr(0, equals), .value = text.substr(equals + 1)};
}

IniFile read_ini(const std::string& name) {
  const std::ifstream in{name, std::ios::binary};
  std::stringstream text;
  text << in.rdbuf();
  if (!in) {
    throw CommandError{kExitFileWrong, fmt::format("{} cannot be read", name)};
  }
  return parse_ini(text.str(), name);
}

OptionInfo option(const char* name, const char* value, const char* help) {
  return {.name = name, .value = value, .help = help};
}

/// Exactly one of `names` is given: which.
std::string one_of(const Arguments& arguments, const std::vector<std::string>& names) {
  std::string found;
  std::string all;
  int times = 0;
  for (const auto& name : names) {
    all += fmt::format("{}--{}", all.empty() ? "" : ", ", name);
    if (arguments.has(name)) {
      found = name;
      ++times;
    }
  }
  if (times != 1) {
    throw UsageError{fmt::format("fatmaster insert: give one of {}", all)};
  }
  return found;
}

std::string file_name(const std::string& command) {
  const auto words = split_command(command).words;
  const auto& program = words.empty() ? command : words.front();
  return program.substr(program.rfind('/') + 1);
}

}  // namespace

std::vector<OptionInfo> edit_options(const std::string& command) {
  const OptionInfo changes{.name = "CHANGE",
                           .value = {},
                           .help = "KEY=VALUE, as in a schedule: timeout='2 h'",
                           .repeated = true};
  if (command == "insert") {
    return {changes,
            option("--before", "STEP", "the new step comes right before this one"),
            option("--after", "STEP", "the new step comes right behind this one"),
            option("--at", "front|end", "front: it runs next; end: it runs last"),
            option("--task", "TASK", "a built-in task, or with --package a Python function"),
            option("--package", "NAME", "Python package of the function"),
            option("--command", "TEXT", "any program"),
            option("--from", "FILE", "sections and fragments of this file, as in a schedule"),
            option("--like", "STEP", "a copy of this step, with the changes given"),
            option("--title", "TEXT", "title of the new step (default: made from what it does)")};
  }
  if (command == "move") {
    return {{.name = "STEP", .value = {}, .help = "title or index of the step", .required = true},
            {.name = "WHERE",
             .value = {},
             .help = "front, end, before:STEP, after:STEP, or STEP (before it)",
             .required = true}};
  }
  if (command == "drop") {
    return {{.name = "STEP",
             .value = {},
             .help = "titles or indices of the steps",
             .required = true,
             .repeated = true}};
  }
  return {{.name = "STEP", .value = {}, .help = "title or index of the step"},
          changes,
          {.name = "--unset",
           .value = "KEY",
           .help = "as if the key did not stand in the section (may be repeated)",
           .repeated = true}};
}

EditReader::EditReader(const Plan& plan, const RunState& state, const StationFile& station)
    : state_(state), station_(station), editor_(plan) {}

void EditReader::take(const std::string& command, const Arguments& arguments) {
  if (command == "insert") {
    insert(arguments);
  } else if (command == "move") {
    move(arguments);
  } else if (command == "drop") {
    drop(arguments);
  } else {
    change(arguments);
  }
}

void EditReader::take_batch(const std::string& text, const std::string& name) {
  std::istringstream lines{text};
  int number = 0;
  for (std::string line; std::getline(lines, line);) {
    ++number;
    const auto begin = line.find_first_not_of(" \t\r");
    if (begin == std::string::npos || line[begin] == '#') {
      continue;
    }
    auto [words, problem] = split_command(line);
    const auto command = words.empty() ? std::string{} : words.front();
    try {
      if (!problem.empty()) {
        throw UsageError{problem};
      }
      if (command != "insert" && command != "move" && command != "drop" && command != "edit") {
        throw UsageError{fmt::format("'{}' is none of insert, move, drop, edit", command)};
      }
      words.erase(words.begin());
      take(command, Arguments{command, edit_options(command), words});
    } catch (const UsageError& error) {
      problems_.push_back({Severity::Error, {name, number}, error.what()});
    }
  }
}

void EditReader::make(PlanEdit edit) {
  editor_.apply(edit);  // what does not fit is refused with the others, by the run itself
  edits_.push_back(std::move(edit));
}

std::size_t EditReader::index_of(const std::string& text) const {
  const auto place = step_named(plan(), text);
  if (place.list != StepList::Main) {
    throw UsageError{
        fmt::format("'{}' is not a step of the sequence; only those are edited", text)};
  }
  return place.index;
}

/// The step right before that place; `moved` itself does not count.
std::string EditReader::behind(const std::string& where, const std::string& moved) const {
  const auto& steps = plan().steps;
  std::size_t place = steps.size();
  if (where == "front") {
    place = first_ahead(plan(), state_);
  } else if (where.starts_with("after:")) {
    place = index_of(where.substr(6)) + 1;
  } else if (where != "end") {
    place = index_of(where.starts_with("before:") ? where.substr(7) : where);
  }
  while (place > 0 && steps[place - 1].title == moved) {
    --place;
  }
  return place == 0 ? std::string{} : steps[place - 1].title;
}

std::string EditReader::free_title(std::string wanted) const {
  auto title = wanted;
  for (int number = 2; find_step(plan().steps, title); ++number) {
    title = fmt::format("{}_{}", wanted, number);
  }
  return title;
}

StepContext EditReader::context(std::size_t place) const {
  return {
      .plan = plan(), .catalog = catalog_of(station_.station), .station = station_, .place = place};
}

void EditReader::insert(const Arguments& arguments) {
  const auto place = one_of(arguments, {"before", "after", "at"});
  const auto value = arguments.value(place);
  if (place == "at" && value != "front" && value != "end") {
    throw UsageError{"fatmaster insert: --at is front or end"};
  }
  auto behind_it = behind(place == "at" ? value : place + ":" + value, {});
  const auto before_it = find_step(plan().steps, behind_it);
  const auto index = before_it ? *before_it + 1 : 0;
  auto made = new_steps(arguments, index);
  problems_.insert(problems_.end(), made.problems.begin(), made.problems.end());
  for (Step& step : made.steps) {
    fresh_.push_back(step);
    auto title = step.title;
    make(PlanEdit::insert(std::move(step), std::move(behind_it)));
    behind_it = std::move(title);
  }
}

NewSteps EditReader::new_steps(const Arguments& arguments, std::size_t place) {
  const auto source = one_of(arguments, {"task", "command", "from", "like"});
  const auto changes = arguments.values("CHANGE");
  if (source == "from") {
    if (!changes.empty() || arguments.has("title") || arguments.has("package")) {
      throw UsageError{"fatmaster insert: with --from everything stands in the file"};
    }
    return read_new_steps(read_ini(arguments.value("from")), context(place));
  }
  if (source != "like") {
    return step_of_words(arguments, context(place));
  }
  const auto& before = plan().steps[index_of(arguments.value("like"))];
  std::vector<KeyChange> pairs;
  pairs.reserve(changes.size());
  for (const auto& text : changes) {
    pairs.push_back(key_and_value(text));
  }
  const auto title = arguments.has("title") ? arguments.value("title") : free_title(before.title);
  return read_changed_step(before, title, pairs, context(place));
}

/// As if the words were a section of a schedule.
NewSteps EditReader::step_of_words(const Arguments& arguments, const StepContext& context) {
  const bool command = arguments.has("command");
  const auto work = arguments.value(command ? "command" : "task");
  const auto title = arguments.has("title") ? arguments.value("title")
                                            : free_title(command ? file_name(work) : work);
  IniSection section{.name = title, .line = 0, .keys = {}};
  section.keys.push_back({.name = command ? "command" : "task", .value = work});
  if (arguments.has("package")) {
    section.keys.push_back({.name = "package", .value = arguments.value("package")});
  }
  IniFile file{.name = kCommandLine, .sections = {}, .problems = {}};
  for (const auto& text : arguments.values("CHANGE")) {
    const auto [written, value] = key_and_value(text);
    const auto name = lower_case(written);
    if (find_key(section, name) != nullptr) {
      file.problems.push_back(
          {Severity::Error, {kCommandLine, 0}, fmt::format("'{}' is given twice", name)});
    }
    section.keys.push_back({.name = name, .value = value.value_or("")});
  }
  file.sections.push_back(std::move(section));
  return read_new_steps(file, context);
}

void EditReader::move(const Arguments& arguments) {
  const auto title = plan().steps[index_of(arguments.value("STEP"))].title;
  make(PlanEdit::move(title, behind(arguments.value("WHERE"), title)));
}

/// One that was dropped before is no mistake: the same words may have come twice.
void EditReader::drop(const Arguments& arguments) {
  std::vector<std::string> titles;
  for (const auto& text : arguments.values("STEP")) {
    const bool dropped = std::ranges::any_of(state_.edits, [&](const PlanEdit& edit) {
      return edit.kind == EditKind::Drop && edit.title == text;
    });
    const bool gone = dropped && !find_step(plan().steps, text);
    titles.push_back(gone ? text : plan().steps[index_of(text)].title);
  }
  for (auto& title : titles) {
    make(PlanEdit::drop(std::move(title)));
  }
}

void EditReader::change(const Arguments& arguments) {
  std::vector<KeyChange> changes;
  for (const auto& text : arguments.values("CHANGE")) {
    changes.push_back(key_and_value(text));
  }
  for (const auto& name : arguments.values("unset")) {
    changes.push_back({.name = name, .value = std::nullopt});
  }
  if (arguments.value("STEP").empty() || changes.empty()) {
    throw UsageError{"fatmaster edit: expected STEP and what to change: KEY=VALUE or --unset KEY"};
  }
  const auto index = index_of(arguments.value("STEP"));
  const Step before = plan().steps[index];
  auto made = read_changed_step(before, before.title, changes, context(index));
  problems_.insert(problems_.end(), made.problems.begin(), made.problems.end());
  for (Step& step : made.steps) {
    fresh_.push_back(step);
    make(PlanEdit::replace(before, std::move(step)));
  }
}

}  // namespace fat
