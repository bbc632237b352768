// A file descriptor that closes itself.
#pragma once

#include <utility>

#include <unistd.h>

namespace fat {

/// Owns one descriptor, or none (-1).
class OwnedFd {
 public:
  OwnedFd() = default;

  explicit OwnedFd(int descriptor) : descriptor_(descriptor) {}

  OwnedFd(OwnedFd&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}

  OwnedFd& operator=(OwnedFd&& other) noexcept {
    std::swap(descriptor_, other.descriptor_);
    other.reset();
    return *this;
  }

  OwnedFd(const OwnedFd&) = delete;
  OwnedFd& operator=(const OwnedFd&) = delete;

  ~OwnedFd() { reset(); }

  /// -1 when it owns none.
  int get() const { return descriptor_; }

  explicit operator bool() const { return descriptor_ >= 0; }

  /// Closes it now.
  void reset() {
    if (descriptor_ >= 0) {
      ::close(std::exchange(descriptor_, -1));
    }
  }

 private:
  int descriptor_ = -1;
};

}  // namespace fat
