#include "cli/attempt_file.hpp"

#include <algorithm>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace fat {

namespace {

std::optional<struct stat> stat_of(int file) {
  struct stat found {};

  return fstat(file, &found) == 0 ? std::optional{found} : std::nullopt;
}

bool is_same(const OpenedFile& one, const OpenedFile& other) {
  const auto first = stat_of(one.file.get());
  const auto second = stat_of(other.file.get());
  return first && second && first->st_ino == second->st_ino && first->st_dev == second->st_dev;
}

/// A name without slashes; no link is followed.
std::optional<OpenedFile> open_here(int folder, const std::string& part) {
  OwnedFd file{openat(folder, part.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)};
  const auto found = file ? stat_of(file.get()) : std::nullopt;
  if (!found || !S_ISREG(found->st_mode)) {
    return std::nullopt;
  }
  return OpenedFile{.file = std::move(file), .size = static_cast<std::uint64_t>(found->st_size)};
}

}  // namespace

std::optional<OpenedFile> open_beneath(const std::filesystem::path& folder,
                                       const std::string& name) {
  OwnedFd here{open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
  if (name.find('\0') != std::string::npos) {
    return std::nullopt;
  }
  std::size_t at = 0;
  while (here) {
    const auto slash = name.find('/', at);
    const auto part = name.substr(at, slash - at);
    if (part.empty() || part == "." || part == "..") {
      return std::nullopt;
    }
    if (slash == std::string::npos) {
      return open_here(here.get(), part);
    }
    const int flags = O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_DIRECTORY;
    here = OwnedFd{openat(here.get(), part.c_str(), flags)};
    at = slash + 1;
  }
  return std::nullopt;
}

std::string bytes_of(const OpenedFile& file, std::uint64_t offset, std::size_t most) {
  const auto left = offset < file.size ? file.size - offset : 0;
  std::string bytes(static_cast<std::size_t>(std::min<std::uint64_t>(left, most)), '\0');
  std::size_t done = 0;
  while (done < bytes.size()) {
    const auto count = pread(file.file.get(),
                             bytes.data() + done,
                             bytes.size() - done,
                             static_cast<off_t>(offset + done));
    if (count <= 0) {
      break;
    }
    done += static_cast<std::size_t>(count);
  }
  bytes.resize(done);
  return bytes;
}

/// The newer one first: rotated away meanwhile, it is found once more as the older one.
KeptOutput::KeptOutput(const std::filesystem::path& folder)
    : newer_(open_beneath(folder, "output.log")) {
  older_ = open_beneath(folder, "output.log.1");
  if (older_ && newer_ && is_same(*older_, *newer_)) {
    older_.reset();
  }
}

std::string KeptOutput::read(std::uint64_t offset, std::size_t most) const {
  std::string text;
  if (older_ && offset < older_->size) {
    text = bytes_of(*older_, offset, most);
    if (text.size() < std::min<std::uint64_t>(most, older_->size - offset)) {
      return text;  // cut while it was read
    }
  }
  if (newer_ && text.size() < most) {
    const auto from = std::max(offset, older_size()) - older_size();
    text += bytes_of(*newer_, from, most - text.size());
  }
  return text;
}

}  // namespace fat
