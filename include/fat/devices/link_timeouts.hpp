// How long each part of a conversation with a device may take, each with its name.
#pragma once

#include <filesystem>
#include <string>

#include "fat/model/instant.hpp"

namespace fat {

/// Each can be set per device in station.ini; a command may have a first-byte time of its own.
struct LinkTimeouts {
  Microseconds lock = std::chrono::seconds{5};     ///< until who else holds the link lets it go
  Microseconds connect = std::chrono::seconds{2};  ///< for each address of the host
  Microseconds write = std::chrono::milliseconds{500};
  Microseconds first_byte = std::chrono::seconds{1};  ///< of a reply
  Microseconds between_bytes = std::chrono::milliseconds{100};
  Microseconds whole_reply = std::chrono::seconds{10};  ///< after its first byte
  Microseconds pause{0};  ///< silence before each command, where a device needs it
};

/// Where the locks of physical links are, and what a holder says it is doing.
struct LinkLocks {
  std::filesystem::path folder;  ///< empty: links are not locked (tests, one process alone)
  std::string purpose;           ///< "step 3 measure_gain_0"
};

}  // namespace fat
