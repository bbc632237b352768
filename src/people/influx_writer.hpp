// Points -> InfluxDB by HTTP; what it will never take is found line by line.
#pragma once

#include <span>

#include "fat/model/telemetry_entry.hpp"
#include "people/telemetry_writer.hpp"

namespace fat {

/// Sends all at once; a 400 or 413 halves them until what is wrong stands alone: stored ones are
/// stored again with the same time, which changes nothing.
class InfluxWriter : public TelemetryWriter {
 public:
  explicit InfluxWriter(TelemetryEntry entry);

  TelemetryResult write(const std::vector<TelemetryPoint>& points,
                        const std::stop_token& stop) override;

 private:
  struct Call;
  bool post(std::span<const std::string> lines, Call& call) const;
  std::vector<std::string> headers(const std::string& secret) const;

  TelemetryEntry entry_;
  std::string url_;
};

}  // namespace fat
