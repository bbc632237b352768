// What instruments answered -> what each channel shows now, and whether it may be believed. Pure.
#pragma once

#include <cstddef>
#include <vector>

#include "fat/model/calibration.hpp"
#include "fat/model/channel_entry.hpp"
#include "fat/model/reading.hpp"

namespace fat {

/// A reading as it stands at `now`: what grew too old meanwhile is Stale.
Reading as_of(const ChannelEntry& channel, const Reading& reading, const Instant& now);

/// The newest reading of each channel, by its place in the list. A failed instrument gives no
/// value, and never zero.
class ChannelReadings {
 public:
  /// Throws std::invalid_argument when a calibration cannot be used.
  explicit ChannelReadings(std::vector<ChannelEntry> channels);

  const std::vector<ChannelEntry>& channels() const { return channels_; }

  /// Takes what the instrument answered at that moment. True: it is news, the value moved by more
  /// than the dead-band since the last news, or the state changed.
  bool take(std::size_t channel, const RawReading& raw, const Instant& at);
  /// The same of what somebody else has judged.
  bool take(std::size_t channel, const Reading& reading);

  Reading reading(std::size_t channel, const Instant& now) const;

 private:
  Reading judge(std::size_t channel, const RawReading& raw, const Instant& at) const;

  std::vector<ChannelEntry> channels_;
  std::vector<Calibrator> calibrators_;
  std::vector<Reading> newest_, told_;
};

}  // namespace fat
