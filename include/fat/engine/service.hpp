// What became of one service's process, as time passes -> its state, and what has to be done. Pure.
#pragma once

#include <optional>
#include <string>

#include "fat/model/service_entry.hpp"
#include "fat/model/service_state.hpp"

namespace fat {

/// How a process of a service came to its end.
struct ServiceEnd {
  bool clean = false;  ///< exit status 0
  std::string why;     ///< for people: "exit status 3"; empty when clean
};

/// The memory is what counts: whoever calls anything here stores it before acting on it.
class Service {
 public:
  /// What is remembered of an earlier boot, or of nothing: FATAL, EXITED and BACKOFF begin anew.
  Service(ServiceEntry entry, ServiceMemory memory, const Instant& now);

  const ServiceEntry& entry() const { return entry_; }

  const ServiceMemory& memory() const { return memory_; }

  /// It is to run: a person's word, else `autostart`.
  bool is_wanted() const { return memory_.said.value_or(entry_.autostart); }

  bool is_alive() const { return fat::is_alive(memory_.phase); }

  // A person's word. Each is idempotent.
  void start(const std::string& who, const Instant& now);
  void stop(const std::string& who, const Instant& now);
  void restart(const std::string& who, const Instant& now);

  // What the board asks. Only bounded times hold another one up.
  bool is_due_to_start(const Instant& now) const;
  bool is_due_to_end() const;
  bool holds_up_starts(const Instant& now) const;
  bool holds_up_ends(const Instant& now) const;

  /// A process of it is started next, under this token. REQUIRES: it is due to start.
  void launch(std::string token, const Instant& now);
  /// Its process is told to end. REQUIRES: it is alive.
  void end(const Instant& now);

  // What happened.
  void launch_failed(const std::string& why, const Instant& now);
  /// Its line came, its port answered. Nothing happens unless it is starting.
  void counts_as_started(const Instant& now);
  void ended(const ServiceEnd& end, const Instant& now);
  /// Written down, and never begun.
  void never_began(const Instant& now);
  /// Its process cannot be ended or looked at.
  void is_unknown(const std::string& why, const Instant& now);
  /// Its process is at hand again.
  void is_known(const Instant& now);

  /// Of one that waits for its next start: what is left of its delay; zero when it is over.
  Microseconds time_to_start(const Instant& now) const;

  /// Time passes. True: it is to be ended, as it did not count as started, or (again) because the
  /// order to end seems to have been lost.
  bool tick(const Instant& now);

 private:
  void enter(ServicePhase phase, std::string why, const Instant& now);
  void ended_by_itself(const ServiceEnd& end, ServicePhase phase, const Instant& now);
  void settle(const std::string& why, const Instant& now);
  void fail(const std::string& why, const Instant& now);
  Microseconds delay() const;

  ServiceEntry entry_;
  ServiceMemory memory_;
  std::optional<Instant> pressed_;  ///< told to end last, by this process
};

}  // namespace fat
