// Output -> two bounded files, or two for each day. See the header.
#include "runner/shim/output_log.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "runner/shim/system.hpp"

namespace fat::shim {

namespace {

/// Of "_2026-11-22.log".
constexpr std::size_t kSuffixLength = 15;

std::string older_name(const std::string& name) {
  return name + ".1";
}

}  // namespace

std::string day_suffix(Microseconds wall) {
  const auto days =
      std::chrono::floor<std::chrono::days>(std::chrono::sys_time<Microseconds>{wall});
  const std::chrono::year_month_day date{days};
  std::array<char, 40> text{};
  std::snprintf(text.data(),
                text.size(),
                "_%04d-%02u-%02u.log",
                static_cast<int>(date.year()),
                static_cast<unsigned>(date.month()),
                static_cast<unsigned>(date.day()));
  return text.data();
}

OutputLog::OutputLog(int folder, std::uint64_t limit, DailyLog daily, Microseconds wall)
    : folder_(folder), limit_(limit), daily_(std::move(daily)) {
  if (daily_.prefix.empty()) {
    open_file();
  } else {
    begin_day(wall);
  }
}

void OutputLog::take(std::string_view bytes, Microseconds wall) {
  bytes_ += bytes.size();
  if (!daily_.prefix.empty() && name_ != daily_.prefix + day_suffix(wall)) {
    const auto end = in_line_ ? bytes.find('\n') : std::string_view::npos;
    if (end != std::string_view::npos) {
      append(bytes.substr(0, end + 1));
      bytes.remove_prefix(end + 1);
    }
    begin_day(wall);
  }
  append(bytes);
}

void OutputLog::append(std::string_view bytes) {
  while (!bytes.empty()) {
    in_line_ = bytes.back() != '\n';
    if (size_ >= limit_) {
      rotate();
    }
    if (!file_) {
      open_file();
    }
    const auto room = limit_ > size_ ? limit_ - size_ : limit_;
    const auto part = bytes.substr(0, static_cast<std::size_t>(room));
    const auto wrote = file_ ? write_fully(file_.get(), part) : 0;
    size_ += wrote;
    lost_ += part.size() - wrote;
    bytes.remove_prefix(part.size());
  }
}

void OutputLog::discard() {
  unlinkat(folder_, older_name(name_).c_str(), 0);
  if (file_ && ftruncate(file_.get(), 0) == 0) {
    lost_ += size_;
    size_ = 0;
  }
}

void OutputLog::begin_day(Microseconds wall) {
  name_ = daily_.prefix + day_suffix(wall);
  file_.reset();
  size_ = 0;
  open_file();
  remove_old(wall);
}

/// Dates sort as text.
void OutputLog::remove_old(Microseconds wall) const {
  const auto slash = daily_.prefix.rfind('/');
  const auto folder = daily_.prefix.substr(0, slash);
  const auto stem = daily_.prefix.substr(slash + 1);
  const auto oldest = day_suffix(wall - std::chrono::days{daily_.days - 1});
  DIR* const entries = opendir(folder.c_str());
  if (entries == nullptr) {
    return;
  }
  while (const auto* const entry = readdir(entries)) {
    const std::string_view name{entry->d_name};
    const auto suffix = name.starts_with(stem) ? name.substr(stem.size()) : std::string_view{};
    const bool ours = suffix.size() >= kSuffixLength && suffix.front() == '_' &&
                      suffix.substr(11, 4) == ".log" &&
                      (suffix.size() == kSuffixLength || suffix.substr(kSuffixLength) == ".1");
    if (ours && suffix.substr(0, kSuffixLength) < oldest) {
      unlink((folder + "/" + entry->d_name).c_str());
    }
  }
  closedir(entries);
}

void OutputLog::open_file() {
  file_ = OwnedFd{openat(folder_, name_.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666)};

  struct stat found {};

  size_ = file_ && fstat(file_.get(), &found) == 0 ? static_cast<std::uint64_t>(found.st_size) : 0;
}

void OutputLog::rotate() {
  size_ = 0;
  if (renameat(folder_, name_.c_str(), folder_, older_name(name_).c_str()) == 0) {
    file_.reset();
    open_file();
  } else if (file_ && ftruncate(file_.get(), 0) != 0) {
    file_.reset();  // neither moved nor emptied: better lose output than fill the disk
  }
}

}  // namespace fat::shim
