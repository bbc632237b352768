// A file's first line, or a variable of the environment.
#include "people/secret.hpp"

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <system_error>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include "fat/model/owned_fd.hpp"

namespace fat {
namespace {

bool is_printable_ascii(char c) {
  return c > ' ' && c < '\x7f';
}

Secret checked(std::string value, const std::string& where) {
  if (value.empty()) {
    return {.value = {}, .problem = where + " is empty"};
  }
  if (!std::ranges::all_of(value, is_printable_ascii)) {
    return {.value = {}, .problem = where + " holds more than one word of plain characters"};
  }
  return {.value = std::move(value), .problem = {}};
}

/// Never waits for a pipe. Returns what is wrong.
std::string read_first_line(const std::filesystem::path& path, std::string& line) {
  constexpr std::size_t longest = 4096;
  const OwnedFd file{::open(path.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC)};

  struct stat status {};

  if (!file || ::fstat(file.get(), &status) != 0) {
    return std::generic_category().message(errno);
  }
  if (!S_ISREG(status.st_mode)) {
    return "it is no file";
  }
  line.resize(longest);
  const auto count = ::read(file.get(), line.data(), line.size());
  if (count < 0) {
    return std::generic_category().message(errno);
  }
  line.resize(static_cast<std::size_t>(count));
  line.resize(std::min(line.find('\n'), line.size()));
  return {};
}

}  // namespace

Secret read_secret(const SecretPlace& place) {
  if (place.file.empty()) {
    const char* const value =
        std::getenv(place.environment.c_str());  // NOLINT(concurrency-mt-unsafe): nobody sets any
    return checked(value == nullptr ? "" : value,
                   fmt::format("environment variable {}", place.environment));
  }
  std::string line;
  if (const auto problem = read_first_line(place.file, line); !problem.empty()) {
    return {.value = {},
            .problem = fmt::format("cannot read {}: {}", place.file.string(), problem)};
  }
  const auto end = line.find_last_not_of(" \t\r");
  line.erase(end == std::string::npos ? 0 : end + 1);
  return checked(std::move(line), place.file.string());
}

std::string without_secret(std::string text, const std::string& secret) {
  constexpr std::string_view hidden = "(secret)";
  for (auto at = secret.empty() ? std::string::npos : text.find(secret); at != std::string::npos;
       at = text.find(secret, at + hidden.size())) {
    text.replace(at, secret.size(), hidden);
  }
  return text;
}

}  // namespace fat
