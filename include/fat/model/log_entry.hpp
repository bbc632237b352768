// What people write into the logbook: text of several lines, and files that belong to it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace fat {

/// A file of an entry. Its content is kept in the station under its hash.
struct LogAttachment {
  std::string name;  ///< as the person named it, without folders
  std::string sha256;
  std::int64_t size = 0;  ///< bytes

  bool operator==(const LogAttachment&) const = default;
};

inline constexpr std::size_t kLongestLogText = 16'000;  ///< bytes
inline constexpr std::size_t kMostAttachments = 10;     ///< of one entry

/// Like plain_text(), but lines stay lines; none is left empty at the end.
std::string plain_lines(std::string_view text, std::size_t max_bytes);

}  // namespace fat
