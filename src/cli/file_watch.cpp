#include "cli/file_watch.hpp"

#include <array>

#include <poll.h>
#include <sys/inotify.h>
#include <unistd.h>

namespace fat {

FileWatch::FileWatch(const std::vector<std::filesystem::path>& folders)
    : changes_(inotify_init1(IN_CLOEXEC | IN_NONBLOCK)) {
  for (const auto& folder : folders) {
    inotify_add_watch(
        changes_.get(), folder.c_str(), IN_MODIFY | IN_CREATE | IN_MOVED_TO | IN_MOVED_FROM);
  }
}

bool FileWatch::wait(std::chrono::milliseconds patience) const {
  pollfd waiting{.fd = changes_.get(), .events = POLLIN, .revents = 0};
  poll(&waiting, 1, static_cast<int>(patience.count()));
  std::array<char, 4096> events{};
  bool changed = false;
  while (read(changes_.get(), events.data(), events.size()) > 0) {
    changed = true;
  }
  return changed;
}

}  // namespace fat
