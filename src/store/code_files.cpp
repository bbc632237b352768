#include "fat/store/code_files.hpp"

#include <algorithm>
#include <array>
#include <span>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "fat/model/owned_fd.hpp"
#include "store/sha256.hpp"

namespace fat {

namespace {

constexpr std::int64_t kLongestFile = 64LL << 20;
constexpr std::size_t kDigits = 16;

std::int64_t nanoseconds(const timespec& time) {
  return (static_cast<std::int64_t>(time.tv_sec) * 1'000'000'000) + time.tv_nsec;
}

/// Empty when it ends with an error.
std::string hash_of(int descriptor) {
  store::Sha256 hash;
  std::array<std::byte, 65536> block{};
  while (true) {
    const auto count = ::read(descriptor, block.data(), block.size());
    if (count < 0) {
      return {};
    }
    if (count == 0) {
      return store::to_hex(hash.finish());
    }
    hash.add(std::span{block}.first(static_cast<std::size_t>(count)));
  }
}

/// Without its hash; a file that is not there has zeros.
CodeFile stat_of(const std::string& path) {
  CodeFile file{.path = path, .sha256 = {}};

  struct stat status {};

  if (::stat(path.c_str(), &status) == 0) {
    file.size = status.st_size;
    file.modified_ns = nanoseconds(status.st_mtim);
    file.changed_ns = nanoseconds(status.st_ctim);
    file.inode = status.st_ino;
  }
  return file;
}

CodeFile read_file(const std::string& path, const std::map<std::string, CodeFile>& known) {
  auto file = stat_of(path);
  if (const auto before = known.find(path); before != known.end()) {
    file.sha256 = before->second.sha256;
    if (file == before->second) {
      return file;
    }
    file.sha256.clear();
  }
  // Not a pipe, which would hold up who opens it.
  const OwnedFd descriptor{::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK)};
  if (descriptor && file.size <= kLongestFile) {
    file.sha256 = hash_of(descriptor.get());
  }
  return file;
}

}  // namespace

UnitContent read_unit(const std::string& name,
                      const std::vector<std::string>& files,
                      const std::map<std::string, CodeFile>& known) {
  UnitContent content;
  content.unit = {.name = name, .code = {}, .files = files};
  std::ranges::sort(content.unit.files);
  store::Sha256 hash;
  for (const auto& path : content.unit.files) {
    const auto& file = content.files.emplace_back(read_file(path, known));
    hash.add_field(path).add_field(file.sha256);
    if (file.sha256.empty()) {
      hash.add(file.size).add(file.modified_ns);
    }
  }
  content.unit.code = store::to_hex(hash.finish()).substr(0, kDigits);
  return content;
}

}  // namespace fat
