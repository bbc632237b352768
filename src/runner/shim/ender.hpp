// "End them" -> signals to everything below this process until nothing is left.
#pragma once

#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include <sys/types.h>

#include "runner/process_table.hpp"
#include "runner/shim/system.hpp"

namespace fat::shim {

/// TERM and CONT first, KILL after the grace. Sends signals only; reaping, and so knowing that
/// nothing is left, is the caller's.
class Ender {
 public:
  /// `leader` is the command's process, the first of its group, until `leader_reaped`.
  explicit Ender(pid_t leader) : leader_(leader) {}

  /// Asks all to end, kills what is left after `grace`. Later calls can only shorten the grace.
  void terminate(Microseconds now, Microseconds grace);
  /// Kills now and goes on killing.
  void kill(Microseconds now);
  /// From here on what is found has outlived the command.
  void leader_reaped();

  bool is_ending() const { return phase_ != Phase::None; }

  bool is_killing() const { return phase_ == Phase::Kill; }

  /// When `work` wants to be called; nullopt while nobody is to be ended.
  std::optional<Microseconds> wake_at() const;
  void work(Microseconds now);

  /// Processes that had outlived the command and were sent a signal.
  std::size_t survivors() const { return survivors_; }

  /// Alive, although KILL could not be sent or did not work for some seconds: id and errno (0: it
  /// was sent). Once per Ender.
  std::optional<std::pair<pid_t, int>> unkillable(Microseconds now);

 private:
  enum class Phase { None, Terminate, Kill };

  struct Known {
    pid_t id;
    std::uint64_t start_time;
    Phase signalled;
    bool counted;
    auto operator<=>(const Known&) const = default;
  };

  bool signal_all();
  bool signal_one(const ProcessStat& process);

  pid_t leader_;
  Phase phase_ = Phase::None;
  Microseconds kill_at_{0}, killing_since_{0}, next_{0}, pause_{0};
  std::vector<Known> known_;  // sorted by id and start time
  std::size_t survivors_ = 0;
  std::optional<std::pair<pid_t, int>> stubborn_;
  bool stubborn_said_ = false;
};

}  // namespace fat::shim
