// Threads that wait for moments -> a clock that jumps from one of these moments to the next.
#pragma once

#include <atomic>
#include <condition_variable>
#include <functional>
#include <list>
#include <memory>
#include <mutex>
#include <stop_token>

#include "fat/ports/clock.hpp"

namespace fat {

/// A week in less than a minute, with the threads of a living bench: time stands still while one of
/// them is at work and jumps when all of them wait, so that no machine is too slow for it. One is
/// at work at a time; who waits for the same moment is woken in the order in which he came.
class TimeLapse : public Clock {
 public:
  /// `wait` ends at `begin` + `length` at the latest: there time stands still, but for
  /// `sleep_until`.
  TimeLapse(Instant begin, Microseconds length);

  Instant now() const override;

  /// A thread that waits only by means of the functions below is at work from construction to
  /// destruction. Made before the thread is, so that time does not run away from it.
  class Part {
   public:
    explicit Part(TimeLapse& lapse);
    ~Part();
    Part(const Part&) = delete;
    Part& operator=(const Part&) = delete;

   private:
    TimeLapse& lapse_;
  };

  /// With `lock` let go meanwhile, until the boot clock shows `until`, `early` holds (asked under
  /// the lock), or `stop` is wanted. REQUIRES: a thread with a part, here and below.
  void wait(std::unique_lock<std::mutex>& lock,
            const std::stop_token& stop,
            Microseconds until,
            const std::function<bool()>& early);

  /// Until the boot clock shows that.
  void sleep_until(Microseconds until);

  /// On the boot clock.
  Microseconds begin() const { return begin_.boot; }

  Microseconds end() const { return end_; }

 private:
  struct Waiting {
    Microseconds until;
    std::mutex* guard = nullptr;  ///< of `early`; nullptr: it only sleeps
    const std::function<bool()>* early = nullptr;
    const std::stop_token* stop = nullptr;
    bool woken = false;
    std::condition_variable bell;
  };

  void wait_for_turn(Waiting& waiting);
  void go_on();
  void wake(std::list<Waiting*>::iterator which);
  static bool is_early(const Waiting& waiting);

  const Instant begin_;
  const Microseconds end_;
  std::atomic<Microseconds::rep> passed_{0};
  std::mutex mutex_;
  int at_work_ = 0;              // guarded by mutex_
  std::list<Waiting*> waiting_;  // guarded by mutex_; in the order in which they came
};

}  // namespace fat
