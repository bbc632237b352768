// Modules without a wire, and a reporter that remembers.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "fat/ports/bench.hpp"
#include "fat/ports/device_error.hpp"
#include "fat/ports/reporter.hpp"

namespace fat {

/// How one fake module behaves.
struct FakeModule {
  std::optional<DeviceFault> opening;  ///< thrown when it is opened
  std::optional<DeviceFault> reading;  ///< thrown by the slow ADC
  int fpga_version = 272;
  int loads = 272;  ///< what is in the FPGA after it was configured
  BoardIds ids{};
};

/// Modules by serial; one that is not there is unreachable.
class FakeBench : public Bench {
 public:
  std::map<std::string, FakeModule> modules;

  std::unique_ptr<DetectorModule> open(const ModuleEntry& module) const override {
    const auto found = modules.find(module.serial);
    const auto fault = found == modules.end() ? DeviceFault::Unreachable : found->second.opening;
    if (fault) {
      throw DeviceError{*fault, module.serial, "does not open"};
    }
    return std::make_unique<Session>(module.serial, found->second);
  }

 private:
  class Session : public DetectorModule {
   public:
    Session(std::string serial, FakeModule module)
        : serial_(std::move(serial)), module_(std::move(module)) {}

    int software_version() override { return 62; }

    BoardIds board_ids() override { return module_.ids; }

    int fpga_version() override { return module_.fpga_version; }

    std::string newest_flash_file() override { return "newest.rbf"; }

    void configure_fpga(const std::string& /*file*/) override {
      module_.fpga_version = module_.loads;
    }

    SlowAdcReading read_slow_adc(SlowAdcChannel channel) override {
      if (module_.reading) {
        throw DeviceError{*module_.reading, serial_, "no reading"};
      }
      return channel == SlowAdcChannel::Temperature ? SlowAdcReading{21.5, "degC"}
                                                    : SlowAdcReading{1500, "V"};
    }

    double pressure() override { return 502; }

    void reboot() override { module_.fpga_version = kFpgaNotConfigured; }

    HighVoltage& high_voltage() override { throw std::logic_error{"no high voltage in this fake"}; }

    PmtReadout& readout() override { throw std::logic_error{"no readout in this fake"}; }

   private:
    std::string serial_;
    FakeModule module_;
  };
};

class RecordingReporter : public Reporter {
 public:
  void report(const Report& report) override {
    const std::scoped_lock lock{mutex_};
    reports_.push_back(report);
  }

  void clear() { reports_.clear(); }

  /// All reports of one kind, in order. Only after the task has ended.
  template <typename Kind>
  std::vector<Kind> all() const {
    std::vector<Kind> result;
    for (const auto& report : reports_) {
      if (const auto* one = std::get_if<Kind>(&report)) {
        result.push_back(*one);
      }
    }
    return result;
  }

 private:
  std::mutex mutex_;
  std::vector<Report> reports_;  // guarded by mutex_ while the task runs
};

}  // namespace fat
