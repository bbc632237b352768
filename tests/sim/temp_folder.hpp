// A fresh folder that is removed again.
#pragma once

#include <cstdlib>
#include <filesystem>
#include <string>

namespace fat {

class TempFolder {
 public:
  TempFolder() {
    std::string name = (std::filesystem::temp_directory_path() / "fat_test_XXXXXX").string();
    path_ = ::mkdtemp(name.data());
  }

  ~TempFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }

  TempFolder(const TempFolder&) = delete;
  TempFolder& operator=(const TempFolder&) = delete;

  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

}  // namespace fat
