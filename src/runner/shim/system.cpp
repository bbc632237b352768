// Clocks and complete writes. See the header.
#include "runner/shim/system.hpp"

#include <cerrno>
#include <ctime>

#include <unistd.h>

namespace fat::shim {
namespace {

Microseconds read_clock(clockid_t clock) {
  timespec now{};
  clock_gettime(clock, &now);
  return std::chrono::seconds{now.tv_sec} +
         std::chrono::duration_cast<Microseconds>(std::chrono::nanoseconds{now.tv_nsec});
}

}  // namespace

Microseconds boot_now() {
  return read_clock(CLOCK_BOOTTIME);
}

Microseconds wall_now() {
  return read_clock(CLOCK_REALTIME);
}

std::size_t write_fully(int fd, std::string_view bytes) {
  std::size_t done = 0;
  while (done < bytes.size()) {
    const auto wrote = write(fd, bytes.data() + done, bytes.size() - done);
    if (wrote < 0 && errno == EINTR) {
      continue;
    }
    if (wrote <= 0) {
      errno = wrote == 0 ? ENOSPC : errno;
      break;
    }
    done += static_cast<std::size_t>(wrote);
  }
  return done;
}

}  // namespace fat::shim
