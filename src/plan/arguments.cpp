// The options of a section that are not reserved -> arguments, by name or, as the original did, by
// position.
#include "plan/arguments.hpp"

#include <algorithm>
#include <unordered_map>
#include <unordered_set>

#include <fmt/format.h>

#include "plan/parameter_value.hpp"
#include "plan/raw_text.hpp"
#include "plan/step_keys.hpp"

namespace fat {

namespace {

std::string argument_name(const IniKey& key) {
  return key.name.starts_with(kArgumentPrefix) ? key.name.substr(kArgumentPrefix.size()) : key.name;
}

/// The keys that are arguments; `arg.x` beside `x` is reported and left out.
std::vector<const IniKey*> argument_keys(SectionReport& report) {
  std::vector<const IniKey*> keys;
  bool has_prefix = false;
  for (const IniKey& key : report.section().keys) {
    if (!is_reserved(key.name)) {
      keys.push_back(&key);
      has_prefix = has_prefix || key.name.starts_with(kArgumentPrefix);
    }
  }
  if (!has_prefix) {
    return keys;  // names are unique within a section
  }
  std::unordered_set<std::string> names;
  std::erase_if(keys, [&](const IniKey* key) {
    const auto name = argument_name(*key);
    const bool is_new = names.insert(name).second;
    if (!is_new || name.empty()) {
      report.error(*key, name.empty() ? "names no parameter" : "the parameter is given twice");
    }
    return !is_new || name.empty();
  });
  return keys;
}

const ParameterInfo* find_parameter(const TaskInfo& task, const std::string& name) {
  const auto found = std::ranges::find_if(
      task.parameters, [&](const auto& known) { return lower_case(known.name) == name; });
  return found == task.parameters.end() ? nullptr : &*found;
}

/// What a person may have meant by a key that nobody reads.
std::string suggestion(const std::string& name, const TaskInfo* task, const SectionReport& report) {
  auto candidates = reserved_keys();
  if (task != nullptr) {
    for (const ParameterInfo& parameter : task->parameters) {
      candidates.push_back(parameter.name);
    }
  }
  return report.suggest(name, candidates);
}

/// Collects the arguments of one built-in task.
class Binder {
 public:
  Binder(const TaskInfo& task, SectionReport& report) : task_(task), report_(report) {}

  void bind(const ParameterInfo& parameter, const IniKey& key) {
    if (const auto expected = expected_instead(parameter.type, key.value); !expected.empty()) {
      report_.wrong(key, expected);
    }
    arguments_.push_back({parameter.name, key.value, key.line});
  }

  void bind_by_name(const std::vector<const IniKey*>& keys) {
    for (const IniKey* key : keys) {
      const auto name = argument_name(*key);
      if (const ParameterInfo* parameter = find_parameter(task_, name)) {
        bind(*parameter, *key);
      } else {
        report_.error(*key,
                      fmt::format("task {} has no such parameter{}",
                                  in_quotes(task_.name),
                                  suggestion(name, &task_, report_)));
      }
    }
  }

  /// A value that would land under another parameter's name than its own is an error.
  void bind_by_position(const std::vector<const IniKey*>& keys) {
    for (std::size_t i = 0; i < keys.size(); ++i) {
      if (i >= task_.parameters.size()) {
        report_.error(
            *keys[i],
            fmt::format(
                "task {} takes at most {} values", in_quotes(task_.name), task_.parameters.size()));
        continue;
      }
      const ParameterInfo* named = find_parameter(task_, argument_name(*keys[i]));
      if (named != nullptr && named != &task_.parameters[i]) {
        report_.error(
            *keys[i],
            fmt::format("would land in parameter {}; give every value its parameter's name",
                        in_quotes(task_.parameters[i].name)));
        continue;
      }
      bind(task_.parameters[i], *keys[i]);
    }
  }

  std::vector<Argument> take() {
    for (const ParameterInfo& parameter : task_.parameters) {
      if (parameter.required && !is_bound(parameter.name)) {
        report_.error(fmt::format(
            "lacks {}, which task {} needs ({})",
            in_quotes(parameter.name),
            in_quotes(task_.name),
            parameter.help.empty() ? std::string{to_string(parameter.type)} : parameter.help));
      }
    }
    if (task_.kind == StepKind::Wait && is_bound("duration") == is_bound("until")) {
      report_.error(
          "needs either 'duration' (such as '90 min') or 'until' (such as '2026-11-21 08:30')");
    }
    return std::move(arguments_);
  }

 private:
  bool is_bound(std::string_view name) const {
    return std::ranges::any_of(arguments_,
                               [&](const Argument& argument) { return argument.name == name; });
  }

  const TaskInfo& task_;
  SectionReport& report_;
  std::vector<Argument> arguments_;
};

}  // namespace

std::vector<Argument> python_arguments(SectionReport& report) {
  std::vector<Argument> arguments;
  for (const IniKey* key : argument_keys(report)) {
    arguments.push_back({argument_name(*key), key->value, key->line});
  }
  return arguments;
}

std::vector<Argument> builtin_arguments(const TaskInfo& task,
                                        Binding binding,
                                        SectionReport& report) {
  auto keys = argument_keys(report);
  const auto names_parameter = [&](const IniKey* key) {
    return find_parameter(task, argument_name(*key)) != nullptr;
  };
  std::erase_if(keys, [&](const IniKey* key) { return key->inherited && !names_parameter(key); });
  Binder binder{task, report};
  if (binding == Binding::Original && !std::ranges::all_of(keys, names_parameter)) {
    binder.bind_by_position(keys);
  } else {
    binder.bind_by_name(keys);
  }
  return binder.take();
}

void refuse_arguments(SectionReport& report) {
  for (const IniKey* key : argument_keys(report)) {
    if (!key->inherited) {
      report.error(*key,
                   fmt::format("unknown key: a command has no parameters{}",
                               suggestion(key->name, nullptr, report)));
    }
  }
}

}  // namespace fat
