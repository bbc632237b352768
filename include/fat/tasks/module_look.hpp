// Modules of a run -> whether they answer and are set up, asked without changing anything.
#pragma once

#include <string>
#include <vector>

#include "fat/ports/bench.hpp"
#include "fat/ports/task.hpp"

namespace fat {

struct ModuleLook {
  std::string serial;
  int place = 0;  ///< four share a wire pair
  bool answers = false;
  bool set_up = false;  ///< FPGA image as the module JSON says, high voltage allowed
  std::string why;      ///< why not; empty when it is set up
};

/// The modules that `run_file` names, with what their JSONs say. Relative paths are looked for in
/// `station`. Throws FileError.
std::vector<TaskModule> modules_of_run_file(const std::filesystem::path& run_file,
                                            const std::filesystem::path& station);

/// All at the same time, in the order of `modules`. Where there is a `probe`, who answers to it is
/// set up.
std::vector<ModuleLook> look_at_modules(const std::vector<TaskModule>& modules,
                                        const Bench& bench,
                                        const AskModule& probe);

}  // namespace fat
