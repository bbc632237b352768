// timerfd -> bounded waits. See the header.
#include "runner/deadline.hpp"

#include <algorithm>
#include <cerrno>
#include <system_error>

#include <sys/timerfd.h>

namespace fat {

Deadline::Deadline(Microseconds from_now) : timer_(timerfd_create(CLOCK_BOOTTIME, TFD_CLOEXEC)) {
  const auto length = std::max(from_now, Microseconds{1});  // zero would never end
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(length);
  const itimerspec time{{}, {seconds.count(), std::chrono::nanoseconds{length - seconds}.count()}};
  if (!timer_ || timerfd_settime(timer_.get(), 0, &time, nullptr) != 0) {
    throw std::system_error{errno, std::generic_category(), "no timer"};
  }
}

bool Deadline::is_over() const {
  pollfd entry{timer_.get(), POLLIN, 0};
  return poll(&entry, 1, 0) > 0;
}

bool Deadline::wait_for(const std::vector<int>& fds) const {
  std::vector<pollfd> entries{{timer_.get(), POLLIN, 0}};
  for (const int fd : fds) {
    entries.push_back({fd, POLLIN, 0});
  }
  while (poll(entries.data(), entries.size(), -1) < 0 && errno == EINTR) {
  }
  return entries.front().revents == 0;
}

}  // namespace fat
