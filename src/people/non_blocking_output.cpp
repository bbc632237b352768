// Text -> descriptor, never waiting.
#include "people/non_blocking_output.hpp"

#include <cerrno>

#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

namespace fat {
namespace {

constexpr std::size_t kMostPending = std::size_t{256} * 1024;
/// What goes out after poll() has said yes, when O_NONBLOCK cannot be had.
constexpr std::size_t kCarefulBytes = 64;

bool can_write(int fd) {
  pollfd entry{.fd = fd, .events = POLLOUT, .revents = 0};
  return poll(&entry, 1, 0) > 0;
}

}  // namespace

NonBlockingOutput::NonBlockingOutput(int fd) : fd_(fd) {
  struct stat info {};

  if (fd < 0 || fstat(fd, &info) != 0) {
    gone_ = true;
    return;
  }
  plain_file_ = S_ISREG(info.st_mode);
  if (!S_ISCHR(info.st_mode) && !S_ISFIFO(info.st_mode)) {
    return;
  }
  const std::string path = "/proc/self/fd/" + std::to_string(fd);
  const int own = open(path.c_str(), O_WRONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
  if (own >= 0) {
    fd_ = own;
    owned_ = true;
  }
}

NonBlockingOutput::~NonBlockingOutput() {
  flush();
  if (owned_) {
    close(fd_);
  }
}

bool NonBlockingOutput::write(std::string_view text) {
  if (gone_ || pending_.size() + text.size() > kMostPending) {
    flush();
  }
  if (gone_ || pending_.size() + text.size() > kMostPending) {
    return false;
  }
  pending_ += text;
  flush();
  return !gone_;
}

void NonBlockingOutput::flush() {
  std::size_t written = 0;
  while (!gone_ && written < pending_.size()) {
    const std::size_t some = write_some(std::string_view{pending_}.substr(written));
    if (some == 0) {
      break;
    }
    written += some;
  }
  pending_.erase(0, written);
}

void NonBlockingOutput::give_up() {
  gone_ = true;
  pending_.clear();
}

std::size_t NonBlockingOutput::write_some(std::string_view text) {
  if (!owned_ && !plain_file_) {
    if (!can_write(fd_)) {
      return 0;
    }
    text = text.substr(0, kCarefulBytes);
  }
  const ssize_t count = ::write(fd_, text.data(), text.size());
  if (count >= 0) {
    return static_cast<std::size_t>(count);
  }
  if (errno != EAGAIN && errno != EINTR) {
    give_up();
  }
  return 0;
}

}  // namespace fat
