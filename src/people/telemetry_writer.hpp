// Points -> a database or broker elsewhere: what became of them.
#pragma once

#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "fat/people/sink.hpp"
#include "fat/people/telemetry.hpp"

namespace fat {

struct TelemetryPoint {
  const TelemetryChannel* channel = nullptr;
  Reading reading;
};

struct TelemetryResult {
  /// Delivered: each point is there or refused for ever.
  PostOutcome outcome = PostOutcome::TryLater;
  std::string why;  ///< without secrets
  std::optional<Microseconds> retry_after;
  int refused = 0;      ///< points
  std::string example;  ///< one of those, and what was said of it
};

/// Implementations: `InfluxWriter`, `MqttWriter`. Used by one thread. A point that is written twice
/// is the same point.
class TelemetryWriter {
 public:
  TelemetryWriter() = default;
  /// Within about a second, unless the network holds it.
  virtual ~TelemetryWriter() = default;
  TelemetryWriter(const TelemetryWriter&) = delete;
  TelemetryWriter& operator=(const TelemetryWriter&) = delete;

  /// Within bounded time, soon when `stop` is asked for.
  virtual TelemetryResult write(const std::vector<TelemetryPoint>& points,
                                const std::stop_token& stop) = 0;
};

/// `channels`: all that are ever published.
std::unique_ptr<TelemetryWriter> make_telemetry_writer(
    const TelemetryEntry& entry, const std::vector<TelemetryChannel>& channels);

}  // namespace fat
