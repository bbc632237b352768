#include "cli/text_file.hpp"

#include <fstream>

#include <fmt/format.h>

#include "cli/command.hpp"
#include "cli/exit_code.hpp"

namespace fat {

void write_text_file(const std::filesystem::path& file, const std::string& text) {
  std::ofstream stream{file, std::ios::binary | std::ios::trunc};
  stream << text << std::flush;
  if (!stream) {
    throw CommandError{kExitFileWrong, fmt::format("{} cannot be written", file.string())};
  }
}

}  // namespace fat
