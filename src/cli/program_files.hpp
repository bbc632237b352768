// This program's own path -> where its other parts are.
#pragma once

#include <filesystem>

#include "fat/runner/step_command.hpp"

namespace fat {

/// Installed: PREFIX/bin/fatmaster, PREFIX/libexec/fatmaster/fat-step, PREFIX/share/fatmaster/. In
/// a build tree: fat-step beside the program, the rest in the source tree. Throws CommandError when
/// a part is missing.
ProgramFiles program_files();

/// The folder that holds `schedules/` and `python/` as installed, or the source tree's parts of
/// that name.
std::filesystem::path share_folder(const char* name);

}  // namespace fat
