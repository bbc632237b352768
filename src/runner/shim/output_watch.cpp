// Output -> a mark. See the header.
#include "runner/shim/output_watch.hpp"

#include <algorithm>

#include <fcntl.h>

#include "fat/model/owned_fd.hpp"

namespace fat::shim {

void OutputWatch::take(std::string_view bytes) {
  if (text_.empty()) {
    return;
  }
  tail_ += bytes;
  if (tail_.find(text_) == std::string::npos) {
    tail_.erase(0, tail_.size() - std::min(tail_.size(), text_.size() - 1));
    return;
  }
  const OwnedFd mark{openat(folder_, "started", O_WRONLY | O_CREAT | O_CLOEXEC, 0666)};
  if (mark) {  // on a full disk the next output tries again
    text_.clear();
    tail_.clear();
  }
}

}  // namespace fat::shim
