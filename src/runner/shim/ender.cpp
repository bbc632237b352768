// Signals to all descendants. See the header.
#include "runner/shim/ender.hpp"

#include <algorithm>
#include <cerrno>
#include <csignal>

#include <unistd.h>

namespace fat::shim {
namespace {

using namespace std::chrono_literals;

constexpr Microseconds kShortestPause = 10ms;
constexpr Microseconds kLongestPause = 1s;
constexpr Microseconds kPatience = 5s;
constexpr int kPassesAtOnce = 64;

/// Zero or errno. Our own children keep their ids until we reap them, so for them no handle is
/// needed when there is none.
int send(const ProcessStat& process, int signal) {
  const int error = signal_process(process, signal);
  if (error == 0 || error == ESRCH || process.parent != getpid()) {
    return error;
  }
  return ::kill(process.id, signal) == 0 ? 0 : errno;
}

}  // namespace

void Ender::terminate(Microseconds now, Microseconds grace) {
  if (phase_ == Phase::None) {
    phase_ = Phase::Terminate;
    kill_at_ = now + grace;
    pause_ = kShortestPause;
    work(now);
    return;
  }
  kill_at_ = std::min(kill_at_, now + grace);
}

void Ender::kill(Microseconds now) {
  if (phase_ == Phase::Kill) {
    return;
  }
  phase_ = Phase::Kill;
  killing_since_ = now;
  pause_ = kShortestPause;
  work(now);
}

void Ender::leader_reaped() {
  leader_ = 0;
}

std::optional<Microseconds> Ender::wake_at() const {
  switch (phase_) {
    case Phase::None:
      return std::nullopt;
    case Phase::Terminate:
      return std::min(kill_at_, next_);
    case Phase::Kill:
      return next_;
  }
  return std::nullopt;
}

void Ender::work(Microseconds now) {
  if (phase_ == Phase::Terminate && now >= kill_at_) {
    kill(now);
    return;
  }
  // What forks faster than one pass can see is followed by the next pass at once.
  int passes = 1;
  while (signal_all() && passes < kPassesAtOnce) {
    ++passes;
  }
  pause_ = passes > 1 ? kShortestPause : std::min(2 * pause_, kLongestPause);
  next_ = now + pause_;
}

std::optional<std::pair<pid_t, int>> Ender::unkillable(Microseconds now) {
  if (phase_ != Phase::Kill || stubborn_said_ || now < killing_since_ + kPatience) {
    return std::nullopt;
  }
  stubborn_said_ = stubborn_.has_value();
  return stubborn_;
}

/// True when there was somebody new.
bool Ender::signal_all() {
  if (phase_ == Phase::Kill && leader_ > 0) {
    // The whole group in one stroke; until its first process is reaped its number can be nobody
    // else's.
    ::kill(-leader_, SIGKILL);
  }
  bool found = false;
  stubborn_.reset();
  for (const auto& process : descendants_of(getpid())) {
    if (is_alive(process) && signal_one(process)) {
      found = true;
    }
  }
  return found;
}

/// True when this process had not been sent this signal before.
bool Ender::signal_one(const ProcessStat& process) {
  const Known sought{process.id, process.start_time, Phase::None, false};
  auto at = std::ranges::lower_bound(known_, sought);
  if (at == known_.end() || at->id != process.id || at->start_time != process.start_time) {
    at = known_.insert(at, sought);
  }
  if (leader_ == 0 && !at->counted) {
    at->counted = true;
    ++survivors_;
  }
  const bool is_new = at->signalled != phase_;
  if (phase_ == Phase::Kill) {
    stubborn_ = std::pair{process.id, send(process, SIGKILL)};
  } else if (is_new) {
    send(process, SIGTERM);
    send(process, SIGCONT);  // who is stopped would not notice
  }
  at->signalled = phase_;
  return is_new;
}

}  // namespace fat::shim
