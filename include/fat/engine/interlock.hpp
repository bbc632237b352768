// Readings, as time passes -> whether an interlock is tripped, and what has to be done about it.
// Pure: no sink, database or dashboard can hold it up.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "fat/engine/channel_readings.hpp"
#include "fat/engine/held_setting.hpp"
#include "fat/engine/interlock_input.hpp"
#include "fat/model/interlock_entry.hpp"
#include "fat/model/interlock_state.hpp"

namespace fat {

/// What somebody has to do now. Tell: people hear `why`; every other order is told too.
enum class InterlockOrderKind { Tell, Set, SuspendRun, ResumeRun, AbortStep, SafeState };

struct InterlockOrder {
  InterlockOrderKind kind = InterlockOrderKind::Tell;
  std::string interlock;
  int trip = 0;             ///< the interlock's how manieth it belongs to
  ActuatorSetting setting;  ///< of Set
  std::string why;
};

/// How long a setting has to wait at most for what must come before it, such as the high voltage to
/// go down before the low one is switched off; zero: nothing.
using SettingWait = std::function<Microseconds(
    const ActuatorSetting& setting, const ChannelReadings& readings, const Instant& now)>;

class Interlock {
 public:
  /// `channels` is the list of the readings it will be given. Throws std::invalid_argument when it
  /// names a channel that is not among them.
  Interlock(InterlockEntry entry,
            const std::vector<ChannelEntry>& channels,
            InterlockMemory memory = {});

  /// Without it no setting waits.
  void wait_with(SettingWait wait) { wait_ = std::move(wait); }

  const InterlockEntry& entry() const { return entry_; }

  const InterlockMemory& memory() const { return memory_; }

  /// To be called on a timer, whether anything was read or not. A setting is ordered again until
  /// its channel shows it; AbortStep and SafeState every `confirm_within` until they are
  /// `carried_out`, also after a restart: whoever does it must bear being asked twice.
  std::vector<InterlockOrder> evaluate(const ChannelReadings& readings, const Instant& now);

  /// What AbortStep or SafeState asked for is done. One of an earlier trip says nothing of this
  /// one.
  void carried_out(const InterlockOrder& order);

  /// What speaks against the next step: by level, not by edge. "" when nothing does, when the
  /// interlock is overridden, or when it only warns.
  std::string objection(const ChannelReadings& readings, const Instant& now) const;

  /// A person resets a latch. "" when it is reset, else why not.
  std::string reset();

  /// Replaces one that is there.
  void override_with(InterlockOverride decision) { memory_.overriding = std::move(decision); }

  void end_override() { memory_.overriding.reset(); }

 private:
  using Orders = std::vector<InterlockOrder>;

  bool is_overridden(const Instant& now) const;
  std::vector<std::string> tripped_inputs(const ChannelReadings& readings, const Instant& now);
  bool is_condition(std::size_t tripped) const;
  std::size_t voters() const;
  void change_phase(const std::vector<std::string>& reasons, const Instant& now, Orders& orders);
  void act(const ChannelReadings& readings, const Instant& now, Orders& orders);
  void order_what_is_owed(const Instant& now, Orders& orders);
  void hold_settings(const ChannelReadings& readings, const Instant& now, Orders& orders);
  void escalate(const std::string& why);
  void let_go(Orders& orders);
  InterlockOrder order(InterlockOrderKind kind, std::string why) const;

  InterlockEntry entry_;
  InterlockMemory memory_;
  SettingWait wait_;
  std::vector<InterlockInput> inputs_;
  std::vector<HeldSetting> idle_settings_, settings_;  ///< as they begin, and while held
  bool holds_ = false;                                 ///< its action is in force
  std::optional<Instant> asked_;                       ///< what is owed was ordered last
};

}  // namespace fat
