// Part of a file -> its bytes.
#include "web/file_piece.hpp"

#include <algorithm>
#include <cerrno>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace fat {

std::shared_ptr<OpenFile> OpenFile::open(const FileSlice& slice) {
  // A link, or a pipe, in the file's place is not the file.
  OwnedFd file{::open(slice.path.c_str(), O_RDONLY | O_NONBLOCK | O_NOFOLLOW | O_CLOEXEC)};

  struct stat status {};

  if (!file || ::fstat(file.get(), &status) != 0 || !S_ISREG(status.st_mode)) {
    return nullptr;
  }
  const auto size = static_cast<std::uint64_t>(status.st_size);
  const auto offset = std::min(slice.offset, size);
  return std::make_shared<OpenFile>(std::move(file), offset, std::min(slice.length, size - offset));
}

std::string OpenFile::read(std::size_t most) {
  std::string bytes(std::min<std::uint64_t>(most, left_), '\0');
  ssize_t got = 0;
  do {
    got = ::pread(file_.get(), bytes.data(), bytes.size(), static_cast<off_t>(offset_));
  } while (got < 0 && errno == EINTR);
  bytes.resize(got > 0 ? static_cast<std::size_t>(got) : 0);
  offset_ += bytes.size();
  left_ -= bytes.size();
  return bytes;
}

}  // namespace fat
