// Lines and a block -> a terminal: lines scroll up for good, the block is drawn again below them.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "people/non_blocking_output.hpp"

namespace fat {

/// Uses no alternate screen: the scroll-back holds every line. The lines of a block must not be
/// wider than the terminal.
class Screen {
 public:
  explicit Screen(int fd) : output_(fd) {}

  /// Writes `lines` where the block was and `block` below them. When the terminal takes nothing
  /// now, `lines` are counted as not shown and said later.
  void draw(const std::vector<std::string>& lines, const std::vector<std::string>& block);

  void flush() { output_.flush(); }

  /// The block that was drawn is not to be overwritten: somebody else has written below it.
  void forget_block() { rows_ = 0; }

  bool gone() const { return output_.gone(); }

 private:
  NonBlockingOutput output_;
  std::size_t rows_ = 0;        ///< of the block that stands there; the cursor is in its last one
  std::size_t lines_lost_ = 0;  ///< not shown because the terminal took nothing
};

}  // namespace fat
