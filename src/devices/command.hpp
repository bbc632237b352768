// One row of a device's table of commands: what it answers, how long that may take, whether it may
// be repeated.
#pragma once

#include <algorithm>
#include <string_view>

#include "fat/model/instant.hpp"

namespace fat {

/// Whether a reply has the form that the command demands.
using ReplyForm = bool (*)(std::string_view reply);

struct DeviceCommand {
  std::string_view words;
  ReplyForm form = nullptr;     ///< of the reply; nullptr: the device sends none
  bool idempotent = false;      ///< may be sent again when nobody knows whether it was heard
  Microseconds first_byte{0};   ///< 0: the link's
  Microseconds whole_reply{0};  ///< 0: the link's
};

/// ASCII without control characters: a damaged byte is none.
inline bool is_printable(std::string_view text) {
  return std::ranges::all_of(text, [](char byte) { return byte >= 0x20 && byte < 0x7f; });
}

}  // namespace fat
