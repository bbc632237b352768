// Addresses of modules -> who answers there, asked before a run is numbered.
#pragma once

#include <string>
#include <vector>

#include "fat/model/module_address.hpp"
#include "fat/ports/bench.hpp"

namespace fat {

/// What a module said about itself. Versions are 0 where nobody said one.
struct ModuleAnswer {
  BoardIds ids;
  std::string id;  ///< what an identify command printed; empty for iceboot
  int fpga_version = 0;
  int iceboot_version = 0;
  std::string why;          ///< empty when it answered
  std::string what_to_try;  ///< for the shifter; empty when it answered
};

/// Asks all of them at the same time: iceboot, or where there is one the `identify` command.
/// Changes nothing. In the order of `addresses`.
std::vector<ModuleAnswer> identify_modules(const std::vector<ModuleAddress>& addresses,
                                           const Bench& bench,
                                           const AskModule& identify = {});

}  // namespace fat
