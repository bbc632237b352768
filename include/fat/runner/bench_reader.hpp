// The channels of a station -> what their instruments answer, each asked at its period.
#pragma once

#include <functional>
#include <map>
#include <mutex>
#include <stop_token>
#include <string>
#include <vector>

#include "fat/model/channel_entry.hpp"
#include "fat/ports/clock.hpp"
#include "fat/ports/quantity_source.hpp"

namespace fat {

/// Takes the answer for a channel, given by its place in the list, at the moment it came. Calls
/// never overlap; they come from the instruments' threads.
using TakeAnswer =
    std::function<void(std::size_t channel, const RawReading& raw, const Instant& at)>;

/// Each instrument has a thread of its own: one that does not answer holds no other up. An
/// instrument's link is let go between two rounds, so that steps and people can use it too, unless
/// one of its channels is read more often than once a second.
class BenchReader {
 public:
  /// What is borrowed must outlive it.
  BenchReader(const QuantitySources& sources,
              const Clock& clock,
              std::vector<ChannelEntry> channels,
              TakeAnswer take);

  /// Every channel once. Returns when each has answered or failed to.
  void read_once();

  /// Every channel at its period until `stop`, which an instrument notices after the answer it
  /// waits for. A period that went by during a slow answer is left out, not made up for.
  void read_until(std::stop_token stop);

 private:
  using Channels = std::vector<std::size_t>;

  void on_each_instrument(const std::function<void(const std::string&, const Channels&)>& work);
  void follow(const std::string& instrument, const Channels& channels, const std::stop_token& stop);
  void read(const std::string& instrument,
            std::unique_ptr<QuantitySource>& source,
            const Channels& channels);

  const QuantitySources& sources_;
  const Clock& clock_;
  std::vector<ChannelEntry> channels_;
  std::map<std::string, Channels> by_instrument_;
  TakeAnswer take_;  // guarded by mutex_
  std::mutex mutex_;
};

}  // namespace fat
