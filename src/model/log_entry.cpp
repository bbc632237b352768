// Text of a stranger -> lines that are safe to store and to show.
#include "fat/model/log_entry.hpp"

#include <algorithm>

#include "fat/model/plain_text.hpp"

namespace fat {

std::string plain_lines(std::string_view text, std::size_t max_bytes) {
  std::string plain;
  while (!text.empty() && plain.size() < max_bytes) {
    const auto end = std::min(text.find('\n'), text.size());
    auto line = plain_text(text.substr(0, end), max_bytes - plain.size());
    line.erase(line.find_last_not_of(' ') + 1);
    plain += line + '\n';
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  plain.erase(plain.find_last_not_of('\n') + 1);
  return plain;
}

}  // namespace fat
