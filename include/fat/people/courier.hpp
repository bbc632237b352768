// One channel's stored messages -> its sink, by a thread of its own.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "fat/people/delivery_rules.hpp"
#include "fat/people/leavable_thread.hpp"
#include "fat/people/sink.hpp"
#include "fat/ports/clock.hpp"
#include "fat/ports/outbox.hpp"

namespace fat {

struct CourierParts {
  std::string channel;
  /// Called once, on the courier's thread; tried again while it throws JournalError.
  std::function<std::unique_ptr<Outbox>()> open_outbox;
  std::unique_ptr<Sink> sink;
  DeliveryRules rules;
  unsigned seed = 0;  ///< of the jitter
  /// Called on the courier's thread. Must not block.
  std::function<void(const std::string&)> alarm;
};

/// In order, at least once, as patiently as its rules say; goes on where the one before it ended.
class Courier {
 public:
  /// Begins at once with what waits from before. `clock` outlives it.
  Courier(CourierParts parts, const Clock& clock);
  /// As finish() with no patience at all.
  ~Courier();
  Courier(const Courier&) = delete;
  Courier& operator=(const Courier&) = delete;

  /// Something was stored. Any thread, never blocks.
  void nudge();
  /// From now on it ends when nothing waits, or when a try fails: what is left stays stored.
  void wind_up();
  /// After wind_up(): gives it until then, then ends it. Returns within two seconds after that,
  /// even if the sink does not: then its thread is left to itself.
  void finish(std::chrono::steady_clock::time_point deadline);

 private:
  class Impl;
  std::shared_ptr<Impl> impl_;  ///< with its thread
  LeavableThread thread_;
};

}  // namespace fat
