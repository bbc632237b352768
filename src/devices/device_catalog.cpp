// The list of device kinds. A new driver gets an entry here.
#include "fat/devices/device_catalog.hpp"

namespace fat {
namespace {

ParameterInfo parameter(std::string name,
                        ParameterType type,
                        std::string default_text,
                        std::string help) {
  return {.name = std::move(name),
          .type = type,
          .required = false,
          .default_text = std::move(default_text),
          .help = std::move(help)};
}

/// Of every device that has a link.
std::vector<ParameterInfo> with_timeouts(std::vector<ParameterInfo> own,
                                         const char* first_byte = "1 s",
                                         const char* pause = "0 s") {
  using enum ParameterType;
  for (const auto& timeout :
       {parameter("lock", Duration, "5 s", "until who else holds the link lets it go"),
        parameter("connect", Duration, "2 s", "until the link is open"),
        parameter("write", Duration, "500 ms", "until a command is sent"),
        parameter("first_byte", Duration, first_byte, "until an answer begins"),
        parameter("between_bytes", Duration, "100 ms", "within an answer"),
        parameter("whole_reply", Duration, "10 s", "from an answer's first byte to its end"),
        parameter("pause", Duration, pause, "silence before each command")}) {
    own.push_back(timeout);
  }
  return own;
}

DeviceCatalog make_catalog() {
  using enum ParameterType;
  using enum LinkKind;
  return {
      {"tektronix_afg3000",
       "function generator; the FAT's \"Agilent 3101C\" is one",
       {Tcp, Prologix, Serial},
       with_timeouts({})},
      {"rigol_dp900",
       "power supply of three channels",
       {Tcp, Prologix},
       with_timeouts({parameter("max_voltage", Voltage, "32 V", "never set above it"),
                      parameter("max_current", Current, "3 A", "never set above it")},
                     "1 s")},
      {"thorlabs_fw102c", "filter wheel", {Serial, Tcp}, with_timeouts({})},
      {"lutron_tm947sd",
       "thermometer of four channels that sends by itself",
       {Serial, Tcp},
       with_timeouts({parameter("listen", Duration, "3 s", "how long one reading listens")},
                     "1 s")},
      {"humidity_command",
       "a program that prints a humidity, such as usbrh",
       {Command},
       with_timeouts(
           {parameter("humidity_column", Integer, "1", "which number of its first line, from 1"),
            parameter("temperature_column", Integer, "0", "the same for degC; 0: none")},
           "10 s")},
      {"julabo",
       "circulator as the freezer's controller",
       {Serial, Tcp},
       with_timeouts({parameter("external_sensor",
                                Boolean,
                                "no",
                                "the temperature is the external Pt100's, not the bath's"),
                      parameter("coldest", Temperature, "-50 degC", "never set below it"),
                      parameter("hottest", Temperature, "50 degC", "never set above it")},
                     "1 s",
                     "250 ms")},
      {"manual_freezer",
       "a freezer that a person sets on its panel",
       {},
       {{.name = "thermometer",
         .type = Text,
         .required = true,
         .default_text = {},
         .help = "name of the [device ...] whose temperature is watched"},
        parameter("channel", Integer, "1", "channel of that thermometer")},
       {{"thermometer", {"lutron_tm947sd"}}}},
      {"field_hub", "controller of one wire pair", {ZeroMq}, with_timeouts({}, "11 s")},
  };
}

}  // namespace

const DeviceCatalog& device_catalog() {
  static const DeviceCatalog catalog = make_catalog();
  return catalog;
}

}  // namespace fat
