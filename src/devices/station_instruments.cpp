// The devices of station.ini -> drivers for them.
#include "fat/devices/station_instruments.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "devices/afg_generator.hpp"
#include "devices/field_hub_controller.hpp"
#include "devices/filter_wheel.hpp"
#include "devices/humidity_command.hpp"
#include "devices/julabo_freezer.hpp"
#include "devices/lutron_thermometer.hpp"
#include "devices/manual_freezer.hpp"
#include "devices/rigol_supply.hpp"
#include "fat/model/quantity.hpp"
#include "fat/model/suggestion.hpp"

namespace fat {
namespace {

std::optional<std::string> given(const DeviceEntry& device, const char* name) {
  const auto found = device.parameters.find(name);
  return found == device.parameters.end() ? std::nullopt : std::optional{found->second};
}

/// What was checked when station.ini was read has a value; the default stands where it is silent.
void read_duration(const DeviceEntry& device, const char* name, Microseconds& value) {
  if (const auto text = given(device, name)) {
    value = parse_duration(*text).value_or(value);
  }
}

double quantity(const DeviceEntry& device, const char* name, double otherwise) {
  const auto text = given(device, name);
  const auto value = text ? parse_quantity(*text) : std::nullopt;
  return value ? value->value : otherwise;
}

int integer(const DeviceEntry& device, const char* name, int otherwise) {
  const auto text = given(device, name);
  const auto value = text ? parse_integer(*text) : std::nullopt;
  return value ? static_cast<int>(std::clamp(*value, 0LL, 1000LL)) : otherwise;
}

/// `usual` is what the kind has where station.ini says nothing.
LinkTimeouts timeouts_of(const DeviceEntry& device, const LinkTimeouts& usual) {
  auto timeouts = usual;
  read_duration(device, "lock", timeouts.lock);
  read_duration(device, "connect", timeouts.connect);
  read_duration(device, "write", timeouts.write);
  read_duration(device, "first_byte", timeouts.first_byte);
  read_duration(device, "between_bytes", timeouts.between_bytes);
  read_duration(device, "whole_reply", timeouts.whole_reply);
  read_duration(device, "pause", timeouts.pause);
  return timeouts;
}

SessionParts parts_of(const DeviceEntry& device,
                      const Clock& clock,
                      const LinkLocks& locks,
                      const LinkTimeouts& usual = {}) {
  if (!device.link) {
    throw DeviceError{DeviceFault::Refused, device.name, "has no link in station.ini"};
  }
  return {.clock = clock,
          .device = device.name,
          .link = make_link(*device.link),
          .timeouts = timeouts_of(device, usual),
          .locks = locks};
}

}  // namespace

const DeviceEntry& StationInstruments::find(const std::string& name,
                                            const std::vector<std::string_view>& kinds) const {
  std::vector<std::string> names;
  for (const auto& device : devices_) {
    const bool fits = std::ranges::find(kinds, device.kind) != kinds.end();
    if (fits && device.name == name) {
      return device;
    }
    if (fits) {
      names.push_back(device.name);
    }
  }
  throw DeviceError{DeviceFault::Refused,
                    name,
                    fmt::format("{} has no [device {}] of kind {}{}",
                                place_,
                                name,
                                fmt::join(kinds, " or "),
                                did_you_mean(name, names))};
}

std::unique_ptr<FunctionGenerator> StationInstruments::generator(const std::string& name) const {
  return std::make_unique<AfgGenerator>(
      parts_of(find(name, {"tektronix_afg3000"}), clock_, locks_));
}

std::unique_ptr<PowerSupply> StationInstruments::supply(const std::string& name) const {
  const auto& device = find(name, {"rigol_dp900"});
  const SupplyLimits usual;
  return std::make_unique<RigolSupply>(
      parts_of(device, clock_, locks_),
      SupplyLimits{quantity(device, "max_voltage", usual.volts),
                   quantity(device, "max_current", usual.amperes)});
}

std::unique_ptr<FilterWheel> StationInstruments::filter_wheel(const std::string& name) const {
  return std::make_unique<FilterWheelFw102c>(
      parts_of(find(name, {"thorlabs_fw102c"}), clock_, locks_));
}

std::unique_ptr<Thermometer> StationInstruments::thermometer(const std::string& name) const {
  const auto& device = find(name, {"lutron_tm947sd"});
  Microseconds listen = std::chrono::seconds{3};
  read_duration(device, "listen", listen);
  return std::make_unique<LutronThermometer>(parts_of(device, clock_, locks_), listen);
}

std::unique_ptr<HumiditySensor> StationInstruments::humidity_sensor(const std::string& name) const {
  const auto& device = find(name, {"humidity_command"});
  if (!device.link) {
    throw DeviceError{DeviceFault::Refused, name, "has no link in station.ini"};
  }
  return std::make_unique<HumidityCommand>(
      clock_,
      name,
      device.link->words,
      timeouts_of(device, {.first_byte = std::chrono::seconds{10}}),
      HumidityColumns{integer(device, "humidity_column", 1),
                      integer(device, "temperature_column", 0)});
}

std::unique_ptr<Freezer> StationInstruments::freezer(const std::string& name,
                                                     const AskOperator& ask) const {
  const auto& device = find(name, {"julabo", "manual_freezer"});
  if (device.kind == "manual_freezer") {
    return std::make_unique<ManualFreezer>(name,
                                           thermometer(given(device, "thermometer").value_or("")),
                                           integer(device, "channel", 1),
                                           ask);
  }
  const JulaboSettings usual;
  return std::make_unique<JulaboFreezer>(
      parts_of(device, clock_, locks_, {.pause = std::chrono::milliseconds{250}}),
      JulaboSettings{parse_bool(given(device, "external_sensor").value_or("no")).value_or(false),
                     quantity(device, "coldest", usual.coldest),
                     quantity(device, "hottest", usual.hottest)});
}

std::unique_ptr<FieldHub> StationInstruments::field_hub(const std::string& name) const {
  return std::make_unique<FieldHubController>(parts_of(
      find(name, {"field_hub"}), clock_, locks_, {.first_byte = std::chrono::seconds{11}}));
}

}  // namespace fat
