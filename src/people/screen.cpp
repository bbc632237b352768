// Lines and a block -> escape sequences that every terminal since the VT100 knows.
#include "people/screen.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "people/words.hpp"

namespace fat {

void Screen::draw(const std::vector<std::string>& lines, const std::vector<std::string>& block) {
  output_.flush();
  if (lines.empty() && output_.busy()) {
    return;  // a new picture of the block is worth nothing while the old one is not out
  }
  std::string text = rows_ > 0 ? "\r" : "";
  if (rows_ > 1) {
    text += fmt::format("\x1b[{}A", rows_ - 1);
  }
  text += rows_ > 0 ? "\x1b[J" : "";
  if (lines_lost_ > 0) {
    text += fmt::format("({} not shown here; the log has them)\r\n", plural(lines_lost_, "line"));
  }
  for (const std::string& line : lines) {
    text += line + "\r\n";
  }
  text += fmt::format("{}", fmt::join(block, "\r\n"));
  if (!output_.write(text)) {
    lines_lost_ += lines.size();
    return;
  }
  lines_lost_ = 0;
  rows_ = block.size();
}

}  // namespace fat
