// Bytes of a stranger (a step, a device, a peer) -> text that is safe to store, print and send.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace fat {

/// Every byte that is not part of valid UTF-8 becomes U+FFFD; all else stays.
std::string valid_utf8(std::string_view text);

/// Valid UTF-8 in one line without control characters (no ESC, no C1, no direction marks), at most
/// `max_bytes` long and never cut within a character. Line breaks and tabs become spaces.
std::string plain_text(std::string_view text, std::size_t max_bytes);

}  // namespace fat
