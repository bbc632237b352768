// `fatmaster set`: a channel's value, ordered and read back.
#pragma once

#include <string>

#include "cli/bench_files.hpp"
#include "cli/command.hpp"
#include "fat/model/channel_entry.hpp"

namespace fat {

Command set_command();

/// Orders it of the process that owns the wires and waits, up to a minute, until the instrument has
/// confirmed it: "", or why it was not set. Throws CommandError when nobody knows.
std::string set_through_station(const BenchFiles& files,
                                const ChannelEntry& channel,
                                double value,
                                const std::string& who);

}  // namespace fat
