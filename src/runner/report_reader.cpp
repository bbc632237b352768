// Growing file -> lines. See the header.
#include "runner/report_reader.hpp"

#include <cerrno>
#include <string_view>
#include <system_error>
#include <utility>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace fat {
namespace {

constexpr std::size_t kBlock = 256UL * 1024;
constexpr std::size_t kLongestLine = (1U << 20) + 256;  // the shim's limit and its frame
constexpr std::size_t kKeptOfLongLine = 256;

}  // namespace

ReportReader::ReportReader(std::filesystem::path file, std::uint64_t offset)
    : path_(std::move(file)), offset_(offset), read_to_(offset) {}

/// Spares the block most steps never need.
bool ReportReader::has_grown() const {
  struct stat status {};

  return !file_ || fstat(file_.get(), &status) != 0 ||
         static_cast<std::uint64_t>(status.st_size) > read_to_;
}

ReportReader::Batch ReportReader::read() {
  Batch batch;
  if (!file_) {
    file_ = OwnedFd{open(path_.c_str(), O_RDONLY | O_CLOEXEC)};
    if (!file_ && errno == ENOENT) {
      return batch;
    }
  }
  if (!has_grown()) {
    return batch;
  }
  std::string block(kBlock, '\0');
  ssize_t got = -1;
  do {
    got = pread(file_.get(), block.data(), block.size(), static_cast<off_t>(read_to_));
  } while (got < 0 && errno == EINTR);
  if (got < 0) {
    throw std::system_error{errno, std::generic_category(), "cannot read " + path_.string()};
  }
  take({block.data(), static_cast<std::size_t>(got)}, batch);
  batch.more = static_cast<std::size_t>(got) == block.size();
  return batch;
}

void ReportReader::take(std::string_view bytes, Batch& batch) {
  while (!bytes.empty()) {
    const auto end = bytes.find('\n');
    const auto piece = bytes.substr(0, end);
    if (!too_long_) {
      begun_ += piece;
      too_long_ = begun_.size() > kLongestLine;
    }
    if (end == std::string_view::npos) {
      read_to_ += bytes.size();
      break;
    }
    begun_.resize(too_long_ ? kKeptOfLongLine : begun_.size());
    batch.lines.push_back(std::exchange(begun_, {}));
    too_long_ = false;
    bytes.remove_prefix(end + 1);
    read_to_ += end + 1;
    offset_ = read_to_;
  }
  if (too_long_) {
    begun_.resize(kKeptOfLongLine);
  }
}

}  // namespace fat
