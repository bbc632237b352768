// Clocks and complete writes, as the shim's other parts need them.
#pragma once

#include <chrono>
#include <cstddef>
#include <string_view>

namespace fat::shim {

using Microseconds = std::chrono::microseconds;

/// Since boot, suspend included. Never jumps.
Microseconds boot_now();
/// Since 1970, UTC. For people; may jump.
Microseconds wall_now();

/// Writes all of it unless the file refuses. Returns how much was written; if less than all, errno
/// says why.
std::size_t write_fully(int fd, std::string_view bytes);

}  // namespace fat::shim
