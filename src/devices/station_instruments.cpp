// The devices of station.ini -> drivers for them.
#include "fat/devices/station_instruments.hpp"

#include <algorithm>
#include <iterator>

#include <fmt/format.h>

#include "devices/afg_generator.hpp"
#include "devices/chip_kinds.hpp"
#include "devices/column_sensor.hpp"
#include "devices/field_hub_controller.hpp"
#include "devices/filter_wheel.hpp"
#include "devices/humidity_command.hpp"
#include "devices/iceboot_module.hpp"
#include "devices/julabo_freezer.hpp"
#include "devices/listening_instrument.hpp"
#include "devices/lutron_thermometer.hpp"
#include "devices/manual_freezer.hpp"
#include "devices/modbus_plant.hpp"
#include "devices/rigol_supply.hpp"
#include "devices/station_link.hpp"
#include "devices/table_instrument.hpp"
#include "devices/wiener_supply.hpp"
#include "fat/devices/iceboot_bench.hpp"
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

const LinkAddress& link_of(const DeviceEntry& device) {
  if (!device.link) {
    throw DeviceError{DeviceFault::Refused, device.name, "has no link in station.ini"};
  }
  return *device.link;
}

SensorProgram program_of(const DeviceEntry& device, const Clock& clock) {
  return {.clock = clock,
          .device = device.name,
          .words = link_of(device).words,
          .timeouts = timeouts_of(device, {.first_byte = std::chrono::seconds{10}})};
}

}  // namespace

std::unique_ptr<Link> StationInstruments::link_to(const DeviceEntry& device) const {
  const auto& address = link_of(device);
  if (links_.wires != nullptr) {
    return links_.wires->part(device.name, address, WireUser::Owner);
  }
  auto link = make_link(address, links_.wait);
  if (auto station = links_.station ? links_.station(device) : std::nullopt) {
    auto through = std::make_unique<StationLink>(std::move(*station), link->wire());
    if (through->has_owner()) {
      return through;
    }
  }
  return link;
}

SessionParts StationInstruments::parts_of(const DeviceEntry& device,
                                          const LinkTimeouts& usual) const {
  auto link = link_to(device);
  const bool is_locked_by_its_owner = link->has_turns();
  return {.clock = clock_,
          .device = device.name,
          .link = std::move(link),
          .timeouts = timeouts_of(device, usual),
          .locks = is_locked_by_its_owner ? LinkLocks{} : locks_};
}

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
  return std::make_unique<AfgGenerator>(parts_of(find(name, {"tektronix_afg3000"})));
}

std::unique_ptr<PowerSupply> StationInstruments::supply(const std::string& name) const {
  const auto& device = find(name, {"rigol_dp900"});
  const SupplyLimits usual;
  return std::make_unique<RigolSupply>(
      parts_of(device),
      SupplyLimits{quantity(device, "max_voltage", usual.volts),
                   quantity(device, "max_current", usual.amperes)});
}

std::unique_ptr<FilterWheel> StationInstruments::filter_wheel(const std::string& name) const {
  return std::make_unique<FilterWheelFw102c>(parts_of(find(name, {"thorlabs_fw102c"})));
}

std::unique_ptr<Thermometer> StationInstruments::thermometer(const std::string& name) const {
  const auto& device = find(name, {"lutron_tm947sd"});
  Microseconds listen = std::chrono::seconds{3};
  read_duration(device, "listen", listen);
  return std::make_unique<LutronThermometer>(parts_of(device), listen);
}

std::unique_ptr<HumiditySensor> StationInstruments::humidity_sensor(const std::string& name) const {
  const auto& device = find(name, {"humidity_command"});
  return std::make_unique<HumidityCommand>(
      program_of(device, clock_),
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
      parts_of(device, {.pause = std::chrono::milliseconds{250}}),
      JulaboSettings{parse_bool(given(device, "external_sensor").value_or("no")).value_or(false),
                     quantity(device, "coldest", usual.coldest),
                     quantity(device, "hottest", usual.hottest)});
}

std::unique_ptr<FieldHub> StationInstruments::field_hub(const std::string& name) const {
  return std::make_unique<FieldHubController>(
      parts_of(find(name, {"field_hub"}), {.first_byte = std::chrono::seconds{11}}));
}

std::unique_ptr<DetectorModule> StationInstruments::board(const std::string& name) const {
  const IcebootTimeouts usual;
  return open_iceboot(parts_of(find(name, {"iceboot_board"}), usual.link), usual.boot);
}

std::unique_ptr<Instrument> StationInstruments::instrument(const std::string& name) const {
  const auto declared = std::ranges::find(devices_, name, &DeviceEntry::name);
  const auto& tables = instrument_tables();
  const auto table = declared == devices_.end()
                         ? tables.end()
                         : std::ranges::find(tables, declared->kind, &InstrumentTable::kind);
  if (table != tables.end()) {  // most are
    return std::make_unique<TableInstrument>(*table,
                                             parts_of(*declared, table->timeouts),
                                             TableParameters{table->parameters, *declared});
  }
  std::vector<std::string_view> kinds{"lutron_tm947sd",
                                      "humidity_command",
                                      "exec_sensor",
                                      "file_sensor",
                                      "modbus_plant",
                                      "wiener_snmp"};
  std::ranges::transform(instrument_tables(), std::back_inserter(kinds), &InstrumentTable::kind);
  const auto chips = chip_kinds();
  std::ranges::transform(chips, std::back_inserter(kinds), &DeviceKind::name);
  const auto& device = find(name, kinds);
  if (find_device_kind(chips, device.kind) != nullptr) {
    return open_chip(device, clock_, locks_);
  }
  if (device.kind == "lutron_tm947sd") {
    return std::make_unique<ListeningInstrument>(clock_, name, thermometer(name));
  }
  if (device.kind == "humidity_command") {
    return std::make_unique<HumidityInstrument>(name, humidity_sensor(name));
  }
  if (device.kind == "exec_sensor") {
    return std::make_unique<ColumnSensor>(program_of(device, clock_),
                                          std::max(1, integer(device, "columns", 1)));
  }
  if (device.kind == "file_sensor") {
    Microseconds maximum_age = std::chrono::minutes{1};
    read_duration(device, "maximum_age", maximum_age);
    return std::make_unique<ColumnSensor>(
        SensorFile{clock_, name, given(device, "file").value_or(""), maximum_age},
        std::max(1, integer(device, "columns", 1)));
  }
  if (device.kind == "modbus_plant") {
    return plant(device);
  }
  return crate(device);
}

std::unique_ptr<Instrument> StationInstruments::plant(const DeviceEntry& device) const {
  return std::make_unique<ModbusPlant>(
      PlantParts{.clock = clock_,
                 .device = device.name,
                 .address = link_of(device),
                 .unit = integer(device, "unit", 255),
                 .timeouts = timeouts_of(device, {}),
                 .locks = locks_},
      parse_plant_registers(given(device, "registers").value_or("")));
}

std::unique_ptr<Instrument> StationInstruments::crate(const DeviceEntry& device) const {
  WienerParts parts{.clock = clock_,
                    .device = device.name,
                    .host = given(device, "host").value_or(""),
                    .outputs = std::max(1, integer(device, "outputs", 1)),
                    .max_voltage = quantity(device, "max_voltage", 60),
                    .max_current = quantity(device, "max_current", 5),
                    .timeouts = timeouts_of(device, {}),
                    .locks = locks_};
  parts.read_community = given(device, "read_community").value_or(parts.read_community);
  parts.main_community = given(device, "main_community").value_or(parts.main_community);
  parts.output_community = given(device, "output_community").value_or(parts.output_community);
  return std::make_unique<WienerSupply>(std::move(parts));
}

}  // namespace fat
