// `fatmaster set`: a channel's value, ordered and read back.
#pragma once

#include <cstdint>
#include <string>

#include "cli/bench_files.hpp"
#include "cli/command.hpp"
#include "fat/model/channel_entry.hpp"
#include "fat/model/station.hpp"

namespace fat {

Command set_command();

/// Of the process that owns the wires, or directly where there is none: "", or why it was not set.
/// The lease that this process was given counts, and that it belongs to a safe state. Throws
/// CommandError when nobody knows.
std::string set_here(const Invocation& invocation,
                     const Station& station,
                     const ChannelEntry& channel,
                     double value);

/// What is to be set, for whom.
struct SettingWish {
  double value = 0;
  std::string who;
  std::uint64_t fence = 0;  ///< of the lease that he shows; 0: none
  bool safe_state = false;  ///< it belongs to a safe state: no lease bars it
};

/// Orders it of the process that owns the wires and waits, up to a minute, until the instrument has
/// confirmed it: "", or why it was not set. Throws CommandError when nobody knows.
std::string set_through_station(const BenchFiles& files,
                                const ChannelEntry& channel,
                                const SettingWish& wish);

}  // namespace fat
