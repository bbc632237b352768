// A file descriptor that closes itself.
#pragma once

#include <unistd.h>

namespace fat {

/// Owns one descriptor, or none (-1).
class OwnedFd {
 public:
  OwnedFd() = default;

  explicit OwnedFd(int descriptor) : descriptor_(descriptor) {}

  OwnedFd(OwnedFd&& other) noexcept : descriptor_(other.release()) {}

  OwnedFd& operator=(OwnedFd&& other) noexcept {
    if (this != &other) {
      reset();
      descriptor_ = other.release();
    }
    return *this;
  }

  OwnedFd(const OwnedFd&) = delete;
  OwnedFd& operator=(const OwnedFd&) = delete;

  ~OwnedFd() { reset(); }

  /// -1 when it owns none.
  int get() const { return descriptor_; }

  explicit operator bool() const { return descriptor_ >= 0; }

  /// Closes it now. Twice is harmless.
  void reset() {
    if (const int descriptor = release(); descriptor >= 0) {
      ::close(descriptor);
    }
  }

  /// Gives the number away; the caller closes it. (Not std::exchange: lint follows no template.)
  int release() {
    const int descriptor = descriptor_;
    descriptor_ = -1;
    return descriptor;
  }

 private:
  int descriptor_ = -1;
};

}  // namespace fat
