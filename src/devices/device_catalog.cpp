// The list of device kinds: drivers of their own, and tables of quantities. A new driver gets an
// entry here.
#include "fat/devices/device_catalog.hpp"

#include <algorithm>
#include <iterator>

#include "devices/chip_kinds.hpp"
#include "devices/instrument_tables.hpp"
#include "fat/devices/device_quantities.hpp"

namespace fat {
namespace {

ParameterInfo required_text(std::string name, std::string help) {
  return {.name = std::move(name),
          .type = ParameterType::Text,
          .required = true,
          .default_text = {},
          .help = std::move(help)};
}

/// Of every device that has a link.
std::vector<ParameterInfo> with_timeouts(std::vector<ParameterInfo> own,
                                         const std::string& first_byte = "1 s",
                                         const std::string& pause = "0 s") {
  using enum ParameterType;
  for (const auto& timeout :
       {table_parameter("lock", Duration, "5 s", "until who else holds the link lets it go"),
        table_parameter("connect", Duration, "2 s", "until the link is open"),
        table_parameter("write", Duration, "500 ms", "until a command is sent"),
        table_parameter("first_byte", Duration, first_byte, "until an answer begins"),
        table_parameter("between_bytes", Duration, "100 ms", "within an answer"),
        table_parameter("whole_reply", Duration, "10 s", "from an answer's first byte to its end"),
        table_parameter("pause", Duration, pause, "silence before each command")}) {
    own.push_back(timeout);
  }
  return own;
}

DeviceCatalog own_drivers() {
  using enum ParameterType;
  using enum LinkKind;
  return {
      {"tektronix_afg3000",
       "function generator; the FAT's \"Agilent 3101C\" is one",
       {Tcp, Prologix, Serial},
       with_timeouts({})},
      {"thorlabs_fw102c", "filter wheel", {Serial, Tcp}, with_timeouts({})},
      {"lutron_tm947sd",
       "thermometer of four channels that sends by itself",
       {Serial, Tcp},
       with_timeouts({table_parameter("listen", Duration, "3 s", "how long one reading listens")},
                     "1 s")},
      {"humidity_command",
       "a program that prints a humidity, such as usbrh",
       {Command},
       with_timeouts(
           {table_parameter(
                "humidity_column", Integer, "1", "which number of its first line, from 1"),
            table_parameter("temperature_column", Integer, "0", "the same for degC; 0: none")},
           "10 s")},
      {"manual_freezer",
       "a freezer that a person sets on its panel",
       {},
       {required_text("thermometer", "name of the [device ...] whose temperature is watched"),
        table_parameter("channel", Integer, "1", "channel of that thermometer")},
       {{"thermometer", {"lutron_tm947sd"}}}},
      {"iceboot_board",
       "a board with iceboot that is no module: the tabletop one that sees the laser's sync signal",
       {Tcp},
       with_timeouts({}, "2 s")},
      {"field_hub", "controller of one wire pair", {ZeroMq}, with_timeouts({}, "11 s")},
  };
}

/// Drivers of slow control that are no tables.
DeviceCatalog slow_drivers() {
  using enum ParameterType;
  using enum LinkKind;
  return {
      {"exec_sensor",
       "a program that prints numbers",
       {Command},
       with_timeouts(
           {table_parameter("columns", Integer, "1", "how many numbers its first line has")},
           "10 s")},
      {"file_sensor",
       "numbers in the last line of a file that somebody else writes",
       {},
       {required_text("file", "its path"),
        table_parameter("columns", Integer, "1", "how many numbers the line has"),
        table_parameter("maximum_age", Duration, "1 min", "since it was written; 0 s: any")}},
      {"modbus_plant",
       "holding registers of a plant, by Modbus TCP",
       {Tcp},
       with_timeouts({required_text("registers", "NAME ADDRESS FORM [UNIT] [LOW HIGH]; ..."),
                      table_parameter("unit", Integer, "255", "the plant's unit number")})},
      {"wiener_snmp",
       "low-voltage supply with WIENER-CRATE-MIB, by SNMP",
       {},
       {required_text("host", "HOST or HOST:PORT"),
        table_parameter("outputs", Integer, "1", "how many it has"),
        table_parameter("read_community", Text, "public", "reads"),
        table_parameter("main_community", Text, "private", "switches the crate"),
        table_parameter("output_community", Text, "guru", "sets the outputs"),
        table_parameter("max_voltage", Voltage, "60 V", "never set above it"),
        table_parameter("max_current", Current, "5 A", "never set above it"),
        table_parameter("lock", Duration, "5 s", "until who else talks to it has done"),
        table_parameter("first_byte", Duration, "1 s", "until an answer comes")}},
  };
}

DeviceCatalog make_catalog() {
  auto catalog = own_drivers();
  for (const auto& some : {slow_drivers(), chip_kinds()}) {
    std::ranges::copy(some, std::back_inserter(catalog));
  }
  for (const auto& table : instrument_tables()) {
    catalog.push_back(
        {.name = table.kind,
         .summary = table.summary,
         .links = table.links,
         .parameters = with_timeouts(
             table.parameters, to_text(table.timeouts.first_byte), to_text(table.timeouts.pause)),
         .refers_to = {}});
  }
  return catalog;
}

}  // namespace

const DeviceCatalog& device_catalog() {
  static const DeviceCatalog catalog = [] {
    auto all = make_catalog();
    for (auto& kind : all) {
      kind.quantities = quantities_of;
    }
    return all;
  }();
  return catalog;
}

}  // namespace fat
