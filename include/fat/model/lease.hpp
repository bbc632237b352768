// Who holds an instrument of the station, for what, until when -> text that outlives a process, and
// back.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "fat/model/instant.hpp"

namespace fat {

/// Orders: the station goes on reading, and carries out nobody else's orders. Link: it lets the
/// link go, for a program of the holder's speaks to the instrument itself. Panel: likewise, and
/// the holder stands before the instrument.
enum class LeaseUse { Orders, Link, Panel };

/// "orders", "link", "panel".
std::string_view to_string(LeaseUse use);
std::optional<LeaseUse> parse_lease_use(std::string_view text);

/// One process of this machine and no later one with the same number.
struct ProcessMark {
  std::int64_t pid = 0;
  std::uint64_t start_time = 0;  ///< clock ticks since boot
  std::string boot_id;

  bool operator==(const ProcessMark&) const = default;
};

/// Who asks. A person is known by name and uid; whoever shows the fence of a lease need not have
/// the name.
struct LeaseClaim {
  std::string who;          ///< "anna (uid 1000)"
  std::uint32_t uid = 0;    ///< told by the kernel
  std::uint64_t fence = 0;  ///< of the lease that is claimed; 0: none is shown
  bool safe_state = false;  ///< what brings the bench into its safe state, nobody bars
};

struct Lease {
  std::string instrument;
  std::uint64_t fence = 0;  ///< grows with each lease of the station, of whatever instrument
  std::string who;
  std::uint32_t uid = 0;
  std::string purpose;
  LeaseUse use = LeaseUse::Orders;
  Instant since;                       ///< or when it was renewed last
  Microseconds length{0};              ///< it ends by itself
  std::optional<ProcessMark> process;  ///< it ends with that one, and is renewed while that lives

  bool operator==(const Lease&) const = default;
};

/// All leases of a station: written down before anybody is told.
struct LeaseRecord {
  std::uint64_t newest_fence = 0;
  std::vector<Lease> leases;

  bool operator==(const LeaseRecord&) const = default;
};

std::string to_json_text(const LeaseRecord& record);
/// nullopt when the text is not one, or longer than any could be.
std::optional<LeaseRecord> lease_record_from_json_text(std::string_view text);

/// It is this one's: he shows its fence, or is the person who took it for no process.
bool is_of(const Lease& lease, const LeaseClaim& claim);

/// Zero when it is over.
Microseconds lease_left(const Lease& lease, const Instant& now);

/// The link belongs to the holder, not to the station.
bool is_lent(const Lease& lease);

/// "leased to anna (uid 1000) for 'bias scan' until 2026-11-22 14:00:00 +0100 (another 9 min)".
std::string in_words(const Lease& lease, const Instant& now);

}  // namespace fat
