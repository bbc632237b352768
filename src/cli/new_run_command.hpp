// new-run: the modules of the bench -> the next run's number, its run JSON and module JSONs.
#pragma once

#include <filesystem>
#include <string>

#include "cli/command.hpp"
#include "fat/model/station.hpp"
#include "fat/plan/module_list.hpp"

namespace fat {

Command new_run_command();

/// Writes the next run of the modules that `list` names, asking nobody. Returns the run JSON's
/// path. Throws FileError when the list is wrong.
std::filesystem::path write_run_of_list(const Station& station,
                                        const ModuleList& list,
                                        const std::string& comment);

}  // namespace fat
