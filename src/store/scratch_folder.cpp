// mkdtemp, and remove_all at the end.
#include "store/scratch_folder.hpp"

#include <cerrno>
#include <cstdlib>
#include <system_error>

namespace fat::store {

ScratchFolder::ScratchFolder()
    : path_((std::filesystem::temp_directory_path() / "fatmaster-XXXXXX").string()) {
  if (::mkdtemp(path_.data()) == nullptr) {
    throw std::system_error(errno, std::generic_category(), "cannot make a folder in TMPDIR");
  }
}

ScratchFolder::~ScratchFolder() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

}  // namespace fat::store
