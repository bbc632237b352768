// Appended lines -> a pipe. See the header.
#include "runner/shim/answer_feed.hpp"

#include <array>
#include <cerrno>
#include <cstddef>
#include <string_view>

#include <fcntl.h>
#include <unistd.h>

namespace fat::shim {
namespace {

constexpr std::size_t kAnswerBlock = 65536;

}  // namespace

bool AnswerFeed::pump() {
  bool given = false;
  while (pipe_) {
    if (pending_.empty()) {
      load();
    }
    if (pending_.empty() || !send()) {
      break;
    }
    given = true;
  }
  return given;
}

/// False when the pipe is full or nobody can read it any more.
bool AnswerFeed::send() {
  const auto wrote = write(pipe_.get(), pending_.data(), pending_.size());
  if (wrote > 0) {
    pending_.erase(0, static_cast<std::size_t>(wrote));
    return true;
  }
  if (errno != EAGAIN && errno != EINTR) {
    pipe_.reset();
    pending_.clear();
  }
  return false;
}

/// Complete lines only; a line longer than the block comes in pieces.
void AnswerFeed::load() {
  std::array<char, kAnswerBlock> block{};
  if (!file_) {
    file_ = OwnedFd{openat(folder_, "answers.jsonl", O_RDONLY | O_CLOEXEC)};
  }
  refused_ = !file_ && errno != ENOENT;
  const auto got = file_ ? pread(file_.get(), block.data(), block.size(), offset_) : 0;
  refused_ = refused_ || got < 0;
  if (got <= 0) {
    return;
  }
  std::string_view bytes{block.data(), static_cast<std::size_t>(got)};
  const auto end = bytes.rfind('\n');
  if (end == std::string_view::npos && bytes.size() < block.size()) {
    return;
  }
  bytes = bytes.substr(0, end == std::string_view::npos ? end : end + 1);
  offset_ += static_cast<off_t>(bytes.size());
  pending_ = bytes;
}

}  // namespace fat::shim
