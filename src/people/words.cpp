// Foreign text and numbers -> pieces of a sentence.
#include "people/words.hpp"

#include <fmt/format.h>

#include "fat/model/command_line.hpp"
#include "fat/model/plain_text.hpp"

namespace fat {
namespace {

constexpr std::size_t kLongestLine = std::size_t{64} * 1024;

}  // namespace

std::string printable(std::string_view text) {
  std::string line = plain_text(text, kLongestLine);
  line.erase(line.find_last_not_of(' ') + 1);
  return line;
}

std::string shell_word(std::string_view text) {
  return join_command({printable(text)});
}

std::string plural(std::size_t number, std::string_view word) {
  return fmt::format("{} {}{}", number, word, number == 1 ? "" : "s");
}

}  // namespace fat
