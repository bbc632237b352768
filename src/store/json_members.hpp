// Text of a JSON object, as Python writes and reads it -> its members as raw text, and back.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace fat::store {

/// One member of an object. Values are never interpreted: numbers of any size, NaN, Infinity,
/// nested objects stay byte for byte.
struct JsonMember {
  std::string name;      ///< decoded; a lone surrogate becomes U+FFFD
  std::string raw_name;  ///< with its quotes
  std::string value;     ///< as written

  bool operator==(const JsonMember&) const = default;
};

/// nullopt when the text is not one complete JSON object (NaN and Infinity allowed, as in Python),
/// or nests deeper than 500.
std::optional<std::vector<JsonMember>> split_json_object(std::string_view text);

/// As Python's json.dump(indent=4) writes an object at that depth (0: the file itself). No newline
/// at the end.
std::string join_json_object(const std::vector<JsonMember>& members, int depth);

/// With quotes and everything but printable ASCII escaped, as Python does. Bytes that are not UTF-8
/// become U+FFFD.
std::string to_json_string(std::string_view text);
/// The decoded text when `value` is a JSON string.
std::optional<std::string> from_json_string(std::string_view value);

JsonMember make_member(std::string_view name, std::string value);

}  // namespace fat::store
