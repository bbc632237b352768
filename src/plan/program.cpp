// Name of a program -> the file that would be started.
#include "plan/program.hpp"

#include <cstdlib>
#include <system_error>

#include <unistd.h>

#include "plan/raw_text.hpp"

namespace fat {

namespace {

bool can_run(const std::filesystem::path& file) {
  std::error_code ignored;
  return std::filesystem::is_regular_file(file, ignored) && ::access(file.c_str(), X_OK) == 0;
}

std::vector<std::filesystem::path> folders_of_path() {
  const char* path = std::getenv("PATH");
  const auto names = list_items(path == nullptr ? "/usr/bin:/bin" : path, ":");
  return {names.begin(), names.end()};
}

}  // namespace

std::optional<std::filesystem::path> find_program(
    const std::string& name, const std::vector<std::filesystem::path>& folders) {
  const bool on_path = name.find('/') == std::string::npos;
  for (const auto& folder : on_path ? folders_of_path() : folders) {
    auto file = (folder / name).lexically_normal();
    if (can_run(file)) {
      return file;
    }
  }
  return std::nullopt;
}

}  // namespace fat
