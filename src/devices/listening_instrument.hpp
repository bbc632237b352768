// A thermometer that sends by itself, a humidity sensor -> an instrument.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "devices/sensor_instrument.hpp"
#include "fat/model/instant.hpp"
#include "fat/ports/clock.hpp"
#include "fat/ports/instruments.hpp"

namespace fat {

/// Quantity "temperature". One listening serves all its channels for as long as it took.
class ListeningInstrument : public SensorInstrument {
 public:
  ListeningInstrument(const Clock& clock,
                      std::string device,
                      std::unique_ptr<Thermometer> thermometer);

 private:
  double measure(const std::string& quantity, int input) override;

  const Clock& clock_;
  std::unique_ptr<Thermometer> thermometer_;
  std::vector<ThermometerReading> heard_;
  std::optional<Instant> heard_at_;
  Microseconds took_{0};
};

/// Quantities "humidity" and "temperature".
class HumidityInstrument : public SensorInstrument {
 public:
  HumidityInstrument(std::string device, std::unique_ptr<HumiditySensor> sensor);

 private:
  double measure(const std::string& quantity, int input) override;

  std::unique_ptr<HumiditySensor> sensor_;
};

}  // namespace fat
