// Seed and number of a virtual module -> who it says it is: the same in its answers and in its
// module JSON.
#pragma once

#include <cstdint>
#include <string>

namespace fat {

struct PmtIdentity {
  std::string serial;          ///< "SQ0866"
  std::string hv_board;        ///< "HVB042"
  double hv_for_1e7_gain = 0;  ///< V, at room temperature
  double spe_peak_height = 0;  ///< V, at that gain
  double gain_exponent = 6.8;  ///< gain goes with this power of the voltage
  double dark_cold = 700;      ///< Hz, what no cold takes away
  double dark_warm = 1000;     ///< Hz more at 20 degC
  double light = 100;          ///< photo-electrons per laser pulse without filters
  double pedestal = 0;         ///< ADC counts off the mean baseline
};

struct ModuleIdentity {
  std::string serial;        ///< "DEgg2021-3-133"
  std::string flash_id;      ///< 32 hex digits
  std::string icm_id;        ///< 16 hex digits
  std::string mcu_id;        ///< 24 hex digits
  std::string fpga_chip_id;  ///< 16 hex digits
  std::string mainboard;     ///< "4.1-262"
  int board_type = 113;      ///< a D-Egg
  int iceboot_version = 62;
  int fpga_version = 272;
  PmtIdentity lower, upper;  ///< PMT channels 0 and 1
};

/// The same seed and number always give the same module; numbers count from 0.
ModuleIdentity module_identity(std::uint32_t seed, int number);

}  // namespace fat
