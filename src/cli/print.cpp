#include "cli/print.hpp"

#include <iostream>

#include <unistd.h>

#include "fat/people/terminal_mode.hpp"

namespace fat {

void print_problems(const std::vector<Problem>& problems) {
  for (const auto& problem : problems) {
    std::cerr << to_text(problem) << '\n';
  }
}

void print(const std::string& text) {
  std::cout << text;
  if (text.empty() || text.back() != '\n') {
    std::cout << '\n';
  }
  std::cout.flush();
}

int output_width() { return isatty(STDOUT_FILENO) == 1 ? terminal_size(STDOUT_FILENO).width : 80; }

const char* program_version() { return FATMASTER_VERSION; }

}  // namespace fat
