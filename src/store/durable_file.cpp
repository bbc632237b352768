// Bytes -> temporary file -> fsync -> rename -> fsync of the folder.
#include "store/durable_file.hpp"

#include <array>
#include <cerrno>
#include <cstdio>
#include <system_error>
#include <utility>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

namespace fat::store {

namespace {

[[noreturn]] void fail(const char* what, const std::filesystem::path& file) {
  throw std::system_error(
      errno, std::generic_category(), fmt::format("cannot {} {}", what, file.string()));
}

void take_over_rights(const Descriptor& file, const std::filesystem::path& from) {
  struct stat status {};

  if (::stat(from.c_str(), &status) != 0) {
    return;
  }
  // Only the owner may give a file away: what cannot be kept is let go, access rights first of all.
  if (::fchown(file.number(), status.st_uid, status.st_gid) != 0 &&
      ::fchown(file.number(), static_cast<uid_t>(-1), status.st_gid) != 0) {
    errno = 0;
  }
  if (::fchmod(file.number(), status.st_mode & 07777U) != 0) {
    errno = 0;
  }
}

}  // namespace

Temporary::Temporary(std::filesystem::path file) : file_(std::move(file)) {}

Temporary::~Temporary() {
  if (!file_.empty()) {
    ::unlink(file_.c_str());
  }
}

Descriptor::~Descriptor() {
  if (number_ >= 0) {
    ::close(number_);
  }
}

Descriptor::Descriptor(Descriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {}

Descriptor& Descriptor::operator=(Descriptor&& other) noexcept {
  std::swap(number_, other.number_);
  return *this;
}

Descriptor open_file(const std::filesystem::path& file, int flags, unsigned mode) {
  Descriptor descriptor(::open(file.c_str(), flags | O_CLOEXEC, mode));
  if (!descriptor) {
    fail((flags & O_ACCMODE) == O_RDONLY ? "read" : "write", file);
  }
  return descriptor;
}

void write_all(const Descriptor& file, std::string_view bytes, const std::filesystem::path& name) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(file.number(), bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) {
      continue;
    }
    if (written < 0) {
      fail("write", name);
    }
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
}

void sync_file(const std::filesystem::path& file) {
  const Descriptor descriptor = open_file(file, O_RDONLY);
  if (::fsync(descriptor.number()) != 0) {
    fail("sync", file);
  }
}

void sync_folder(const std::filesystem::path& folder) {
  const Descriptor descriptor = open_file(folder.empty() ? "." : folder, O_RDONLY | O_DIRECTORY);
  if (::fsync(descriptor.number()) != 0 && errno != EINVAL && errno != ENOTSUP) {
    fail("sync", folder);
  }
}

void read_pieces(const std::filesystem::path& file,
                 const std::function<void(std::string_view)>& take) {
  // O_NONBLOCK: a FIFO in a file's place must not hold us up.
  const Descriptor descriptor = open_file(file, O_RDONLY | O_NONBLOCK);

  struct stat status {};

  if (::fstat(descriptor.number(), &status) != 0) {
    fail("read", file);
  }
  if (!S_ISREG(status.st_mode)) {
    throw std::runtime_error(fmt::format("{} is not a file", file.string()));
  }
  std::array<char, 65536> piece{};
  for (;;) {
    const ssize_t count = ::read(descriptor.number(), piece.data(), piece.size());
    if (count < 0 && errno == EINTR) {
      continue;
    }
    if (count < 0) {
      fail("read", file);
    }
    if (count == 0) {
      return;
    }
    take({piece.data(), static_cast<std::size_t>(count)});
  }
}

std::string read_whole(const std::filesystem::path& file, std::uint64_t limit) {
  std::string content;
  read_pieces(file, [&](std::string_view bytes) {
    content += bytes;
    if (content.size() > limit) {
      throw std::runtime_error(
          fmt::format("{} is longer than {} MiB", file.string(), limit / (1024ULL * 1024)));
    }
  });
  return content;
}

void replace_file(const std::filesystem::path& file,
                  std::string_view content,
                  const Replacing& how) {
  // Always the same name, so that what a killed process left is used up by the next write.
  const auto folder = file.parent_path();
  const auto name = folder / fmt::format(".{}.tmp", file.filename().string());
  Temporary temporary(name);
  {
    const Descriptor descriptor =
        open_file(name, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW, how.mode);
    if (how.as) {
      take_over_rights(descriptor, *how.as);
    }
    write_all(descriptor, content, name);
    if (how.durable && ::fsync(descriptor.number()) != 0) {
      fail("sync", name);
    }
  }
  if (::rename(name.c_str(), file.c_str()) != 0) {
    fail("replace", file);
  }
  temporary.keep();
  if (how.durable) {
    sync_folder(folder);
  }
}

bool rename_to_free_name(const std::filesystem::path& from, const std::filesystem::path& to) {
  if (::renameat2(AT_FDCWD, from.c_str(), AT_FDCWD, to.c_str(), RENAME_NOREPLACE) == 0) {
    return true;
  }
  if (errno == EEXIST) {
    return false;
  }
  if (errno != EINVAL && errno != ENOSYS) {
    fail("create", to);
  }
  // This file system cannot do it in one call; a hard link never replaces anything either.
  if (::link(from.c_str(), to.c_str()) != 0) {
    if (errno == EEXIST) {
      return false;
    }
    fail("create", to);
  }
  ::unlink(from.c_str());
  return true;
}

}  // namespace fat::store
