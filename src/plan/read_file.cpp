// A path from a user -> the file's text, or one sentence why there is none.
#include "plan/read_file.hpp"

#include <algorithm>
#include <cerrno>
#include <system_error>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include "fat/model/owned_fd.hpp"

namespace fat {

namespace {

std::string because(int error) {
  return error == ENOENT || error == ENOTDIR
             ? std::string{kNoSuchFile}
             : "cannot be read: " + std::generic_category().message(error);
}

/// What forbids reading it, or "".
std::string refusal(const struct stat& status) {
  if (S_ISDIR(status.st_mode)) {
    return "is a folder, not a file";
  }
  if (!S_ISREG(status.st_mode)) {
    return "is not a regular file";
  }
  if (status.st_size > static_cast<off_t>(kMaxFileBytes)) {
    return fmt::format(
        "is {} MiB long; more than {} MiB is not read", status.st_size >> 20, kMaxFileBytes >> 20U);
  }
  return "";
}

FileText read_all(int file, std::size_t expected) {
  FileText result;
  result.text.resize(expected + 1);
  std::size_t length = 0;
  while (true) {
    const auto count = ::read(file, result.text.data() + length, result.text.size() - length);
    if (count < 0 && errno == EINTR) {
      continue;
    }
    if (count < 0) {
      return {"", because(errno)};
    }
    if (count == 0) {
      break;
    }
    length += static_cast<std::size_t>(count);
    if (length > kMaxFileBytes) {
      return {"", "grows while it is read"};
    }
    if (length == result.text.size()) {
      result.text.resize(2 * length);
    }
  }
  result.text.resize(length);
  return result;
}

}  // namespace

FileText read_file(const std::filesystem::path& path) {
  const OwnedFd file{::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)};
  if (file.get() < 0) {
    return {"", because(errno)};
  }

  struct stat status {};

  if (::fstat(file.get(), &status) != 0) {
    return {"", because(errno)};
  }
  if (auto problem = refusal(status); !problem.empty()) {
    return {"", std::move(problem)};
  }
  return read_all(file.get(), static_cast<std::size_t>(status.st_size));
}

std::filesystem::path find_in(const std::filesystem::path& named,
                              const std::vector<std::filesystem::path>& folders) {
  for (const auto& folder : folders) {
    std::error_code ignored;
    auto path = (folder / named).lexically_normal();
    if (std::filesystem::exists(path, ignored)) {
      return path;
    }
  }
  return folders.empty() ? named : (folders.front() / named).lexically_normal();
}

std::string looked_for(const std::filesystem::path& named,
                       const std::vector<std::filesystem::path>& folders) {
  std::vector<std::string> places;
  for (const auto& folder : folders) {
    auto place = (folder / named).lexically_normal().string();
    if (std::ranges::find(places, place) == places.end()) {
      places.push_back(std::move(place));
    }
  }
  return fmt::format("looked for {}", fmt::join(places, " and "));
}

}  // namespace fat
