// The address of a request -> its parts and its query, percent-decoded, or what is wrong with it.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace fat {

struct Target {
  std::vector<std::string>
      parts;  ///< between slashes; "/" has none. UTF-8 without control characters
  std::map<std::string, std::string> query;
  std::string problem;  ///< not empty: the rest is not to be used
};

/// Strict: "..", ".", empty parts (also a last one), control characters, broken UTF-8 and broken
/// escapes are problems. An encoded slash is a slash within its part: whoever does not expect it
/// refuses it.
Target read_target(std::string_view text);

/// Of a name that may have slashes: none of its parts is empty, "." or "..".
bool is_inside(std::string_view name);

}  // namespace fat
