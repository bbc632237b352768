// The leases of a station -> a file in STATE, and back.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "fat/model/lease.hpp"

namespace fat {

/// Durable when it returns. Throws std::system_error. REQUIRES: one writer.
void write_lease_record(const std::filesystem::path& file,
                        const LeaseRecord& record,
                        bool for_group);

struct LeaseRecordRead {
  std::optional<LeaseRecord> record;  ///< nullopt: there is none yet, or it is damaged
  std::string damage;                 ///< a sentence; empty: none
};

/// The file stays as it is. Never throws.
LeaseRecordRead read_lease_record(const std::filesystem::path& file);

}  // namespace fat
