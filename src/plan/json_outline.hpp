// Text of a JSON file -> its top-level entries in order, without building the whole tree.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace fat {

/// One "key": value. Of arrays only the kind is kept; of objects the entries too where asked for.
struct JsonEntry {
  enum class Kind { Text, Integer, Null, Object, Other };

  std::string key;
  Kind kind = Kind::Other;
  std::string text;                ///< of Kind::Text
  long long integer = 0;           ///< of Kind::Integer
  std::vector<JsonEntry> entries;  ///< of Kind::Object, one level, when its key was asked for
};

/// `problem` is empty when the text is a JSON object.
struct JsonOutline {
  std::vector<JsonEntry> entries;
  std::string problem;  ///< "is not JSON (column 7): ...", "is nested more than 64 deep"
  int line = 0;         ///< of the problem
};

/// Keeps the entries of top-level objects whose key starts with `open_prefix`. NaN and Infinity are
/// numbers, as in Python.
JsonOutline read_json_outline(std::string_view text, std::string_view open_prefix);

/// nullptr when there is none; of several the last one counts, as in Python.
const JsonEntry* find_entry(const std::vector<JsonEntry>& entries, std::string_view key);

}  // namespace fat
