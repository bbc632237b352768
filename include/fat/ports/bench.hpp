// The hardware of a station as tasks see it: modules to be opened and asked.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "fat/model/plan.hpp"
#include "fat/ports/module_readout.hpp"

namespace fat {

/// Channels of a module's slow ADC; the numbers are the wire's.
enum class SlowAdcChannel {
  Current1V1 = 0,   ///< mA
  Current1V35 = 1,  ///< mA
  Current1V8 = 2,   ///< mA
  Current2V5 = 3,   ///< mA
  Current3V3 = 4,   ///< mA
  Rail1V8A = 5,     ///< V
  Light = 6,        ///< mV
  Temperature = 7,  ///< degC
  Hv0 = 8,          ///< V
  HvCurrent0 = 9,   ///< uA
  Hv1 = 10,         ///< V
  HvCurrent1 = 11,  ///< uA
  Rail1V1 = 12,     ///< V
  Rail1V35 = 13,    ///< V
  Rail2V5 = 14,     ///< V
  Rail3V3 = 15,     ///< V
};

/// One reading, in the unit the module itself named.
struct SlowAdcReading {
  double value = 0;
  std::string unit;
};

/// What `DetectorModule::fpga_version` says when the FPGA holds no image.
constexpr int kFpgaNotConfigured = 65535;

/// What a module's boards say they are.
struct BoardIds {
  std::string mainboard;  ///< "4.1-262"
  std::string icm;        ///< 16 hex digits
};

/// An open session with one module, for one thread at a time. Every function throws DeviceError.
/// Implementations: `IcebootModule` (devices), fakes in tests/tasks.
class DetectorModule {
 public:
  virtual ~DetectorModule() = default;

  virtual int software_version() = 0;
  virtual BoardIds board_ids() = 0;
  /// kFpgaNotConfigured when it holds no image.
  virtual int fpga_version() = 0;
  /// Name of the newest file in the module's flash. Throws DeviceError{Refused} when there is none.
  virtual std::string newest_flash_file() = 0;
  /// Loads that file into the FPGA; takes up to 10 s. Safe to repeat. Does not check what was
  /// loaded.
  virtual void configure_fpga(const std::string& flash_file) = 0;
  virtual SlowAdcReading read_slow_adc(SlowAdcChannel channel) = 0;
  /// hPa, in the sealed vessel.
  virtual double pressure() = 0;
  /// FPGA image and high voltage are lost. Returns at once; the next question waits until it has
  /// booted.
  virtual void reboot() = 0;
  /// Both live as long as the module.
  virtual HighVoltage& high_voltage() = 0;
  virtual PmtReadout& readout() = 0;
};

/// Implementations: `IcebootBench` (devices), fakes in tests/tasks.
class Bench {
 public:
  virtual ~Bench() = default;

  /// Opens a session and identifies the module's board. Throws DeviceError. Safe to call from
  /// several threads for different modules.
  virtual std::unique_ptr<DetectorModule> open(const ModuleEntry& module) const = 0;
};

/// Asks one module by a command of the station: the first line that it printed. Throws DeviceError
/// when the command cannot be started, fails or takes too long. Safe to call from several threads.
using AskModule = std::function<std::string(const ModuleEntry&)>;

}  // namespace fat
