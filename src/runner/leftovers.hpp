// What is left of an attempt whose shim is dead -> ended.
#pragma once

#include <filesystem>
#include <string_view>
#include <vector>

#include <sys/types.h>

#include "fat/model/instant.hpp"

namespace fat {

struct Leftovers {
  int ended = 0;             ///< processes that were sent KILL and are gone
  std::vector<pid_t> alive;  ///< still there: in the kernel's hands, or not ours to end
};

/// Ends, with KILL, every process that carries the token in its environment or holds the lock of
/// the attempt's folder, again and again until none is left or `patience` is over. Never this
/// process and none above it. Blocks, usually for some milliseconds. Processes of other users
/// cannot be looked into; a lock they hold is seen by probe_lock().
Leftovers end_leftovers(std::string_view token,
                        const std::filesystem::path& folder,
                        Microseconds patience = std::chrono::seconds{5});

}  // namespace fat
