#include "fat/plan/step_edits.hpp"

#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "plan/fragments.hpp"
#include "plan/program.hpp"
#include "plan/raw_text.hpp"
#include "plan/step_keys.hpp"
#include "plan/step_order.hpp"

namespace fat {

namespace {

/// Where the words of the command line stand.
constexpr const char* kCommandLine = "command line";

StepDefaults defaults(const StepContext& context) {
  return {.prefer_builtin = false,
          .run_backup = context.plan.backup.has_value(),
          .folders = {context.station.station.folder}};
}

/// What the plan as a whole has to say about steps that come into it.
class Newcomers {
 public:
  Newcomers(std::vector<Step>& steps, const StepContext& context, ProblemList& problems)
      : steps_(steps), context_(context), problems_(problems) {}

  void check() {
    for (Step& step : steps_) {
      check_modules(step);
      check_python(step);
      check_backup(step);
    }
    settle_after();
  }

  /// Titles that are taken, or that cannot be shown.
  void check_titles() {
    std::vector<std::string> taken;
    const auto& plan = context_.plan;
    for (const auto* list : {&plan.steps, &plan.safe_state, &plan.on_resume}) {
      for (const Step& step : *list) {
        taken.push_back(step.title);
      }
    }
    if (plan.backup) {
      taken.push_back(plan.backup->title);
    }
    for (const Step& step : steps_) {
      if (has_control_character(step.title)) {
        problems_.error(
            step.source,
            fmt::format("the title {} holds a control character", in_quotes(step.title)));
      }
      if (std::ranges::find(taken, step.title) != taken.end()) {
        problems_.error(step.source,
                        fmt::format("the title {} is taken; give the step one of its own",
                                    in_quotes(step.title)));
      }
      taken.push_back(step.title);
    }
  }

 private:
  void check_modules(const Step& step) {
    const TaskInfo* info =
        step.kind == StepKind::Builtin ? find_task(context_.catalog, step.task) : nullptr;
    if (info != nullptr && info->needs_modules && context_.plan.modules.empty()) {
      problems_.error(step.source,
                      fmt::format("[{}] needs modules, but the run has none", step.title));
    }
  }

  void check_python(const Step& step) {
    const auto& python = context_.plan.python;
    if (step.kind == StepKind::Python && !find_program(python, {})) {
      problems_.error(step.source,
                      fmt::format("no Python interpreter {} on this machine", in_quotes(python)));
    }
  }

  void check_backup(Step& step) {
    if (step.run_backup && !context_.plan.backup) {
      problems_.warning(step.source,
                        fmt::format("[{}] asks for a backup, but station.ini names no [backup "
                                    "NAME] target; none is made",
                                    step.title));
      step.run_backup = false;
    }
  }

  /// What `after` of the new steps names has to stand before them.
  void settle_after() {
    auto all = context_.plan.steps;
    for (Step& step : all) {
      step.after.clear();  // settled long ago
    }
    const auto place = static_cast<std::ptrdiff_t>(std::min(context_.place, all.size()));
    all.insert(all.begin() + place, steps_.begin(), steps_.end());
    resolve_after(all, problems_);
    std::copy_n(all.begin() + place, steps_.size(), steps_.begin());
  }

  std::vector<Step>& steps_;
  const StepContext& context_;
  ProblemList& problems_;
};

/// An argument whose name is a reserved key is written with a prefix.
std::string key_of(const std::string& argument) {
  return is_reserved(argument) ? std::string{kArgumentPrefix} + argument : argument;
}

/// A step and changes -> the section that would say it.
class ChangedSection {
 public:
  ChangedSection(const Step& before, const std::string& title, SectionReport& report)
      : before_(before), report_(report) {
    section_.name = title;
    if (before.kind == StepKind::Command) {
      set("command", before.command);
    } else {
      set("task", before.task);
    }
    if (!before.package.empty()) {
      set("package", before.package);
    }
    for (const Argument& argument : before.arguments) {
      set(key_of(argument.name), argument.value);
    }
    // What other keys are judged by.
    if (!before.needs.empty()) {
      set("needs", fmt::format("{}", fmt::join(before.needs, ", ")));
    }
    if (before.background) {
      set("background", "yes");
    }
    if (before.shell) {
      set("shell", "yes");
    }
  }

  void change(const KeyChange& change) {
    const auto name = lower_case(change.name);
    const IniKey key{.name = name, .value = change.value.value_or("")};
    const bool command = name == "command" && before_.kind == StepKind::Command && change.value;
    if (!command && says_what_it_is(name)) {
      report_.error(key, "says what the step is; drop it and insert another one in its place");
      return;
    }
    if (change.value) {
      set(name, *change.value);
      return;
    }
    const auto removed =
        std::erase_if(section_.keys, [&](const IniKey& known) { return known.name == name; });
    if (removed == 0 && !is_reserved(name)) {
      report_.error(key, "the step has no such option");
    }
  }

  const IniSection& section() const { return section_; }

 private:
  static bool says_what_it_is(const std::string& name) {
    return name == "task" || name == "package" || name == "command" || name == "fragment";
  }

  void set(const std::string& name, const std::string& value) {
    const auto known = std::ranges::find(section_.keys, name, &IniKey::name);
    if (known == section_.keys.end()) {
      section_.keys.push_back({.name = name, .value = value});
    } else {
      known->value = value;
    }
  }

  const Step& before_;
  SectionReport& report_;
  IniSection section_;
};

}  // namespace

NewSteps read_new_steps(const IniFile& sections, const StepContext& context) {
  NewSteps result;
  ProblemList problems;
  for (const Problem& problem : sections.problems) {
    problems.add(problem);
  }
  StepReader reader{context.catalog, defaults(context), problems};
  Fragments fragments{sections, reader, problems};
  for (const IniSection& section : sections.sections) {
    if (section.name == "constants" || section.name == "safe_state" ||
        section.name == "on_resume") {
      problems.error({sections.name, section.line},
                     fmt::format("[{}] stays as the run was started with; only steps and "
                                 "fragments can be inserted",
                                 section.name));
    } else if (!fragments.owns(section) && !section.keys.empty()) {
      fragments.expand(section, StepList::Main, result.steps);
    }
  }
  fragments.report_unused();
  Newcomers newcomers{result.steps, context, problems};
  newcomers.check_titles();
  newcomers.check();
  result.problems = problems.take();
  if (result.steps.empty() && !has_errors(result.problems)) {
    result.problems.push_back({Severity::Error, {sections.name, 0}, "has no steps"});
  }
  return result;
}

NewSteps read_changed_step(const Step& before,
                           const std::string& title,
                           const std::vector<KeyChange>& changes,
                           const StepContext& context) {
  NewSteps result;
  ProblemList problems;
  const std::string file = kCommandLine;
  const IniSection named{.name = title, .line = 0, .keys = {}};
  SectionReport report{file, named, problems};
  ChangedSection changed{before, title, report};
  std::vector<std::string> names;
  for (const KeyChange& change : changes) {
    names.push_back(lower_case(change.name));
    changed.change(change);
  }
  StepReader reader{context.catalog, defaults(context), problems};
  if (auto step = reader.read(changed.section(), title, StepList::Main, file)) {
    keep_reserved_keys(before, *step, names);
    step->source = before.source;
    result.steps.push_back(std::move(*step));
  }
  Newcomers newcomers{result.steps, context, problems};
  if (title != before.title) {
    newcomers.check_titles();
  }
  newcomers.check();
  result.problems = problems.take();
  return result;
}

std::vector<IniKey> keys_of(const Step& step) {
  std::vector<IniKey> keys;
  const auto add = [&](std::string name, std::string value) {
    keys.push_back({.name = std::move(name), .value = std::move(value)});
  };
  if (step.kind == StepKind::Command) {
    add("command", step.command);
  }
  for (const auto& argument : step.arguments) {
    add(key_of(argument.name), argument.value);
  }
  if (step.kind == StepKind::Wait || step.kind == StepKind::Prompt) {
    return keys;
  }
  add("timeout", step.timeout ? to_text(*step.timeout) : "");
  add("silence_timeout", step.silence_timeout ? to_text(*step.silence_timeout) : "");
  add("attempts", std::to_string(step.attempts));
  add("retry_delay", step.retry_delay > Microseconds{0} ? to_text(step.retry_delay) : "");
  add("on_failure", std::string{to_string(step.on_failure)});
  return keys;
}

}  // namespace fat
