// Output -> two bounded files. See the header.
#include "runner/shim/output_log.hpp"

#include <algorithm>
#include <cstdio>

#include <fcntl.h>
#include <unistd.h>

#include "runner/shim/system.hpp"

namespace fat::shim {

OutputLog::OutputLog(int folder, std::uint64_t limit) : folder_(folder), limit_(limit) {
  open_file();
}

void OutputLog::take(std::string_view bytes) {
  bytes_ += bytes.size();
  while (!bytes.empty()) {
    if (size_ >= limit_) {
      rotate();
    }
    if (!file_) {
      open_file();
    }
    const auto part = bytes.substr(0, static_cast<std::size_t>(limit_ - size_));
    const auto wrote = file_ ? write_fully(file_.get(), part) : 0;
    size_ += wrote;
    lost_ += part.size() - wrote;
    bytes.remove_prefix(part.size());
  }
}

void OutputLog::discard() {
  unlinkat(folder_, "output.log.1", 0);
  if (file_ && ftruncate(file_.get(), 0) == 0) {
    lost_ += size_;
    size_ = 0;
  }
}

void OutputLog::open_file() {
  file_ = OwnedFd{openat(folder_, "output.log", O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666)};
}

void OutputLog::rotate() {
  size_ = 0;
  if (renameat(folder_, "output.log", folder_, "output.log.1") == 0) {
    file_.reset();
    open_file();
  } else if (file_ && ftruncate(file_.get(), 0) != 0) {
    file_.reset();  // neither moved nor emptied: better lose output than fill the disk
  }
}

}  // namespace fat::shim
