#include "fat/engine/unknown_attempts.hpp"

#include <optional>
#include <utility>

#include <fmt/format.h>

namespace fat {

namespace {

AttemptStarted next_attempt(const Step& step, std::size_t index, const RunState& state) {
  const auto* known = state.step(StepList::Main, step.title);
  AttemptStarted started;
  started.key = {.list = StepList::Main,
                 .title = step.title,
                 .attempt = known == nullptr ? 1 : known->attempts + 1};
  started.index = static_cast<int>(index);
  started.plan_version = state.plan_version;
  started.kind = step.kind;
  return started;
}

AttemptEnded lost(const AttemptKey& key) {
  AttemptEnded ended;
  ended.key = key;
  ended.outcome = Outcome::Interrupted;
  ended.cause = EndCause::Lost;
  ended.reason = "the journal does not know this attempt";
  return ended;
}

/// Of a step that is neither open nor over, but has a folder for its next attempt.
std::optional<AttemptStarted> attempt_not_known(const Step& step,
                                                std::size_t index,
                                                const RunState& state,
                                                const AttemptExists& exists) {
  const auto& known = state.main_step(index);
  if (known.open || known.outcome) {
    return std::nullopt;
  }
  auto started = next_attempt(step, index, state);
  return exists(started.key, started.index) ? std::optional{std::move(started)} : std::nullopt;
}

}  // namespace

std::vector<EventBody> unknown_attempts(const Plan& plan,
                                        const RunState& state,
                                        StartMode mode,
                                        const AttemptExists& exists) {
  const bool begins_again = state.ended && mode != StartMode::Restart;
  if (state.ended && !begins_again) {
    return {};  // a person who resumes it is told
  }
  const bool free = state.open.empty() && !state.safe_state_active;
  std::vector<EventBody> events;
  std::string titles;
  for (std::size_t index = 0; index < plan.steps.size(); ++index) {
    auto started = attempt_not_known(plan.steps[index], index, state, exists);
    if (!started) {
      continue;
    }
    titles += fmt::format("{}'{}'", titles.empty() ? "" : ", ", plan.steps[index].title);
    if (free) {
      auto ended = lost(started->key);
      events.emplace_back(*std::move(started));
      events.emplace_back(std::move(ended));
    }
  }
  if (!titles.empty() && (begins_again || !state.broken)) {
    events.emplace_back(BreakRequested{fmt::format(
        "attempt folders exist that the journal does not know (steps {}): it has lost its end",
        titles)});
  }
  return events;
}

}  // namespace fat
