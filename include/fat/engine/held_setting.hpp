// An actuator that has to be and stay at a value: ordered, read back, ordered again. Pure.
#pragma once

#include <cstddef>
#include <optional>

#include "fat/model/channel_entry.hpp"
#include "fat/model/interlock_entry.hpp"
#include "fat/model/reading.hpp"

namespace fat {

/// GiveAlarm comes together with another try: it goes on trying for ever.
enum class SettingNeed { Nothing, Order, OrderAndGiveAlarm };

/// What was commanded proves nothing: only a reading of the actuator's own channel, taken after the
/// order, confirms it.
class HeldSetting {
 public:
  HeldSetting(std::size_t channel, ActuatorSetting setting, const InterlockEntry& interlock);

  std::size_t channel() const { return channel_; }

  const ActuatorSetting& setting() const { return setting_; }

  /// What is to be done at `now`, with the channel's reading as it stands; an order counts as
  /// given.
  SettingNeed look(const Reading& reading, const Instant& now);

  bool is_confirmed() const { return confirmed_; }

  /// True while the first order has to wait for something else, for `longest` at most since it was
  /// asked first; nothing to wait for, or once it was ordered: false.
  bool waits(Microseconds longest, const Instant& now);

 private:
  SettingNeed order(const Instant& now);

  std::size_t channel_;
  ActuatorSetting setting_;
  Microseconds confirm_within_;
  int attempts_;
  std::optional<Instant> ordered_at_;
  std::optional<Instant> waiting_since_;
  int orders_ = 0;  ///< since it was confirmed last
  bool confirmed_ = false;
};

}  // namespace fat
