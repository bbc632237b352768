// Preloaded into a program: its wall clock is stepped by the seconds that stand in the file
// FATMASTER_CLOCK_FILE, as soon as they stand there. Clocks that count durations are left alone, as
// on a machine whose time somebody sets.
#include <array>
#include <cerrno>
#include <cstdlib>
#include <ctime>

#include <fcntl.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <unistd.h>

namespace {

/// 0 when there is no such file.
time_t stepped_by() {
  const int before = errno;
  const char* const name = std::getenv("FATMASTER_CLOCK_FILE");
  const int file = name == nullptr ? -1 : open(name, O_RDONLY | O_CLOEXEC);
  std::array<char, 32> text{};
  const ssize_t length = file < 0 ? 0 : read(file, text.data(), text.size() - 1);
  if (file >= 0) {
    close(file);
  }
  errno = before;
  return length > 0 ? std::strtol(text.data(), nullptr, 10) : 0;
}

}  // namespace

// The library's names for these parameters are reserved ones.
// NOLINTBEGIN(readability-inconsistent-declaration-parameter-name)
extern "C" int clock_gettime(clockid_t clock, timespec* now) noexcept {
  const long result = syscall(SYS_clock_gettime, clock, now);
  if (result == 0 && (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE)) {
    now->tv_sec += stepped_by();
  }
  return static_cast<int>(result);
}

extern "C" int gettimeofday(timeval* now, void* /*zone*/) noexcept {
  timespec precise{};
  const int result = clock_gettime(CLOCK_REALTIME, &precise);
  now->tv_sec = precise.tv_sec;
  now->tv_usec = precise.tv_nsec / 1000;
  return result;
}

extern "C" time_t time(time_t* now) noexcept {
  timespec precise{};
  clock_gettime(CLOCK_REALTIME, &precise);
  if (now != nullptr) {
    *now = precise.tv_sec;
  }
  return precise.tv_sec;
}

// NOLINTEND(readability-inconsistent-declaration-parameter-name)
