// The virtual bench and the drivers for it, with time-outs short enough for a test.
#pragma once

#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "devices/boot_clock.hpp"
#include "fat/devices/station_instruments.hpp"
#include "fat/sim/station_thread.hpp"
#include "sim/temp_folder.hpp"

namespace fat {

class VirtualInstruments {
 public:
  explicit VirtualInstruments(BenchFaults faults = {},
                              const std::string& first_byte = "1 s",
                              const std::string& listen = "700 ms")
      : served_{{.modules = 3,
                 .seed = 5,
                 .speed = 20,
                 .special = {},
                 .bench_faults = std::move(faults),
                 .terminals = folder_.path()}},
        declared_{entries(first_byte, listen)},
        drivers_{clock_, declared_, {.folder = folder_.path() / "locks", .purpose = "a test"}} {}

  const StationInstruments& drivers() const { return drivers_; }

  const std::vector<DeviceEntry>& declared() const { return declared_; }

  const std::filesystem::path& folder() const { return folder_.path(); }

  VirtualStation& station() { return served_.station(); }

  const Clock& clock() const { return clock_; }

 private:
  std::vector<DeviceEntry> entries(const std::string& first_byte, const std::string& listen) {
    auto all = served_.station().instruments();
    for (auto& entry : all) {
      entry.parameters = {{"first_byte", first_byte},
                          {"between_bytes", "25 ms"},
                          {"whole_reply", "300 ms"},
                          {"pause", "0 s"},
                          {"listen", listen}};
      if (entry.kind == "modbus_plant") {
        entry.parameters["registers"] =
            "temperature 142 float degC; setpoint 310 float degC -35 25; status 320 unsigned;"
            "chiller 305.0 bit - 0 1 safe=0; pump 305.3 bit - 0 1; nowhere 900 float";
      }
    }
    DeviceEntry manual;
    manual.name = "chest";
    manual.kind = "manual_freezer";
    manual.parameters = {{"thermometer", "thermometer"}, {"channel", "2"}};
    all.push_back(std::move(manual));
    DeviceEntry humidity;
    humidity.name = "usbrh";
    humidity.kind = "humidity_command";
    humidity.link = LinkAddress{.kind = LinkKind::Command, .words = {"echo", "23.5 41.0"}};
    humidity.parameters = {{"humidity_column", "2"}, {"temperature_column", "1"}};
    all.push_back(std::move(humidity));
    return all;
  }

  TempFolder folder_;
  BootClock clock_;
  StationThread served_;
  std::vector<DeviceEntry> declared_;
  StationInstruments drivers_;
};

}  // namespace fat
