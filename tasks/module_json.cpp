// Results -> a module JSON, in the original's schema (reference 1b) and never half written.
#include "module_json.hpp"

#include <cerrno>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <string_view>
#include <system_error>

#include <fcntl.h>
#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "fat/model/owned_fd.hpp"

namespace fat {
namespace {

using Json = nlohmann::ordered_json;
using std::filesystem::path;

[[noreturn]] void fail(const path& file) {
  throw std::system_error{errno, std::generic_category(), "cannot write " + file.string()};
}

OwnedFd open_folder(const path& folder) {
  OwnedFd descriptor{::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
  if (!descriptor) {
    fail(folder);
  }
  return descriptor;
}

void write_all(int descriptor, std::string_view text, const path& file) {
  while (!text.empty()) {
    const auto count = ::write(descriptor, text.data(), text.size());
    if (count < 0 && errno != EINTR) {
      fail(file);
    }
    text.remove_prefix(count < 0 ? 0 : static_cast<std::size_t>(count));
  }
}

Json read(const path& file) {
  std::ifstream stream{file, std::ios::binary};
  const std::string text{std::istreambuf_iterator<char>{stream}, {}};
  auto json = Json::parse(text, nullptr, false);
  if (!json.is_object()) {
    throw std::runtime_error(fmt::format(
        "{} is not a JSON object: nothing was written into it; mend it, then repeat the step",
        file.string()));
  }
  return json;
}

/// The new text beside it, synced, then in its place.
void replace(const path& file, const std::string& text) {
  const path beside = file.string() + ".new";

  struct stat old {};

  const auto mode = ::stat(file.c_str(), &old) == 0 ? old.st_mode & 0777U : 0666U;
  {
    const OwnedFd descriptor{
        ::open(beside.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode)};
    if (!descriptor) {
      fail(beside);
    }
    write_all(descriptor.get(), text, beside);
    if (::fsync(descriptor.get()) != 0) {
      fail(beside);
    }
  }
  if (::rename(beside.c_str(), file.c_str()) != 0) {
    fail(file);
  }
}

}  // namespace

void change_module_json(const path& file, const std::function<void(Json&)>& change) {
  const auto folder = open_folder(std::filesystem::absolute(file).parent_path());
  while (::flock(folder.get(), LOCK_EX) != 0) {  // held for milliseconds, freed by every death
    if (errno != EINTR) {
      fail(file);
    }
  }
  auto json = read(file);
  change(json);
  replace(file, json.dump(4, ' ', true));
  if (::fsync(folder.get()) != 0) {
    fail(file);
  }
}

std::string free_key(const Json& object, const std::string& kind) {
  for (int number = 0;; ++number) {
    auto key = fmt::format("{}_{:02}", kind, number);
    if (!object.contains(key)) {
      return key;
    }
  }
}

}  // namespace fat
