// Rigol DP900: setpoints, outputs, measured values.
#include "devices/rigol_supply.hpp"

#include <cmath>

#include <fmt/format.h>

namespace fat {
namespace {

constexpr int kChannels = 3;
constexpr DeviceCommand kNumber{"a setpoint", is_scpi_number, true};
constexpr DeviceCommand kSupplyOutput{"an output", is_scpi_boolean, true};
constexpr DeviceCommand kMeasured{"measured values", is_scpi_triple, true};
constexpr double kSameSetting = 2e-3;  // V, A: it sets in steps of a millivolt

}  // namespace

void RigolSupply::require_channel(int channel) const {
  if (channel < 1 || channel > kChannels) {
    throw DeviceError{DeviceFault::Refused,
                      session_.device(),
                      fmt::format("has channels 1 to {}, not {}", kChannels, channel)};
  }
}

void RigolSupply::set(int channel, double volts, double amperes) {
  require_channel(channel);
  const bool within =
      volts >= 0 && volts <= limits_.volts && amperes >= 0 && amperes <= limits_.amperes;
  if (!within) {
    throw DeviceError{
        DeviceFault::Refused,
        session_.device(),
        fmt::format("{} V, {} A is beyond max_voltage {} V, max_current {} A of station.ini",
                    volts,
                    amperes,
                    limits_.volts,
                    limits_.amperes)};
  }
  for (const auto& [word, value] : {std::pair{"CURR", amperes}, std::pair{"VOLT", volts}}) {
    const auto setting = fmt::format(":SOUR{}:{} {:.3f}", channel, word, value);
    session_.set(setting);
    const auto read = session_.query(kNumber, fmt::format(":SOUR{}:{}?", channel, word));
    if (std::abs(parse_scpi_number(read).value_or(-1) - value) > kSameSetting) {
      session_.refuse_read_back(setting, read);
    }
  }
}

void RigolSupply::set_output(int channel, bool on) {
  require_channel(channel);
  session_.set_boolean(fmt::format(":OUTP CH{},{}", channel, on ? "ON" : "OFF"),
                       kSupplyOutput,
                       fmt::format(":OUTP? CH{}", channel),
                       on);
}

bool RigolSupply::output(int channel) {
  require_channel(channel);
  return session_.boolean(kSupplyOutput, fmt::format(":OUTP? CH{}", channel));
}

SupplyReading RigolSupply::read(int channel) {
  require_channel(channel);
  const auto values =
      parse_scpi_numbers(session_.query(kMeasured, fmt::format(":MEAS:ALL? CH{}", channel)), 3)
          .value_or(std::vector<double>(3));
  return {values[0], values[1], values[2]};
}

void RigolSupply::release() {
  session_.free_panel(":SYST:LOCAL");
}

}  // namespace fat
