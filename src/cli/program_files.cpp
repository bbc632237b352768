#include "cli/program_files.hpp"

#include <fmt/format.h>

#include "cli/command.hpp"
#include "cli/exit_code.hpp"

namespace fat {

namespace {

std::filesystem::path own_path() {
  return std::filesystem::read_symlink("/proc/self/exe");
}

/// True for a program that was built and not installed.
bool is_build_tree(const std::filesystem::path& program) {
  return std::filesystem::exists(program.parent_path() / "fat-step");
}

std::filesystem::path require(const std::filesystem::path& file) {
  if (!std::filesystem::exists(file)) {
    throw CommandError{
        kExitBug,
        fmt::format("a part of the program is missing: {}; install it again", file.string())};
  }
  return file;
}

}  // namespace

std::filesystem::path share_folder(const char* name) {
  const auto program = own_path();
  if (is_build_tree(program)) {
    const std::filesystem::path source{FATMASTER_SOURCE_DIR};
    return std::string_view{name} == "python" ? source / "tools" / "python" : source / name;
  }
  return program.parent_path().parent_path() / "share" / "fatmaster" / name;
}

ProgramFiles program_files() {
  const auto program = own_path();
  const auto shim = is_build_tree(program) ? program.parent_path() / "fat-step"
                                           : program.parent_path().parent_path() / "libexec" /
                                                 "fatmaster" / "fat-step";
  return {.program = program,
          .shim = require(shim),
          .python_call = require(share_folder("python") / "fatmaster_call.py")};
}

}  // namespace fat
