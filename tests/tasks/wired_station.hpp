// A virtual station on loopback ports, and tasks performed on it over the wire.
#pragma once

#include <fstream>
#include <map>
#include <string>
#include <vector>

#include "devices/boot_clock.hpp"
#include "fat/devices/iceboot_bench.hpp"
#include "fat/devices/station_instruments.hpp"
#include "fat/sim/station_thread.hpp"
#include "fat/tasks/catalog.hpp"
#include "sim/temp_folder.hpp"
#include "tasks/fake_bench.hpp"

namespace fat {

class WiredStation {
 public:
  explicit WiredStation(const VirtualStationOptions& options, const IcebootTimeouts& timeouts = {})
      : served_{options},
        bench_{clock_, timeouts},
        instruments_{clock_, served_.station().instruments(), {}} {
    for (std::size_t number = 0; number < identities().size(); ++number) {
      add_module(number);
    }
  }

  VirtualStation& station() { return served_.station(); }

  const std::vector<ModuleIdentity>& identities() const { return served_.station().identities(); }

  const PmtIdentity& pmt(std::size_t number, int channel) const {
    return channel == 0 ? identities()[number].lower : identities()[number].upper;
  }

  std::string name(std::size_t number, int channel) const {
    return identities()[number].serial + (channel == 0 ? " lower" : " upper");
  }

  /// With the task's own defaults for what is not given.
  TaskExit perform(const std::string& task, std::map<std::string, std::string> arguments) {
    reporter_.clear();
    for (const auto& parameter : find_task(catalog(), task)->parameters) {
      if (!parameter.default_text.empty()) {
        arguments.try_emplace(parameter.name, parameter.default_text);
      }
    }
    return run_task(task,
                    {.bench = bench_,
                     .clock = clock_,
                     .reporter = reporter_,
                     .instruments = &instruments_,
                     .pause = [](Microseconds) {},
                     .ask = {},
                     .backups = {},
                     .journal = {},
                     .run_file = {},
                     .folder = folder_.path(),
                     .modules = modules_,
                     .arguments = arguments});
  }

  /// Of the task performed last.
  const RecordingReporter& reporter() const { return reporter_; }

  /// "SERIAL lower" -> value, of the task performed last.
  std::map<std::string, double> measured(const std::string& name) const {
    std::map<std::string, double> values;
    for (const auto& report : reporter_.all<MeasurementReport>()) {
      const auto& one = report.measurement;
      if (one.name == name) {
        values[one.module + " " + one.channel] = one.value;
      }
    }
    return values;
  }

  /// The modules that tasks are performed on.
  std::vector<TaskModule>& modules() { return modules_; }

 private:
  void add_module(std::size_t number) {
    const auto& identity = identities()[number];
    TaskModule module{.entry = {.serial = identity.serial,
                                .path = {},
                                .port = served_.station().ports()[number],
                                .host = "localhost"},
                      .fpga_version = 272,
                      .file = folder_.path() / (identity.serial + ".json"),
                      .place = static_cast<int>(number),
                      .pmts = {}};
    for (const int channel : {0, 1}) {
      module.pmts.at(static_cast<std::size_t>(channel)) = {
          .serial = pmt(number, channel).serial,
          .nominal_voltage = pmt(number, channel).hv_for_1e7_gain,
          .electron_height = pmt(number, channel).spe_peak_height};
    }
    std::ofstream{module.file} << R"({"LowerPmt": {}, "UpperPmt": {}})";
    modules_.push_back(std::move(module));
  }

  BootClock clock_;
  StationThread served_;
  IcebootBench bench_;
  StationInstruments instruments_;
  TempFolder folder_;
  RecordingReporter reporter_;
  std::vector<TaskModule> modules_;
};

}  // namespace fat
