#include "fat/engine/service.hpp"

#include <algorithm>
#include <stdexcept>
#include <utility>

#include <fmt/format.h>

namespace fat {

namespace {

constexpr Microseconds kKillTakes = std::chrono::seconds{5};  // beyond TERM and its grace

}  // namespace

Service::Service(ServiceEntry entry, ServiceMemory memory, const Instant& now)
    : entry_(std::move(entry)), memory_(std::move(memory)) {
  if (memory_.since.boot_id != now.boot_id && !is_alive()) {
    memory_.failures = 0;
    enter(ServicePhase::Stopped, "", now);
  }
}

void Service::start(const std::string& who, const Instant& now) {
  const bool wanted = is_wanted();
  memory_.said = true;
  memory_.who = who;
  if (!is_alive()) {
    memory_.failures = 0;
    enter(ServicePhase::Stopped, "", now);
  } else if (!wanted) {
    memory_.again = true;  // it is on its way out
  }
}

void Service::stop(const std::string& who, const Instant& now) {
  memory_.said = false;
  memory_.who = who;
  memory_.again = false;
  if (!is_alive() && memory_.phase != ServicePhase::Stopped) {
    enter(ServicePhase::Stopped, "", now);
  }
}

void Service::restart(const std::string& who, const Instant& now) {
  start(who, now);
  memory_.again = is_alive();
}

bool Service::is_due_to_start(const Instant& now) const {
  if (!is_wanted()) {
    return false;
  }
  return memory_.phase == ServicePhase::Stopped ||
         (memory_.phase == ServicePhase::Backoff && time_to_start(now) == Microseconds{0});
}

Microseconds Service::time_to_start(const Instant& now) const {
  return std::max(Microseconds{0}, delay() - elapsed(memory_.since, now));
}

bool Service::is_due_to_end() const {
  const bool runs =
      memory_.phase == ServicePhase::Starting || memory_.phase == ServicePhase::Running;
  return runs && (!is_wanted() || memory_.again);
}

bool Service::holds_up_starts(const Instant& now) const {
  if (!is_wanted()) {
    return false;
  }
  if (memory_.again) {
    return true;
  }
  const auto& from = memory_.begun ? *memory_.begun : memory_.since;
  const bool in_time = elapsed(from, now) < entry_.started_within;
  switch (memory_.phase) {
    case ServicePhase::Stopped:
      return true;
    case ServicePhase::Starting:
    case ServicePhase::Backoff:
    case ServicePhase::Stopping:
    case ServicePhase::Unknown:
      return in_time;
    case ServicePhase::Running:
    case ServicePhase::Exited:
    case ServicePhase::Fatal:
      return false;
  }
  return false;
}

bool Service::holds_up_ends(const Instant& now) const {
  if (!is_alive() || (is_wanted() && !memory_.again)) {
    return false;
  }
  const bool told =
      memory_.phase == ServicePhase::Stopping || memory_.phase == ServicePhase::Unknown;
  return !told || elapsed(memory_.since, now) < entry_.stop_within + kKillTakes;
}

void Service::launch(std::string token, const Instant& now) {
  if (!is_due_to_start(now)) {
    throw std::logic_error{fmt::format("service {} is not due to start", entry_.name)};
  }
  if (memory_.phase == ServicePhase::Backoff) {
    ++memory_.restarted;
  }
  ++memory_.number;
  memory_.token = std::move(token);
  memory_.started = now;
  memory_.begun = memory_.begun.value_or(now);
  pressed_.reset();
  enter(ServicePhase::Starting, "", now);
}

void Service::end(const Instant& now) {
  if (!is_alive()) {
    throw std::logic_error{fmt::format("service {} has no process to end", entry_.name)};
  }
  pressed_ = now;
  if (memory_.phase != ServicePhase::Stopping) {
    enter(ServicePhase::Stopping, memory_.why, now);
  }
}

void Service::launch_failed(const std::string& why, const Instant& now) {
  ended({.clean = false, .why = why}, now);
  if (memory_.phase == ServicePhase::Exited) {  // `never`: nothing of it ever ran
    enter(ServicePhase::Fatal, why, now);
  }
}

void Service::counts_as_started(const Instant& now) {
  if (memory_.phase == ServicePhase::Starting) {
    enter(ServicePhase::Running, "", now);
  }
}

void Service::ended(const ServiceEnd& end, const Instant& now) {
  if (!is_alive()) {
    return;  // it was said before
  }
  const auto phase = memory_.phase;
  const bool gave_up = std::exchange(memory_.gave_up, false);
  const bool told = !is_wanted() || memory_.again;
  memory_.again = false;
  if (told) {
    memory_.failures = 0;
    settle(end.clean || phase == ServicePhase::Stopping ? "" : end.why, now);
  } else if (memory_.started.boot_id != now.boot_id) {
    memory_.failures = 0;
    settle("the machine was started again", now);
  } else if (gave_up) {
    fail(fmt::format("did not count as started within {}", to_text(entry_.started_within)), now);
  } else {
    ended_by_itself(end, phase, now);
  }
}

void Service::ended_by_itself(const ServiceEnd& end, ServicePhase phase, const Instant& now) {
  const bool good =
      entry_.restart == ServiceRestart::OnFailure && end.clean && phase == ServicePhase::Running;
  if (good || entry_.restart == ServiceRestart::Never) {
    memory_.failures = 0;
    enter(ServicePhase::Exited, end.why, now);
    return;
  }
  if (elapsed(memory_.started, now) >= entry_.steady_after) {
    memory_.failures = 0;
  }
  const auto why = end.why.empty() ? std::string{"exit status 0"} : end.why;
  fail(phase == ServicePhase::Starting ? why + ", before it counted as started" : why, now);
}

void Service::never_began(const Instant& now) {
  if (is_alive()) {
    memory_.again = false;
    memory_.gave_up = false;
    settle("", now);
  }
}

void Service::is_unknown(const std::string& why, const Instant& now) {
  if (is_alive() && memory_.phase != ServicePhase::Unknown) {
    enter(ServicePhase::Unknown, why, now);
  }
}

void Service::is_known(const Instant& now) {
  if (memory_.phase == ServicePhase::Unknown) {
    memory_.gave_up = false;
    enter(ServicePhase::Starting, "", now);  // what it has shown already is looked at again
  }
}

bool Service::tick(const Instant& now) {
  const auto in_phase = elapsed(memory_.since, now);
  const bool by_time = entry_.started_line.empty() && entry_.started_port == 0;
  if (memory_.phase == ServicePhase::Starting) {
    if (by_time && in_phase >= entry_.started_after) {
      enter(ServicePhase::Running, "", now);
    } else if (!by_time && in_phase >= entry_.started_within) {
      memory_.gave_up = true;
      end(now);
      return true;
    }
  }
  if (memory_.phase != ServicePhase::Stopping) {
    return false;
  }
  const auto told = pressed_ ? elapsed(*pressed_, now) : in_phase;
  if (told >= entry_.stop_within + kKillTakes) {
    end(now);
    return true;
  }
  return false;
}

void Service::enter(ServicePhase phase, std::string why, const Instant& now) {
  memory_.phase = phase;
  memory_.why = std::move(why);
  memory_.since = now;
  if (phase == ServicePhase::Stopped) {
    memory_.begun.reset();
  }
}

/// Ended, and to be started again when it is wanted: nothing has failed.
void Service::settle(const std::string& why, const Instant& now) {
  enter(ServicePhase::Stopped, why, now);
}

void Service::fail(const std::string& why, const Instant& now) {
  ++memory_.failures;
  const bool over = memory_.failures > entry_.restarts || entry_.restart == ServiceRestart::Never;
  enter(over ? ServicePhase::Fatal : ServicePhase::Backoff, why, now);
}

/// After the first failure `restart_delay`, then twice as long each time.
Microseconds Service::delay() const {
  auto delay = entry_.restart_delay;
  for (int i = 1; i < memory_.failures && delay < kLongestBackoff; ++i) {
    delay *= 2;
  }
  return std::min(delay, std::max(kLongestBackoff, entry_.restart_delay));
}

}  // namespace fat
