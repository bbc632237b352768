// Stored readings -> a database elsewhere, by a thread of its own.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "fat/model/reading.hpp"
#include "fat/model/telemetry_entry.hpp"
#include "fat/people/leavable_thread.hpp"
#include "fat/ports/clock.hpp"

namespace fat {

/// What a point says of the channel it is of.
struct TelemetryChannel {
  std::string name, unit;
  std::string kind;      ///< of the instrument: "rigol_dp900"
  std::string device;    ///< the instrument's name
  std::string quantity;  ///< "voltage"
};

/// Up to when each channel's readings are there.
using TelemetryMarks = std::map<std::string, WallTime>;

/// All are called on the telemetry's thread; it owns what they use.
struct TelemetryParts {
  TelemetryEntry entry;
  std::vector<TelemetryChannel> channels;
  /// The readings of a channel later than that, oldest first, at most `most`. May throw
  /// JournalError: asked again later.
  std::function<std::vector<TimedReading>(const std::string& channel, WallTime after, int most)>
      readings;
  /// What was stored last; nullopt: this is the first time, and what was read before is not sent.
  std::function<std::optional<TelemetryMarks>()> marks;
  /// A power cut may undo it. May throw std::exception: then it is kept in memory.
  std::function<void(const TelemetryMarks&)> keep;
  std::function<void(const std::string&)> say;
};

/// Sends every stored reading at least once, oldest first, at the time when it was read. A database
/// that is away, slow or refuses touches nothing else: what it has not got yet is what the readings
/// file still has (14 days of single readings, at most 20 million).
class Telemetry {
 public:
  /// `clock` outlives it.
  Telemetry(TelemetryParts parts, const Clock& clock);
  /// Returns within two seconds.
  ~Telemetry();
  Telemetry(const Telemetry&) = delete;
  Telemetry& operator=(const Telemetry&) = delete;

 private:
  class Impl;
  std::shared_ptr<Impl> impl_;  ///< with its thread
  LeavableThread thread_;
};

}  // namespace fat
