#include "cli/print.hpp"

#include <ctime>
#include <iostream>
#include <string_view>

#include <fmt/chrono.h>
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

void print(const std::string& text, int width) {
  const auto room = static_cast<std::size_t>(width);
  std::string_view rest{text};
  while (rest.size() > room) {
    const auto blank = rest.rfind(' ', room);
    const auto end = blank == 0 || blank == std::string_view::npos ? rest.find(' ', room) : blank;
    if (end == std::string_view::npos) {
      break;
    }
    print(std::string{rest.substr(0, end)});
    rest.remove_prefix(end + 1);
  }
  print(std::string{rest});
}

int output_width() {
  return isatty(STDOUT_FILENO) == 1 ? terminal_size(STDOUT_FILENO).width : 80;
}

std::string today() {
  return fmt::format("{:%Y-%m-%d}", fmt::localtime(std::time(nullptr)));
}

const char* program_version() {
  return FATMASTER_VERSION;
}

}  // namespace fat
