// What somebody wants of a wire that another process owns.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

#include "fat/model/instant.hpp"

namespace fat {

/// Who has a turn on which device's wire. Without a lease and outside a safe state nothing may be
/// sent: such a one listens.
struct WireClaim {
  std::string device;  ///< name of its [device ...]
  std::string link;    ///< as this one's station.ini writes it: both must mean the same wire
  std::string who;
  std::uint32_t uid = 0;    ///< told by the kernel, not by the claim
  std::uint64_t fence = 0;  ///< of the lease on the device; 0: none
  bool safe_state = false;  ///< nobody bars it
};

inline bool only_listens(const WireClaim& claim) {
  return claim.fence == 0 && !claim.safe_state;
}

/// The process that owns a device's wire.
struct StationWire {
  std::filesystem::path socket;
  WireClaim claim;
  Microseconds returns_within{0};  ///< waited for when it has ended in the middle
};

}  // namespace fat
