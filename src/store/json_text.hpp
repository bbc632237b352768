// UTF-8 text <-> a JSON string of plain ASCII.
#pragma once

#include <string>
#include <string_view>

namespace fat::store {

/// The text of a valid JSON string, quotes included, as UTF-8. A lone surrogate becomes U+FFFD.
std::string decode_json_string(std::string_view quoted);

}  // namespace fat::store
