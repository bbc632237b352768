// What every reader of a run JSON agrees on.
#pragma once

#include <cstdint>

namespace fat::store {

/// A run JSON is some hundred KiB; what is longer than this is something else.
constexpr std::uint64_t kLongestRunJson = 64ULL * 1024 * 1024;

}  // namespace fat::store
