// A file descriptor -> an owner that closes it. Shared by runner and shim.
#pragma once

#include <utility>

#include <unistd.h>

namespace fat {

/// Owns one descriptor; -1 is none. Moves, never copies.
class FileDescriptor {
 public:
  FileDescriptor() = default;

  explicit FileDescriptor(int fd) : fd_(fd) {}

  FileDescriptor(FileDescriptor&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}

  FileDescriptor& operator=(FileDescriptor&& other) noexcept {
    if (this != &other) {
      reset();
      fd_ = std::exchange(other.fd_, -1);
    }
    return *this;
  }

  FileDescriptor(const FileDescriptor&) = delete;
  FileDescriptor& operator=(const FileDescriptor&) = delete;

  ~FileDescriptor() { reset(); }

  /// The number, still owned here.
  int get() const { return fd_; }

  /// True when there is one.
  explicit operator bool() const { return fd_ >= 0; }

  /// Closes it now. Twice is harmless.
  void reset() {
    if (fd_ >= 0) {
      close(std::exchange(fd_, -1));
    }
  }

  /// Gives the number away; the caller closes it.
  int release() { return std::exchange(fd_, -1); }

 private:
  int fd_ = -1;
};

}  // namespace fat
