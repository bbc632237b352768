// Time and settings -> the physical state of one virtual module: FPGA, high voltage, temperature,
// interlocks.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <vector>

#include "fat/model/instant.hpp"
#include "fat/sim/module_fault.hpp"
#include "fat/sim/module_identity.hpp"
#include "sim/bench_model.hpp"
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
  std::string content;  ///< of one that was uploaded; empty: made up when it is asked for
};

/// Knows no wire and no clock: every function that depends on time is told the time.
class ModuleModel {
 public:
  /// `bench` must outlive it.
  ModuleModel(ModuleIdentity identity,
              const VirtualModuleOptions& options,
              const BenchModel& bench);

  const ModuleIdentity& identity() const { return identity_; }

  /// 65535 while the FPGA holds no image.
  int fpga_version() const { return fpga_version_; }

  bool fpga_configured() const { return fpga_version_ != 65535; }

  const std::vector<FlashFile>& flash() const { return flash_; }

  /// False when the flash holds no such file.
  bool remove_file(const std::string& file);

  /// nullopt when the flash holds no such file.
  std::optional<std::string> file_content(const std::string& file) const;

  /// In place of one of that name.
  void store_file(const std::string& file, std::string content);

  void remove_all_files() { flash_.clear(); }

  /// False when the flash holds no such file.
  bool configure_fpga(const std::string& file);

  void lose_image() { fpga_version_ = 65535; }

  /// The FPGA loses its image, the high voltage its setting.
  void reboot();

  bool hv_enabled(int channel) const { return hv_.at(index(channel)).enabled; }

  void enable_hv(int channel, bool enabled, Microseconds now);
  /// Ramps there at 50 V/s.
  void set_hv(int channel, double volts, Microseconds now);
  double hv(int channel, Microseconds now) const;

  /// It stays where it is from now on, whatever it is set to; false lets it go.
  void stick_hv(int channel, bool stuck, Microseconds now);

  /// degC, of the module and all in it.
  double temperature(Microseconds now) const { return bench_.freezer.inside(now); }

  /// `channel` 0..15, with the noise of a real reading.
  SlowAdcValue slow_adc(int channel, Microseconds now);

  /// False while the freezer's door is open: the light sensor forbids high voltage then.
  bool is_dark(Microseconds now) { return slow_adc(6, now).value < 200; }

  double pressure(Microseconds now);  ///< hPa, of a sealed vessel

 private:
  struct HvChannel {
    bool enabled = false;
    double from = 0, target = 0;  ///< V
    Microseconds since{0};
    bool stuck = false;
  };

  static std::size_t index(int channel) { return static_cast<std::size_t>(channel); }

  void ramp(int channel, double target, Microseconds now);

  const BenchModel& bench_;
  ModuleIdentity identity_;
  int fpga_version_;
  int flash_version_;
  bool fpga_loads_;
  std::vector<FlashFile> flash_;
  std::array<HvChannel, 2> hv_;
  Random noise_;
};

}  // namespace fat
