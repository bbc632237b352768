// What the modules of a bench and the module database say -> the modules of a new run, or what is
// wrong with each.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "fat/plan/module_list.hpp"
#include "fat/tasks/identify.hpp"

namespace fat {

/// A place on the bench, and who answered there.
struct AskedModule {
  ModuleAddress address;
  std::optional<ModuleAnswer> answer;   ///< nullopt: nobody was asked
  const ModuleRow* expected = nullptr;  ///< the list's row of that place
};

/// A module as it goes into the run.
struct RunModule {
  std::string place;  ///< its address, as people write it
  ModuleAddress address;
  ModuleValues values;  ///< with DEggSerialNumber
  std::string problem;  ///< it cannot be in the run, with what to do; empty: it can
  std::string warning;  ///< it can, but this should be known
};

/// `database` knows who is who by mainboard, ICM or serial. `fpga_version` is the one that modules
/// should have, unless their row says another. Two places with one serial are a problem of the
/// second one.
std::vector<RunModule> modules_of_run(const std::vector<AskedModule>& asked,
                                      const ModuleList& database,
                                      std::optional<int> fpga_version);

}  // namespace fat
