// A thermometer that sends by itself, a humidity sensor -> an instrument.
#include "devices/listening_instrument.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace fat {
namespace {

constexpr int kThermometerChannels = 4;

}  // namespace

ListeningInstrument::ListeningInstrument(const Clock& clock,
                                         std::string device,
                                         std::unique_ptr<Thermometer> thermometer)
    : SensorInstrument(std::move(device),
                       "lutron_tm947sd",
                       {{.name = "temperature",
                         .unit = "degC",
                         .inputs = kThermometerChannels,
                         .settable = {}}}),
      clock_(clock),
      thermometer_(std::move(thermometer)) {}

double ListeningInstrument::measure(const std::string& /*quantity*/, int input) {
  const auto start = clock_.now();
  if (!heard_at_ || elapsed(*heard_at_, start) > took_) {
    heard_at_.reset();
    heard_ = thermometer_->read();
    heard_at_ = clock_.now();
    took_ = elapsed(start, *heard_at_);
  }
  const auto found = std::ranges::find(heard_, input, &ThermometerReading::channel);
  if (found == heard_.end()) {
    // Not the link's fault: the other channels were heard.
    fail(DeviceFault::Refused,
         fmt::format("channel {} is silent: is its probe plugged in?", input));
  }
  return found->celsius;
}

HumidityInstrument::HumidityInstrument(std::string device, std::unique_ptr<HumiditySensor> sensor)
    : SensorInstrument(std::move(device),
                       "humidity_command",
                       {{.name = "humidity", .unit = "%", .inputs = 1, .settable = {}},
                        {.name = "temperature", .unit = "degC", .inputs = 1, .settable = {}}}),
      sensor_(std::move(sensor)) {}

double HumidityInstrument::measure(const std::string& quantity, int /*input*/) {
  const auto reading = sensor_->read();
  if (quantity == "humidity") {
    return reading.percent;
  }
  if (!reading.celsius) {
    fail(DeviceFault::Refused, "prints no temperature: temperature_column says which number it is");
  }
  return reading.celsius.value_or(0);
}

}  // namespace fat
