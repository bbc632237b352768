// The [channel ...]s of station.ini as tasks see them: what one shows, and setting one.
#pragma once

#include <string>

#include "fat/model/reading.hpp"

namespace fat {

/// A reading and its unit.
struct ChannelValue {
  Reading reading;
  std::string unit;
};

/// Throws std::runtime_error in words: no such channel, nobody to ask, not set.
/// Implementations: `StationChannels` (cli), `FakeChannels` (tests/tasks).
class Channels {
 public:
  virtual ~Channels() = default;

  /// As it stands now: the newest reading, which may be invalid and then says why.
  virtual ChannelValue read(const std::string& channel) const = 0;

  /// A reading that was taken after this call began; waits for it, as long as the channel's period
  /// and its instrument demand. One that does not come is Stale.
  virtual ChannelValue read_anew(const std::string& channel) const = 0;

  /// "on", "off", "32 V". Returns when the instrument has confirmed it.
  virtual void set(const std::string& channel, const std::string& value) const = 0;
};

}  // namespace fat
