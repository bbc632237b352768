# FILES (a list with ;) -> OUT, a .cpp that holds their bytes. Each byte is written as \xNN: nothing of them means anything to C++.
set(rows "")
foreach(file IN LISTS FILES)
  get_filename_component(name ${file} NAME)
  file(READ ${file} bytes HEX)
  string(LENGTH "${bytes}" digits)
  math(EXPR length "${digits} / 2")
  string(REGEX REPLACE "(..)" "\\\\x\\1" bytes "${bytes}")
  string(APPEND rows "    PageFile{\"${name}\", {\"${bytes}\", ${length}}},\n")
endforeach()
list(LENGTH FILES count)
file(WRITE ${OUT}.new "// Made by src/web/embed_page.cmake.
#include <array>

#include \"web/page_files.hpp\"

namespace fat {

std::span<const PageFile> page_files() {
  static constexpr std::array<PageFile, ${count}> files{{
${rows}  }};
  return files;
}

}  // namespace fat
")
file(RENAME ${OUT}.new ${OUT})
