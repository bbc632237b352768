#include "fat/runner/step_command.hpp"

#include <algorithm>
#include <stdexcept>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "fat/model/command_line.hpp"
#include "fat/model/lower_case.hpp"

namespace fat {

namespace {

using Json = nlohmann::ordered_json;

std::string dump(const Json& json) {
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

class Environment {
 public:
  explicit Environment(std::vector<std::string> start) : entries_(std::move(start)) {}

  void set(const std::string& name, const std::string& value) {
    const auto prefix = name + "=";
    std::erase_if(entries_, [&](const std::string& entry) { return entry.starts_with(prefix); });
    entries_.push_back(prefix + value);
  }

  std::string value(const std::string& name) const {
    const auto prefix = name + "=";
    for (const auto& entry : entries_) {
      if (entry.starts_with(prefix)) {
        return entry.substr(prefix.size());
      }
    }
    return {};
  }

  std::vector<std::string> take() { return std::move(entries_); }

 private:
  std::vector<std::string> entries_;
};

std::string module_list(const Plan& plan, const AttemptStarted& attempt) {
  auto list = Json::array();
  auto last = Json::array();
  for (const auto& module : plan.modules) {
    if (std::ranges::find(attempt.last, module.serial) != attempt.last.end()) {
      last.push_back(module.serial);
    } else if (std::ranges::find(attempt.without, module.serial) == attempt.without.end()) {
      list.push_back(module.serial);
    }
  }
  list.insert(list.end(), last.begin(), last.end());
  return dump(list);
}

/// Puts the step's own run JSON into its folder, beside it what it was given. Returns its path.
std::string own_run_json(const Plan& plan, const StepSurroundings& around, StepCommand& command) {
  const auto name = std::filesystem::path{plan.run_file}.filename().string();
  command.files.push_back({name, around.run_json_copy});
  command.files.push_back({name + ".given", around.run_json_copy});
  return (around.attempt_folder / name).string();
}

/// What fatmaster_call.py reads: which function, with what.
std::string python_call(const Step& step, const std::string& run_file) {
  auto arguments = Json::array();
  for (const auto& argument : step.arguments) {
    arguments.push_back(Json{{"name", argument.name}, {"value", argument.value}});
  }
  return dump(Json{{"package", step.package},
                   {"task", step.task},
                   {"run_file", run_file},
                   {"arguments", std::move(arguments)}});
}

std::vector<std::string> builtin_words(const Step& step,
                                       const AttemptStarted& attempt,
                                       const StepSurroundings& around) {
  std::vector<std::string> words{
      around.files.program.string(), "-C", around.station.string(), "task", step.task};
  if (attempt.verify) {
    words.emplace_back("--verify");
  }
  for (const auto& argument : step.arguments) {
    words.push_back("--" + argument.name);
    words.push_back(argument.value);
  }
  return words;
}

/// What `fatmaster lease run` takes: "supply:link,plates". Claims have small letters, devices any.
std::string leases_of(const Claims& needs, const std::vector<std::string>& instruments) {
  std::string named;
  for (const auto& claim : needs) {
    const auto device = std::ranges::find_if(instruments, [&](const std::string& name) {
      return lower_case(name) == resource_of(claim);
    });
    if (device != instruments.end() && !is_shared(claim)) {
      named += fmt::format(
          "{}{}{}", named.empty() ? "" : ",", *device, wants_link(claim) ? ":link" : "");
    }
  }
  return named;
}

/// `fatmaster lease run` waits for what the step needs and becomes its command: the leases end with
/// that, however it ends. The safe state waits for nobody.
std::vector<std::string> words_with_leases(const Step& step,
                                           const AttemptStarted& attempt,
                                           const Plan& plan,
                                           const StepSurroundings& around,
                                           const std::vector<std::string>& words) {
  const auto leases = leases_of(step.needs, around.instruments);
  if (leases.empty() || attempt.key.list == StepList::SafeState) {
    return words;
  }
  std::vector<std::string> wrapped{
      around.files.program.string(),
      "-C",
      around.station.string(),
      "lease",
      "run",
      leases,
      "--purpose",
      fmt::format(
          "run {}, step '{}', attempt {}", plan.run_number, step.title, attempt.key.attempt),
      "--"};
  wrapped.insert(wrapped.end(), words.begin(), words.end());
  return wrapped;
}

std::vector<std::string> command_words(const Step& step) {
  if (step.shell) {
    return {"/bin/sh", "-c", step.command};
  }
  auto split = split_command(step.command);
  if (!split.problem.empty()) {
    throw std::invalid_argument{split.problem};
  }
  return std::move(split.words);
}

}  // namespace

std::vector<std::string> python_environment(std::vector<std::string> environment,
                                            const Plan& plan,
                                            const ProgramFiles& files) {
  Environment changed{std::move(environment)};
  std::string path;
  for (const auto& folder : plan.python_path) {
    path += folder + ":";
  }
  path += files.python_call.parent_path().string();
  const auto inherited = changed.value("PYTHONPATH");
  changed.set("PYTHONPATH", inherited.empty() ? path : path + ":" + inherited);
  changed.set("PYTHONUNBUFFERED", "1");
  return changed.take();
}

StepCommand command_for(const Step& step,
                        const AttemptStarted& attempt,
                        const Plan& plan,
                        const StepSurroundings& surroundings) {
  StepCommand command;
  // Built-in tasks read who takes part; others open whatever the run JSON names.
  const auto run_file = surroundings.run_json_copy.empty() || step.kind == StepKind::Builtin
                            ? plan.run_file
                            : own_run_json(plan, surroundings, command);
  Environment environment{surroundings.environment};
  environment.set("FATMASTER_RUN_JSON", run_file);
  environment.set("FATMASTER_RUN_NUMBER", std::to_string(plan.run_number));
  environment.set("FATMASTER_STEP_INDEX", std::to_string(attempt.index));
  environment.set("FATMASTER_STEP_TITLE", step.title);
  environment.set("FATMASTER_ATTEMPT", std::to_string(attempt.key.attempt));
  environment.set("FATMASTER_STEP_DIR", surroundings.attempt_folder.string());
  environment.set("FATMASTER_MODULES", module_list(plan, attempt));
  environment.set("FATMASTER_STATION", surroundings.station.string());
  if (attempt.key.list == StepList::SafeState) {
    environment.set("FATMASTER_SAFE_STATE", "1");  // no lease bars what it does
  }
  switch (step.kind) {
    case StepKind::Builtin:
      command.words = builtin_words(step, attempt, surroundings);
      break;
    case StepKind::Python: {
      const auto call = surroundings.attempt_folder / "call.json";
      command.words = {plan.python, surroundings.files.python_call.string(), call.string()};
      command.files.push_back({"call.json", python_call(step, run_file)});
      command.environment = python_environment(environment.take(), plan, surroundings.files);
      command.words = words_with_leases(step, attempt, plan, surroundings, command.words);
      return command;
    }
    case StepKind::Command:
      command.words = command_words(step);
      break;
    case StepKind::Wait:
    case StepKind::Prompt:
      throw std::logic_error{fmt::format("step '{}' has no process", step.title)};
  }
  command.environment = environment.take();
  command.words = words_with_leases(step, attempt, plan, surroundings, command.words);
  return command;
}

}  // namespace fat
