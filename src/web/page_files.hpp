// The files of src/web/page as they stand in this program. The .cpp is made by embed_page.cmake.
#pragma once

#include <span>
#include <string_view>

namespace fat {

struct PageFile {
  std::string_view name;  ///< "index.html"
  std::string_view bytes;
};

/// Empty: the program was built with -DFATMASTER_PAGE=OFF.
std::span<const PageFile> page_files();

}  // namespace fat
