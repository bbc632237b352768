// A fuzz target -> one folder of its own for the life of the program, for readers that want files.
#pragma once

#include <cstdlib>
#include <filesystem>
#include <stdexcept>
#include <string>
#include <string_view>

#include <fcntl.h>
#include <unistd.h>

#include "fat/model/owned_fd.hpp"

namespace fat::fuzz {

class ScratchFolder {
 public:
  ScratchFolder() : path_((std::filesystem::temp_directory_path() / "fat_fuzz_XXXXXX").string()) {
    if (::mkdtemp(path_.data()) == nullptr) {
      throw std::runtime_error{"mkdtemp"};
    }
  }

  ~ScratchFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }

  ScratchFolder(const ScratchFolder&) = delete;
  ScratchFolder& operator=(const ScratchFolder&) = delete;

  std::filesystem::path path() const { return path_; }

  /// Without streams: this is called thousands of times a second.
  std::filesystem::path write(const std::string& name, std::string_view text) const {
    auto file = path() / name;
    if (!std::filesystem::exists(file.parent_path())) {
      std::filesystem::create_directories(file.parent_path());
    }
    const OwnedFd out{::open(file.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644)};
    if (out.get() < 0 ||
        ::write(out.get(), text.data(), text.size()) != static_cast<ssize_t>(text.size())) {
      throw std::runtime_error{"cannot write " + file.string()};
    }
    return file;
  }

 private:
  std::string path_;
};

}  // namespace fat::fuzz
