#include "engine/start_attempt.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "engine/questions.hpp"
#include "fat/model/local_time.hpp"
#include "fat/model/quantity.hpp"

namespace fat {

namespace {

/// A wait that was broken off waits for what is left of it.
void set_timer(AttemptStarted& started, const Step& step, const StepState& known, RunTime now) {
  if (const auto* until = find_argument(step, "until")) {
    started.wait_until = parse_local_time(*until);
  }
  if (started.wait_until) {
    return;
  }
  const auto* duration = find_argument(step, "duration");
  const auto whole = duration == nullptr ? std::nullopt : parse_duration(*duration);
  started.wait = whole.value_or(Microseconds{0});
  if (known.wait_due) {
    started.wait = std::clamp(*known.wait_due - now, Microseconds{0}, *started.wait);
  }
}

}  // namespace

AttemptStarted new_attempt(const Plan& plan,
                           const RunState& state,
                           const Instant& now,
                           const StartRequest& request) {
  const auto* known = state.step(request.list, request.step.title);
  AttemptStarted started;
  started.key = {.list = request.list,
                 .title = request.step.title,
                 .attempt = 1 + (known == nullptr ? state.backups : known->attempts)};
  started.index = static_cast<int>(request.index);
  started.plan_version = state.plan_version;
  started.kind = request.step.kind;
  started.verify = request.verify;
  if (request.list == StepList::Main) {
    started.needs = request.step.needs;
    started.background = request.step.background;
  }
  if (request.list == StepList::Main && !request.verify) {
    started.valid_when = request.step.valid_when;
  }
  started.token = fmt::format("run{}-{}{}-{}-{}-{}",
                              plan.run_number,
                              to_string(request.list),
                              request.index,
                              started.key.attempt,
                              now.boot_id.substr(0, 8),
                              now.wall.time_since_epoch().count());
  if (request.step.kind != StepKind::Wait && request.step.kind != StepKind::Prompt) {
    // What made a module silent may have left its high voltage on; it must not hold up the others.
    auto& serials = request.list == StepList::SafeState ? started.last : started.without;
    for (const auto& [serial, quarantine] : state.quarantined) {
      serials.push_back(serial);
    }
  }
  if (request.step.kind == StepKind::Wait && known != nullptr) {
    set_timer(started, request.step, *known, state.time(now));
  }
  return started;
}

}  // namespace fat
