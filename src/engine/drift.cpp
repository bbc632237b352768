#include "fat/engine/drift.hpp"

#include <map>
#include <unordered_map>

#include <fmt/format.h>

namespace fat {

namespace {

using Fields = std::map<std::string, std::string>;

std::string text(const std::optional<Microseconds>& duration) {
  return duration ? to_text(*duration) : "none";
}

std::string text(bool value) {
  return value ? "yes" : "no";
}

std::string text(const std::vector<std::string>& words) {
  return words.empty() ? "none" : fmt::format("{}", fmt::join(words, ", "));
}

/// Everything of a step that can differ, as a person would name it.
Fields fields(const Step& step) {
  Fields all{
      {"kind", std::string{to_string(step.kind)}},
      {"task", step.task},
      {"package", step.package},
      {"command", step.command},
      {"shell", text(step.shell)},
      {"timeout", text(step.timeout)},
      {"silence_timeout", text(step.silence_timeout)},
      {"attempts", std::to_string(step.attempts)},
      {"retry_delay", to_text(step.retry_delay)},
      {"retry_on",
       fmt::format("error {}, timeout {}", text(step.retry_on.error), text(step.retry_on.timeout))},
      {"on_failure", std::string{to_string(step.on_failure)}},
      {"recovery", std::string{to_string(step.recovery)}},
      {"run_backup", text(step.run_backup)},
      {"leave_running", text(step.leave_running)},
      {"needs", text(step.needs)},
      {"background", text(step.background)},
      {"after", text(step.after)},
      {"tags", text(step.tags)}};
  for (std::size_t i = 0; i < step.arguments.size(); ++i) {
    all[step.arguments[i].name] = fmt::format("'{}'", step.arguments[i].value);
    all["order of options"] += (i == 0 ? "" : ", ") + step.arguments[i].name;
  }
  for (const auto& window : step.valid_when) {
    all["valid_when"] += fmt::format(
        "{} in {} not older than {};", window.signal, range_text(window), to_text(window.max_age));
  }
  for (const auto& promised : step.measurements) {
    all["measurements"] += fmt::format("{} [{}, {}] {};",
                                       promised.name,
                                       promised.min ? fmt::format("{}", *promised.min) : "",
                                       promised.max ? fmt::format("{}", *promised.max) : "",
                                       promised.unit);
  }
  return all;
}

std::string difference(const Step& before, const Step& after) {
  const auto old_fields = fields(before);
  auto new_fields = fields(after);
  std::string result;
  const auto add = [&](const std::string& name, const std::string& from, const std::string& to) {
    result += fmt::format("{}{}: {} -> {}", result.empty() ? "" : "; ", name, from, to);
  };
  for (const auto& [name, value] : old_fields) {
    const auto found = new_fields.find(name);
    const auto now = found == new_fields.end() ? std::string{"none"} : found->second;
    if (now != value) {
      add(name, value, now);
    }
    new_fields.erase(name);
  }
  for (const auto& [name, value] : new_fields) {
    add(name, "none", value);
  }
  return result;
}

using Titles = std::unordered_map<std::string, const Step*>;

Titles by_title(const std::vector<Step>& steps) {
  Titles titles;
  for (const auto& step : steps) {
    titles.emplace(step.title, &step);
  }
  return titles;
}

/// The steps both lists have, in the order of `steps`.
std::vector<std::string> common_order(const std::vector<Step>& steps, const Titles& other) {
  std::vector<std::string> order;
  for (const auto& step : steps) {
    if (other.contains(step.title)) {
      order.push_back(step.title);
    }
  }
  return order;
}

void compare_steps(const std::vector<Step>& before,
                   const std::vector<Step>& after,
                   std::vector<Drift>& drifts) {
  const auto old_steps = by_title(before);
  const auto new_steps = by_title(after);
  for (const auto& step : after) {
    const auto found = old_steps.find(step.title);
    if (found == old_steps.end()) {
      drifts.push_back({DriftKind::New, step.title, {}});
    } else if (fingerprint(*found->second) != fingerprint(step)) {
      drifts.push_back({DriftKind::Changed, step.title, difference(*found->second, step)});
    }
  }
  for (const auto& step : before) {
    if (!new_steps.contains(step.title)) {
      drifts.push_back({DriftKind::Gone, step.title, {}});
    }
  }
  const auto old_order = common_order(before, new_steps);
  const auto new_order = common_order(after, old_steps);
  for (std::size_t i = 0; i < old_order.size(); ++i) {
    if (old_order[i] != new_order[i]) {
      drifts.push_back(
          {DriftKind::Moved, new_order[i], fmt::format("comes now before '{}'", old_order[i])});
      return;
    }
  }
}

void compare_modules(const Plan& before, const Plan& after, std::vector<Drift>& drifts) {
  std::map<std::string, std::string> old_modules;
  for (const auto& module : before.modules) {
    old_modules[module.serial] = module.path;
  }
  for (const auto& module : after.modules) {
    const auto found = old_modules.find(module.serial);
    if (found == old_modules.end()) {
      drifts.push_back({DriftKind::New, "module " + module.serial, {}});
      continue;
    }
    if (found->second != module.path) {
      drifts.push_back(
          {DriftKind::Changed, "module " + module.serial, found->second + " -> " + module.path});
    }
    old_modules.erase(found);
  }
  for (const auto& [serial, path] : old_modules) {
    drifts.push_back({DriftKind::Gone, "module " + serial, {}});
  }
}

void compare_settings(const Plan& before, const Plan& after, std::vector<Drift>& drifts) {
  auto old_settings = settings(before);
  for (const auto& [name, value] : settings(after)) {
    const auto found = old_settings.find(name);
    if (found == old_settings.end()) {
      drifts.push_back({DriftKind::New, "setting " + name, fmt::format("'{}'", value)});
      continue;
    }
    if (found->second != value) {
      drifts.push_back({DriftKind::Changed,
                        "setting " + name,
                        fmt::format("'{}' -> '{}'", found->second, value)});
    }
    old_settings.erase(found);
  }
  for (const auto& [name, value] : old_settings) {
    drifts.push_back({DriftKind::Gone, "setting " + name, fmt::format("was '{}'", value)});
  }
}

std::vector<Step> backup_of(const Plan& plan) {
  return plan.backup ? std::vector{*plan.backup} : std::vector<Step>{};
}

}  // namespace

std::vector<Drift> compare(const Plan& before, const Plan& after) {
  std::vector<Drift> drifts;
  compare_steps(before.steps, after.steps, drifts);
  compare_steps(before.safe_state, after.safe_state, drifts);
  compare_steps(before.on_resume, after.on_resume, drifts);
  compare_steps(backup_of(before), backup_of(after), drifts);
  compare_modules(before, after, drifts);
  compare_settings(before, after, drifts);
  return drifts;
}

}  // namespace fat
