// Lines for people -> the run's log file, and the echo.
#include "fat/people/run_log.hpp"

#include <algorithm>
#include <cerrno>
#include <system_error>
#include <utility>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include "people/non_blocking_output.hpp"
#include "people/step_counts.hpp"
#include "people/words.hpp"

namespace fat {
namespace {

std::string last_error() {
  return std::system_category().message(errno);
}

bool ends_within_a_line(int fd) {
  char last = '\n';
  const off_t end = lseek(fd, 0, SEEK_END);
  return end > 0 && pread(fd, &last, 1, end - 1) == 1 && last != '\n';
}

}  // namespace

RunLog::RunLog(RunLogOptions options)
    : options_(std::move(options)),
      file_(options_.folder / fmt::format("fat_run_{:05}.log", options_.run)),
      echo_(options_.echo < 0 ? nullptr : std::make_unique<NonBlockingOutput>(options_.echo)) {}

RunLog::~RunLog() {
  if (fd_ >= 0) {
    close(fd_);
  }
}

void RunLog::happened(const std::vector<Event>& events,
                      const Campaign& campaign,
                      const Instant& now) {
  if (!is_virtual_) {
    is_virtual_ = campaign.summary(now).virtual_station;
  }
  std::string lines;
  for (const Event& event : events) {
    for (const Announcement& announcement : announce(event, campaign)) {
      lines += log_line(announcement, event.at.wall, *is_virtual_) + '\n';
    }
  }
  put(lines, now);
}

void RunLog::alarm(const std::string& text, const Instant& now) {
  const Announcement line{.urgency = Urgency::Critical, .text = printable(text)};
  put(log_line(line, now.wall, is_virtual_.value_or(false)) + '\n', now);
}

void RunLog::put(const std::string& lines, const Instant& now) {
  if (lines.empty()) {
    return;
  }
  if (echo_) {
    echo_->write(lines);
  }
  const auto number = static_cast<std::size_t>(std::ranges::count(lines, '\n'));
  if (fd_ < 0) {
    if (const std::string failure = open_part(now); !failure.empty()) {
      report_failure(failure, number);
      return;
    }
  }
  const std::string missing = plural(lost_lines_, "line");
  const std::string gap =
      lost_lines_ == 0
          ? ""
          : fmt::format("==== here {} missing: the log could not be written ====\n", missing);
  if (!append(gap + lines)) {
    report_failure(last_error(), number);
    return;
  }
  if (std::exchange(lost_lines_, 0) > 0 && options_.complain) {
    options_.complain(
        fmt::format("{} is written again; {} missing in it", file_.string(), missing));
  }
}

std::string RunLog::open_part(const Instant& now) {
  const int flags = O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY;
  fd_ = open(file_.c_str(), flags, options_.mode);
  if (fd_ < 0) {
    return last_error();
  }

  struct stat info {};

  if (fstat(fd_, &info) != 0 || !S_ISREG(info.st_mode)) {
    close(std::exchange(fd_, -1));
    return "not an ordinary file";
  }
  torn_ = ends_within_a_line(fd_);
  const std::string header = fmt::format("==== run {}, new part, {}, process {} ====\n",
                                         options_.run,
                                         to_local_text(now.wall),
                                         getpid());
  if (!append(header)) {
    std::string failure = last_error();
    close(std::exchange(fd_, -1));
    return failure;
  }
  return "";
}

bool RunLog::append(std::string_view text) {
  const std::string whole = (torn_ ? "\n" : "") + std::string{text};
  std::string_view rest = whole;
  while (!rest.empty()) {
    const ssize_t count = write(fd_, rest.data(), rest.size());
    if (count < 0 && errno == EINTR) {
      continue;
    }
    if (count <= 0) {
      torn_ = torn_ || rest.size() < whole.size();
      return false;
    }
    rest.remove_prefix(static_cast<std::size_t>(count));
  }
  torn_ = false;
  return true;
}

void RunLog::report_failure(const std::string& what, std::size_t lines) {
  const bool first = lost_lines_ == 0;
  lost_lines_ += lines;
  if (first && options_.complain) {
    options_.complain(
        fmt::format("{} cannot be written ({}); the run goes on without it", file_.string(), what));
  }
}

}  // namespace fat
