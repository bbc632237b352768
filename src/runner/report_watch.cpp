// inotify -> numbers of grown reports. See the header.
#include "runner/report_watch.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <system_error>

#include <sys/inotify.h>
#include <unistd.h>

namespace fat {

ReportWatch::ReportWatch() : events_(inotify_init1(IN_CLOEXEC | IN_NONBLOCK)) {
  if (!events_) {
    throw std::system_error{errno, std::generic_category(), "cannot watch files (inotify)"};
  }
}

int ReportWatch::add(const std::filesystem::path& attempt_folder) {
  const auto file = attempt_folder / "report.jsonl";
  const int number = inotify_add_watch(events_.get(), file.c_str(), IN_MODIFY);
  if (number < 0) {
    throw std::system_error{errno, std::generic_category(), "cannot watch " + file.string()};
  }
  const auto at = std::ranges::lower_bound(numbers_, number);
  if (at == numbers_.end() || *at != number) {
    numbers_.insert(at, number);
  }
  return number;
}

void ReportWatch::remove(int number) {
  if (std::erase(numbers_, number) > 0) {
    inotify_rm_watch(events_.get(),
                     number);  // fails only when the file is gone, and the watch with it
  }
}

std::vector<int> ReportWatch::changed() {
  std::vector<int> grown;
  bool lost_count = false;
  std::array<char, 4096> block{};
  ssize_t got = 0;
  while ((got = read(events_.get(), block.data(), block.size())) > 0) {
    for (std::size_t at = 0; at < static_cast<std::size_t>(got);) {
      inotify_event event{};
      std::memcpy(&event, block.data() + at, sizeof event);
      at += sizeof event + event.len;
      lost_count = lost_count || (event.mask & IN_Q_OVERFLOW) != 0;
      if (std::ranges::binary_search(numbers_, event.wd)) {
        grown.push_back(event.wd);
      }
    }
  }
  if (lost_count) {
    return numbers_;
  }
  std::ranges::sort(grown);
  const auto twice = std::ranges::unique(grown);
  grown.erase(twice.begin(), twice.end());
  return grown;
}

}  // namespace fat
