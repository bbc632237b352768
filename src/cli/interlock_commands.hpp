// `fatmaster interlock`: what interlocks say, and a person's word to them.
#pragma once

#include "cli/bench_files.hpp"
#include "cli/command.hpp"
#include "cli/station_pages.hpp"

namespace fat {

Command interlock_command();

/// What the process that watches them says to it. Throws CommandError when there is none, or it
/// does not answer.
VerbReply tell_station(const BenchFiles& files, const InterlockRequest& request);

}  // namespace fat
