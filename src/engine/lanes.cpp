#include "engine/lanes.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace fat {

namespace {

/// A step that an edit has put behind this one does not hold it up: it would for ever.
bool is_earlier(const Plan& plan, const std::string& title, std::size_t index) {
  const auto found = find_step(plan.steps, title, index);
  return found && *found < index;
}

std::optional<std::string> running_before(const RunState& state, const Step& step) {
  for (const auto& attempt : state.open) {
    const auto& start = attempt.start;
    if (start.key.list == StepList::Backup || start.key.title == step.title) {
      continue;
    }
    if (!step.background && !start.background) {
      return fmt::format("step '{}' to end", start.key.title);
    }
    if (const auto resource = collision(step.needs, start.needs)) {
      return fmt::format("{}, held by '{}'", *resource, start.key.title);
    }
  }
  return std::nullopt;
}

}  // namespace

std::optional<std::string> what_it_waits_for(const Plan& plan,
                                             const RunState& state,
                                             std::size_t index) {
  const auto& step = plan.steps[index];
  if (auto running = running_before(state, step)) {
    return running;
  }
  for (const auto& title : step.after) {
    if (!state.has_ended(title) && is_earlier(plan, title, index)) {
      return fmt::format("step '{}' to end", title);
    }
  }
  for (const auto other : state.background_before(index)) {
    const auto& first = plan.steps[other];
    if (const auto resource = collision(step.needs, first.needs)) {
      return fmt::format("{}, which '{}' needs first", *resource, first.title);
    }
  }
  return std::nullopt;
}

std::string holders_text(const RunState& state) {
  const auto holders = state.holders();
  std::string text;
  for (const auto* one : holders) {
    const auto* separator = one == holders.back() ? " and " : ", ";
    text += fmt::format("{}'{}'", one == holders.front() ? "" : separator, one->start.key.title);
  }
  return text;
}

std::string when_free(const RunState& state) {
  const auto holders = state.holders();
  if (holders.empty()) {
    return "now";
  }
  const bool one = holders.size() == 1;
  return fmt::format(
      "when step{} {} {} ended", one ? "" : "s", holders_text(state), one ? "has" : "have");
}

}  // namespace fat
