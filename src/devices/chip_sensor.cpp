// The cryostat's own electronics: AD7746 level, AD7124 Pt100, ADS1115 with what hangs on it.
#include "devices/chip_sensor.hpp"

#include <algorithm>
#include <cerrno>
#include <cmath>
#include <numeric>
#include <optional>
#include <system_error>
#include <utility>

#include <fmt/format.h>

namespace fat {
namespace {

using Quantities = std::vector<InstrumentQuantity>;

InstrumentQuantity chip_quantity(const char* name, const char* unit, int inputs = 1) {
  return {.name = name, .unit = unit, .inputs = inputs, .settable = {}};
}

DeviceFault bus_fault(int error) {
  const bool nobody = error == ENXIO || error == EREMOTEIO || error == ETIMEDOUT || error == EIO;
  return nobody ? DeviceFault::Timeout : DeviceFault::Unreachable;
}

unsigned word_at(const RegisterBus::Bytes& bytes, std::size_t first, std::size_t count) {
  unsigned word = 0;
  for (std::size_t i = first; i < first + count; ++i) {
    word = (word << 8U) | bytes.at(i);
  }
  return word;
}

}  // namespace

ChipSensor::ChipSensor(ChipParts parts, std::string kind, Quantities quantities)
    : SensorInstrument(std::move(parts.device), std::move(kind), std::move(quantities)),
      clock_(parts.clock),
      bus_(std::move(parts.bus)),
      lock_patience_(parts.lock),
      patience_(parts.patience),
      lock_(clock_, std::move(parts.locks), bus_->wire()) {}

double ChipSensor::measure(const std::string& quantity, int input) {
  if (const auto taken = lock_.take(lock_patience_); taken.fault) {
    fail(taken.fault.value_or(DeviceFault::Busy), fmt::format("{}: {}", bus_->name(), taken.why));
  }
  try {
    const auto value = convert(quantity, input);
    lock_.release();
    return value;
  } catch (const std::system_error& error) {
    lock_.release();
    fail(bus_fault(error.code().value()), fmt::format("{}: {}", bus_->name(), error.what()));
  } catch (const DeviceError&) {
    lock_.release();
    throw;
  }
}

LevelSensor::LevelSensor(ChipParts parts, const LevelScale& scale)
    : ChipSensor(std::move(parts),
                 "ad7746",
                 {chip_quantity("level", "mm"), chip_quantity("capacitance", "")}),
      scale_(scale) {}

// Reference 1.1: nineteen bytes from register 0; status 7 means that they were read before.
double LevelSensor::fresh_counts() {
  constexpr std::uint8_t old = 7;
  constexpr unsigned most = 0xffffff;
  RegisterBus::Bytes block;
  wait_until([&] {
    block = bus().transfer({0x00}, 19);
    return block.at(0) != old;
  });
  const auto counts = word_at(block, 1, 3);
  if (counts == 0 || counts == most) {
    fail(DeviceFault::Refused,
         fmt::format("{}: {} counts are the end of its range: is the probe connected?",
                     bus().name(),
                     counts));
  }
  return counts;
}

double LevelSensor::median_of_five() {
  std::array<double, 5> counts{};
  std::ranges::generate(counts, [this] { return fresh_counts(); });
  std::ranges::sort(counts);
  return counts[2];
}

double LevelSensor::convert(const std::string& quantity, int /*input*/) {
  for (const auto& [address, value] : {std::pair<std::uint8_t, std::uint8_t>{0x08, 0x01},
                                       {0x07, 0x80},
                                       {0x09, 0x18},
                                       {0x0d, 0xff},
                                       {0x0b, 0x7f},
                                       {0x0a, 0x39}}) {
    bus().transfer({address, value}, 0);
  }
  const auto first = median_of_five();
  const auto millions = (first + median_of_five()) / 2 / 1e6;
  return quantity == "capacitance"
             ? millions
             : (millions - scale_.empty) * scale_.height / (scale_.full - scale_.empty);
}

PlatinumSensor::PlatinumSensor(ChipParts parts)
    : ChipSensor(std::move(parts), "ad7124", {chip_quantity("resistance", "ohm", 6)}) {}

// Reference 1.1: the channel register switches from sensor to sensor, status bit 7 falls when the
// conversion is there, and two known resistors make ohm of it. Inputs are pairs of pins in order.
double PlatinumSensor::convert(const std::string& /*quantity*/, int input) {
  constexpr std::uint8_t read = 0x40, status = 0x00, data = 0x02, channel = 0x09;
  constexpr unsigned enabled = 0x8000, not_ready = 0x80;
  constexpr double low_ohm = 42.94, low_counts = 4771132, high_ohm = 91.02, high_counts = 10118174;
  constexpr double least = 19, most = 390;
  const auto pin = 2U * static_cast<unsigned>(input - 1);
  const auto pins = enabled | (pin << 5U) | (pin + 1);
  bus().transfer(
      {channel, static_cast<std::uint8_t>(pins >> 8U), static_cast<std::uint8_t>(pins & 0xffU)}, 0);
  wait_until([&] { return (bus().transfer({read | status}, 1).at(0) & not_ready) == 0; });
  const auto counts = word_at(bus().transfer({read | data}, 3), 0, 3);
  const auto ohm =
      high_ohm + ((low_ohm - high_ohm) * (counts - high_counts) / (low_counts - high_counts));
  if (ohm <= least || ohm >= most) {
    fail(DeviceFault::Refused,
         fmt::format("{}: sensor {} has {:.1f} ohm, which no Pt100 has: is it connected?",
                     bus().name(),
                     input,
                     ohm));
  }
  return ohm;
}

AnalogSensor::AnalogSensor(ChipParts parts, int gain)
    : AnalogSensor(std::move(parts), gain, "ads1115", {chip_quantity("voltage", "V", 4)}) {}

AnalogSensor::AnalogSensor(ChipParts parts, int gain, std::string kind, Quantities quantities)
    : ChipSensor(std::move(parts), std::move(kind), std::move(quantities)), gain_(gain) {}

// One conversion of one input against ground, 8 per second; bit 15 is set again when it is there.
int AnalogSensor::counts(int input) {
  constexpr std::uint8_t conversion = 0x00, config = 0x01;
  constexpr unsigned start = 0x8000, against_ground = 0x4000, once = 0x0100, no_comparator = 0x0003;
  constexpr int highest = 32767, lowest = -32768;
  const auto which = static_cast<unsigned>(input - 1) << 12U;
  const auto range = static_cast<unsigned>(gain_) << 9U;
  const auto wanted = start | against_ground | which | range | once | no_comparator;
  bus().transfer(
      {config, static_cast<std::uint8_t>(wanted >> 8U), static_cast<std::uint8_t>(wanted & 0xffU)},
      0);
  wait_until([&] { return (word_at(bus().transfer({config}, 2), 0, 2) & start) != 0; });
  const auto now = word_at(bus().transfer({config}, 2), 0, 2);
  if ((now | start) != wanted) {
    fail(DeviceFault::Garbled,
         fmt::format("{}: was set to {:#06x} and reads back {:#06x}", bus().name(), wanted, now));
  }
  const int counts = static_cast<std::int16_t>(word_at(bus().transfer({conversion}, 2), 0, 2));
  if (counts == highest || counts == lowest) {
    fail(DeviceFault::Refused, fmt::format("{}: input {} is over range", bus().name(), input));
  }
  return counts;
}

double AnalogSensor::convert(const std::string& /*quantity*/, int input) {
  return counts(input) * (gain_ == 1 ? 4.096 : 2.048) / 32768;
}

std::optional<double> wide_range_torr(double volts) {
  const bool speaks = volts >= 1.4 && volts <= 10;  // false of NaN
  if (!speaks) {
    return std::nullopt;
  }
  return std::pow(10, volts > 2 ? (volts - 8.083) / 0.667 : (volts - 6.875) / 0.600);
}

WideRangeGauge::WideRangeGauge(ChipParts parts, int wired_to)
    : AnalogSensor(std::move(parts),
                   1,
                   "edwards_wrg200",
                   {chip_quantity("pressure", "Torr"), chip_quantity("voltage", "V")}),
      wired_to_(wired_to) {}

// Reference 1.1, without the factor V of the seed there: 10 V are an atmosphere, not ten. Which
// unit it is, is to be confirmed at the gauge.
double WideRangeGauge::convert(const std::string& quantity, int /*input*/) {
  const auto volts = (counts(wired_to_) - 14) * 10.0 / 21351;
  const auto torr = wide_range_torr(volts);
  if (quantity == "pressure" && !torr) {
    fail(DeviceFault::Refused,
         fmt::format(
             "{}: {:.3f} V are not within 1.4 and 10 V: is the gauge on?", bus().name(), volts));
  }
  return quantity == "pressure" ? torr.value_or(0) : volts;
}

HighVoltageMonitor::HighVoltageMonitor(ChipParts parts)
    : AnalogSensor(std::move(parts),
                   2,
                   "spellman_monitor",
                   {chip_quantity("current", "A"),
                    chip_quantity("voltage", "V"),
                    chip_quantity("current_setpoint", "A"),
                    chip_quantity("voltage_setpoint", "V"),
                    chip_quantity("resistance", "ohm")}) {}

// Reference 1.1: inputs in the order of the quantities; counts per volt of each, and 0.0333 uA and
// 3 kV per volt.
double HighVoltageMonitor::convert(const std::string& quantity, int /*input*/) {
  constexpr double ampere = 0.0333e-6, volt = 3000;
  constexpr double least_current = 1e-12;
  if (quantity == "current") {
    return counts(1) / 3201.9 * ampere;
  }
  if (quantity == "voltage") {
    return counts(2) / 3201.3 * volt;
  }
  if (quantity == "current_setpoint") {
    return counts(3) / 3210.3 * ampere;
  }
  if (quantity == "voltage_setpoint") {
    return counts(4) / 3207.6 * volt;
  }
  const auto current = counts(1) / 3201.9 * ampere;
  if (current < least_current) {
    fail(DeviceFault::Refused, bus().name() + ": no current flows: there is no resistance");
  }
  return counts(2) / 3201.3 * volt / current;
}

}  // namespace fat
