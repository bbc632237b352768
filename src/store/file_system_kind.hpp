// The kernel's number of a file system's kind -> its name, when it is one that journals and locks
// cannot trust.
#pragma once

#include <cstdint>
#include <string_view>

namespace fat::store {

/// "NFS", "SMB" ...; empty for one that is safe.
std::string_view unsafe_kind(std::uint32_t kind);

}  // namespace fat::store
