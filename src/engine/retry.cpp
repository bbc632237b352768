#include "engine/retry.hpp"

#include <algorithm>

#include "fat/engine/decide.hpp"

namespace fat {

std::optional<Microseconds> retry_delay(const Step& step, const StepState& known) {
  if (!known.last_end || known.last_end->outcome != Outcome::Errored) {
    return std::nullopt;
  }
  const auto& end = *known.last_end;
  if (end.try_later) {
    const auto delay = step.retry_delay == Microseconds{0} ? kTryLaterDelay : step.retry_delay;
    return known.later_tries < kTryLaterLimit ? std::optional{delay} : std::nullopt;
  }
  const bool wanted = end.timed_out ? step.retry_on.timeout : step.retry_on.error;
  return wanted && known.tries < step.attempts ? std::optional{step.retry_delay} : std::nullopt;
}

std::optional<Microseconds> retry_left(const Step& step, const StepState& known, RunTime now) {
  const auto delay = known.open || known.outcome ? std::nullopt : retry_delay(step, known);
  if (!delay) {
    return std::nullopt;
  }
  return std::max(known.last_end_since + *delay - now, Microseconds{0});
}

}  // namespace fat
