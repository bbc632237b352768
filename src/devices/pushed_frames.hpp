// A stream that a device sends unasked -> its frames of fixed length.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace fat {

/// A frame begins with `first`, ends with `last` and is `length` bytes long. We join in the middle
/// and bytes get lost: what does not fit is dropped and counted.
class PushedFrames {
 public:
  PushedFrames(char first, char last, std::size_t length)
      : first_(first), last_(last), length_(length) {}

  void feed(std::string_view bytes) { waiting_ += bytes; }

  /// The next whole frame, with its first and last byte; nullopt when more is needed.
  std::optional<std::string> take();

  std::size_t dropped() const { return dropped_; }

 private:
  char first_, last_;
  std::size_t length_;
  std::string waiting_;
  std::size_t dropped_ = 0;
};

}  // namespace fat
