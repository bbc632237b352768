// What the command prints -> the file "started" in the attempt's folder, once its line has come.
#pragma once

#include <string>
#include <string_view>

namespace fat::shim {

class OutputWatch {
 public:
  /// `folder` is a descriptor that outlives this; an empty text is never seen.
  OutputWatch(int folder, std::string text) : folder_(folder), text_(std::move(text)) {}

  /// The text may come in pieces, but not across the end of a line.
  void take(std::string_view bytes);

 private:
  int folder_;
  std::string text_;  // empty: seen, or not asked for
  std::string tail_;  // of what came before, shorter than the text
};

}  // namespace fat::shim
