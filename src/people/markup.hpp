// Text of strangers -> text within HTML, XML and their attributes.
#pragma once

#include <string>
#include <string_view>

namespace fat {

/// Valid UTF-8 in one line, every character that means something there escaped.
std::string markup(std::string_view text);

/// Bytes as base64, for `data:` addresses. REQUIRES: less than 1 GiB.
std::string base64(std::string_view bytes);

}  // namespace fat
