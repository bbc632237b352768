// Time and settings -> the physical state of one virtual module: FPGA, high voltage, temperature,
// interlocks.
#pragma once

#include <array>
#include <string>
#include <vector>

#include "fat/model/instant.hpp"
#include "fat/sim/module_fault.hpp"
#include "fat/sim/module_identity.hpp"
#include "sim/random.hpp"

namespace fat {

/// One line of the slow ADC's table.
struct SlowAdcValue {
  std::string_view name;
  double value = 0;
  std::string_view unit;
};

struct FlashFile {
  std::string name;
  int size = 0;
};

/// Knows no wire and no clock: every function that depends on time is told the time.
class ModuleModel {
 public:
  ModuleModel(ModuleIdentity identity, const VirtualModuleOptions& options);

  const ModuleIdentity& identity() const { return identity_; }

  /// 65535 while the FPGA holds no image.
  int fpga_version() const { return fpga_version_; }

  bool fpga_configured() const { return fpga_version_ != 65535; }

  const std::vector<FlashFile>& flash() const { return flash_; }

  /// False when the flash holds no such file.
  bool configure_fpga(const std::string& file);
  /// The FPGA loses its image, the high voltage its setting.
  void reboot();

  bool hv_enabled(int channel) const { return hv_.at(index(channel)).enabled; }

  void enable_hv(int channel, bool enabled, Microseconds now);
  /// Ramps there at 50 V/s.
  void set_hv(int channel, double volts, Microseconds now);
  double hv(int channel, Microseconds now) const;

  /// `channel` 0..15, with the noise of a real reading.
  SlowAdcValue slow_adc(int channel, Microseconds now);
  double pressure();  ///< hPa, of a sealed vessel

 private:
  struct HvChannel {
    bool enabled = false;
    double from = 0, target = 0;  ///< V
    Microseconds since{0};
  };

  static std::size_t index(int channel) { return static_cast<std::size_t>(channel); }

  ModuleIdentity identity_;
  int fpga_version_;
  int flash_version_;
  bool fpga_loads_;
  std::vector<FlashFile> flash_;
  std::array<HvChannel, 2> hv_;
  Random noise_;
};

}  // namespace fat
