// A stream that a device sends unasked -> its frames of fixed length.
#include "devices/pushed_frames.hpp"

#include <algorithm>

namespace fat {

std::optional<std::string> PushedFrames::take() {
  while (true) {
    const auto begin = std::min(waiting_.find(first_), waiting_.size());
    dropped_ += begin;
    waiting_.erase(0, begin);
    const auto last = waiting_.find(last_);
    const auto again = waiting_.find(first_, 1);
    const bool whole = waiting_.size() >= length_ && last == length_ - 1 && again >= length_;
    if (whole) {
      auto frame = waiting_.substr(0, length_);
      waiting_.erase(0, length_);
      return frame;
    }
    const auto broken_at = std::min({last, again, length_ - 1});
    if (waiting_.size() <= broken_at) {
      return std::nullopt;  // so far it fits
    }
    ++dropped_;
    waiting_.erase(0, 1);  // this first byte begins no frame: look for the next
  }
}

}  // namespace fat
