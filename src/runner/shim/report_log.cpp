// Report lines -> report.jsonl. See the header.
#include "runner/shim/report_log.hpp"

#include <fcntl.h>
#include <unistd.h>

namespace fat::shim {
namespace {

constexpr std::size_t kLongestLine = 1U << 20;

constexpr std::size_t kLongestWait = 1U << 20U;

OwnedFd open_report(int folder) {
  return OwnedFd{openat(folder, "report.jsonl", O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666)};
}

std::string file_line(std::string_view report, Microseconds at) {
  std::string line{R"({"at":)"};
  line += std::to_string(at.count());
  line += R"(,"report":)";
  line += report;
  line += "}\n";
  return line;
}

std::string warning_line(std::string_view text, Microseconds at) {
  std::string report{R"({"message":")"};
  report += text;
  report += R"(","level":"warning"})";
  return file_line(report, at);
}

}  // namespace

ReportLog::ReportLog(int folder, std::uint64_t limit)
    : folder_(folder), file_(open_report(folder)), limit_(limit) {}

void ReportLog::take(std::string_view bytes, Microseconds at) {
  while (!bytes.empty()) {
    const auto end = bytes.find('\n');
    const auto piece = bytes.substr(0, end);
    if (too_long_ || line_.size() + piece.size() > kLongestLine) {
      dropped_ += line_.size() + piece.size();
      line_.clear();
      too_long_ = true;
    } else if (end == std::string_view::npos || !line_.empty()) {
      line_ += piece;
    }
    if (end == std::string_view::npos) {
      break;
    }
    end_line(line_.empty() ? piece : std::string_view{line_}, at);
    line_.clear();
    bytes.remove_prefix(end + 1);
  }
  flush(at);
}

void ReportLog::finish(Microseconds at) {
  if (!line_.empty() || too_long_) {
    end_line(line_, at);
    line_.clear();
  }
  flush(at);
}

void ReportLog::warn(std::string_view text, Microseconds at) {
  add_warning(text, at);
  flush(at);
}

bool ReportLog::sync() {
  return file_ && fsync(file_.get()) == 0;
}

void ReportLog::end_line(std::string_view line, Microseconds at) {
  if (too_long_) {
    too_long_ = false;
    add_warning("a report line over 1 MiB was dropped", at);
    return;
  }
  if (!line.empty()) {
    add(line, at);
  }
}

void ReportLog::add(std::string_view report, Microseconds at) {
  const auto line = file_line(report, at);
  if (size_ + batch_.size() + line.size() <= limit_) {
    batch_ += line;
    return;
  }
  dropped_ += line.size();
  if (!limit_said_) {
    limit_said_ = true;
    add_warning("the report is full; further lines are dropped", at);
  }
}

/// Beyond the limit only the one that says so.
void ReportLog::add_warning(std::string_view text, Microseconds at) {
  const auto line = warning_line(text, at);
  if (!limit_said_ || size_ + batch_.size() <= limit_) {
    batch_ += line;
  }
}

void ReportLog::flush(Microseconds at) {
  if (batch_.empty()) {
    return;
  }
  if (unsaid_ > 0) {
    const auto said = std::to_string(unsaid_) + " bytes of the report could not be written";
    unsaid_ = append(warning_line(said, at)) == 0 ? 0 : unsaid_;
  }
  batch_.erase(0, batch_.size() - append(batch_));
  if (batch_.size() > kLongestWait) {
    dropped_ += batch_.size();
    unsaid_ += batch_.size();
    batch_.clear();
  }
}

/// Returns how many bytes the disk refused. The file then ends with the last line that is complete.
std::size_t ReportLog::append(std::string_view lines) {
  if (!file_) {
    file_ = open_report(folder_);
  }
  const auto wrote = file_ ? write_fully(file_.get(), lines) : 0;
  if (wrote == lines.size()) {
    size_ += wrote;
    return 0;
  }
  const auto kept = lines.substr(0, wrote).rfind('\n') + 1;  // npos + 1 is 0
  size_ += kept;
  if (wrote > kept && ftruncate(file_.get(), static_cast<off_t>(size_)) != 0) {
    size_ += wrote - kept;  // the torn line stays; readers skip what is no report line
  }
  return lines.size() - kept;
}

}  // namespace fat::shim
