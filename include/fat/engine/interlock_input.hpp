// One channel as an interlock sees it: beyond its level for long enough, or silent. Pure.
#pragma once

#include <cstddef>
#include <optional>
#include <string>

#include "fat/model/channel_entry.hpp"
#include "fat/model/interlock_entry.hpp"
#include "fat/model/reading.hpp"

namespace fat {

class InterlockInput {
 public:
  InterlockInput(std::size_t channel, ChannelEntry entry, const InterlockEntry& interlock);

  /// The channel's place in the list.
  std::size_t channel() const { return channel_; }

  /// Takes the channel's reading as it stands at `now`. Time counts even when nothing new was read:
  /// what nobody contradicts stays true; of a lent channel everything stays as it was.
  void look(const Reading& reading, const Instant& now);

  bool tripped() const { return level_tripped_ || silent_ || unknown_; }

  /// Its instrument is lent, and it was not tripped by then: the others decide without it.
  bool abstains() const { return lent_ && !tripped(); }

  /// Of an interlock that was tripped when the process ended: it is, until a valid reading says
  /// otherwise.
  void begin_tripped() { unknown_ = true; }

  /// Why it is tripped: "top_plate shows 274 K, which reaches 273 K".
  const std::string& why() const { return why_; }

  /// What speaks against work at this very moment, without waiting for anything: "" when the
  /// reading is valid and not beyond the level.
  std::string objection(const Reading& reading) const;

 private:
  bool is_beyond(double value) const;
  bool is_good_again(double value) const;
  void look_at_level(const Reading& reading, const Instant& now);
  void look_at_silence(const Reading& reading, const Instant& now);
  std::string shown(double value) const;

  std::size_t channel_;
  ChannelEntry entry_;
  std::optional<InterlockLevel> level_;
  Microseconds settle_, invalid_after_;
  std::optional<Instant> last_valid_;  ///< or when the first look was
  std::optional<Instant> beyond_since_;
  double beyond_value_ = 0;
  bool level_tripped_ = false, silent_ = false, unknown_ = false;
  bool lent_ = false;
  std::string why_;
};

}  // namespace fat
