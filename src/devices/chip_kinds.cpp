// [device ...] of a chip on a bus of this computer -> its sensor.
#include "devices/chip_kinds.hpp"

#include <algorithm>
#include <charconv>
#include <utility>

#include <fmt/format.h>

#include "devices/chip_sensor.hpp"
#include "devices/instrument_tables.hpp"
#include "fat/model/quantity.hpp"

namespace fat {
namespace {

constexpr int kHighestAddress = 0x77;
constexpr std::uint32_t kSpiHertz = 500'000;  // reference 1.1
constexpr int kAnalogInputs = 4;

std::string chip_text(const DeviceEntry& device, const char* name, const char* otherwise) {
  const auto found = device.parameters.find(name);
  return found == device.parameters.end() ? otherwise : found->second;
}

double chip_number(const DeviceEntry& device, const char* name, double otherwise) {
  return parse_number(chip_text(device, name, "")).value_or(otherwise);
}

Microseconds chip_duration(const DeviceEntry& device, const char* name, Microseconds otherwise) {
  return parse_duration(chip_text(device, name, "")).value_or(otherwise);
}

/// "0x48".
std::unique_ptr<RegisterBus> i2c_bus(const DeviceEntry& device) {
  const auto text = chip_text(device, "address", "0x48");
  int address = -1;
  const auto digits = std::string_view{text}.substr(text.starts_with("0x") ? 2 : text.size());
  const auto [end, error] =
      std::from_chars(digits.data(), digits.data() + digits.size(), address, 16);
  if (error != std::errc{} || end != digits.data() + digits.size() || address < 0 ||
      address > kHighestAddress) {
    throw DeviceError{
        DeviceFault::Refused, device.name, fmt::format("address '{}' is not 0x00 to 0x77", text)};
  }
  return std::make_unique<I2cBus>(chip_text(device, "bus", "/dev/i2c-1"), address);
}

ChipParts chip_parts(const DeviceEntry& device, const Clock& clock, const LinkLocks& locks) {
  ChipParts parts{.clock = clock, .device = device.name, .bus = nullptr, .locks = locks};
  parts.lock = chip_duration(device, "lock", parts.lock);
  parts.patience = chip_duration(device, "first_byte", parts.patience);
  if (device.link) {  // never of station.ini: the virtual bench's
    parts.bus = std::make_unique<TcpBus>(device.link->host, device.link->port, parts.patience);
  } else if (device.kind == "ad7124") {
    parts.bus = std::make_unique<SpiBus>(chip_text(device, "bus", "/dev/spidev0.0"), kSpiHertz);
  } else {
    parts.bus = i2c_bus(device);
  }
  return parts;
}

std::vector<ParameterInfo> chip_parameters(const char* bus, std::vector<ParameterInfo> own) {
  using enum ParameterType;
  own.insert(own.begin(), table_parameter("bus", Text, bus, "the bus' file"));
  own.push_back(
      table_parameter("lock", Duration, "5 s", "until who else holds the bus lets it go"));
  own.push_back(table_parameter("first_byte", Duration, "2 s", "until a conversion has ended"));
  return own;
}

}  // namespace

DeviceCatalog chip_kinds() {
  using enum ParameterType;
  const auto address = table_parameter("address", Text, "0x48", "of the chip");
  return {
      {"ad7746",
       "level of a liquid by its capacitance (AD7746 on I2C)",
       {},
       chip_parameters("/dev/i2c-1",
                       {address,
                        table_parameter("empty", Number, "11.4275", "million counts at level 0"),
                        table_parameter("full", Number, "13.5980", "million counts at `height`"),
                        table_parameter("height", Number, "687", "mm")})},
      {"ad7124", "six Pt100 (AD7124-8 on SPI)", {}, chip_parameters("/dev/spidev0.0", {})},
      {"ads1115",
       "four voltages (ADS1115 on I2C)",
       {},
       chip_parameters("/dev/i2c-1",
                       {address, table_parameter("gain", Integer, "1", "1: 4.096 V, 2: 2.048 V")})},
      {"edwards_wrg200",
       "wide-range vacuum gauge at an ADS1115",
       {},
       chip_parameters(
           "/dev/i2c-1",
           {address, table_parameter("input", Integer, "1", "of the ADS1115, 1 to 4")})},
      {"spellman_monitor",
       "monitor outputs of a Spellman high voltage at an ADS1115",
       {},
       chip_parameters("/dev/i2c-1", {address})}};
}

std::unique_ptr<Instrument> open_chip(const DeviceEntry& device,
                                      const Clock& clock,
                                      const LinkLocks& locks) {
  auto parts = chip_parts(device, clock, locks);
  if (device.kind == "ad7746") {
    const LevelScale usual;
    return std::make_unique<LevelSensor>(std::move(parts),
                                         LevelScale{chip_number(device, "empty", usual.empty),
                                                    chip_number(device, "full", usual.full),
                                                    chip_number(device, "height", usual.height)});
  }
  if (device.kind == "ad7124") {
    return std::make_unique<PlatinumSensor>(std::move(parts));
  }
  if (device.kind == "ads1115") {
    return std::make_unique<AnalogSensor>(std::move(parts),
                                          chip_number(device, "gain", 1) == 2 ? 2 : 1);
  }
  if (device.kind == "edwards_wrg200") {
    const auto input = static_cast<int>(chip_number(device, "input", 1));
    return std::make_unique<WideRangeGauge>(std::move(parts), std::clamp(input, 1, kAnalogInputs));
  }
  return std::make_unique<HighVoltageMonitor>(std::move(parts));
}

}  // namespace fat
