#include "fat/runner/time_lapse.hpp"

#include <algorithm>
#include <utility>

namespace fat {

namespace {

/// Whoever gives an order from outside rings no bell here.
constexpr auto kLooksAgain = std::chrono::milliseconds{20};

}  // namespace

TimeLapse::TimeLapse(Instant begin, Microseconds length)
    : begin_(std::move(begin)), end_(begin_.boot + length) {}

Instant TimeLapse::now() const {
  const Microseconds passed{passed_.load()};
  return {.wall = begin_.wall + passed, .boot = begin_.boot + passed, .boot_id = begin_.boot_id};
}

TimeLapse::Part::Part(TimeLapse& lapse) : lapse_(lapse) {
  const std::lock_guard lock{lapse_.mutex_};
  ++lapse_.at_work_;
}

TimeLapse::Part::~Part() {
  const std::lock_guard lock{lapse_.mutex_};
  --lapse_.at_work_;
  lapse_.go_on();
}

void TimeLapse::wait(std::unique_lock<std::mutex>& lock,
                     const std::stop_token& stop,
                     Microseconds until,
                     const std::function<bool()>& early) {
  Waiting me{.until = until, .guard = lock.mutex(), .early = &early, .stop = &stop, .bell = {}};
  lock.unlock();
  wait_for_turn(me);
  lock.lock();
}

void TimeLapse::sleep_until(Microseconds until) {
  Waiting me{.until = until, .bell = {}};
  wait_for_turn(me);
}

void TimeLapse::wait_for_turn(Waiting& waiting) {
  std::unique_lock lock{mutex_};
  waiting_.push_back(&waiting);
  --at_work_;
  go_on();
  while (!waiting.woken) {
    waiting.bell.wait_for(lock, kLooksAgain);
    go_on();
  }
}

bool TimeLapse::is_early(const Waiting& waiting) {
  if (waiting.guard == nullptr) {
    return false;
  }
  const std::lock_guard lock{*waiting.guard};
  return waiting.stop->stop_requested() || (*waiting.early)();
}

void TimeLapse::wake(std::list<Waiting*>::iterator which) {
  auto& waiting = **which;
  waiting_.erase(which);
  ++at_work_;
  waiting.woken = true;
  waiting.bell.notify_one();
}

/// The next one's turn, unless somebody is at work.
void TimeLapse::go_on() {
  if (at_work_ > 0 || waiting_.empty()) {
    return;
  }
  const auto early =
      std::ranges::find_if(waiting_, [](const Waiting* one) { return is_early(*one); });
  if (early != waiting_.end()) {
    wake(early);
    return;
  }
  const auto next = std::ranges::min_element(waiting_, [this](const auto* one, const auto* other) {
    const auto held = [this](const Waiting& waiting) {
      return waiting.guard != nullptr && waiting.until >= end_;
    };
    return std::pair{held(*one), one->until} < std::pair{held(*other), other->until};
  });
  if ((*next)->guard != nullptr && (*next)->until >= end_) {
    return;  // all are held at the end
  }
  passed_ = std::max(passed_.load(), ((*next)->until - begin_.boot).count());
  wake(next);
}

}  // namespace fat
