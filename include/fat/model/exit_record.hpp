// How a step's process ended, as the shim wrote it down (exit.json), and what that means.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "fat/model/instant.hpp"
#include "fat/model/outcome.hpp"

namespace fat {

/// Who ended the command: itself, or the shim because of a time-out or because it was told to.
enum class EndedBy { Itself, Timeout, Silence, Abort, Halt };

std::string_view to_string(EndedBy ended_by);
std::optional<EndedBy> parse_ended_by(std::string_view text);

/// Content of exit.json (DESIGN 7). Exactly one of `status` and `signal` is set, unless the command
/// could not be started.
struct ExitRecord {
  std::string token;  ///< of the attempt it belongs to
  std::optional<int> status;
  std::optional<int> signal;
  EndedBy ended_by = EndedBy::Itself;
  std::string start_error;  ///< why the command could not be started; empty when it was
  WallTime started, ended;
  Microseconds ran{0};              ///< on the boot clock
  Microseconds user{0}, system{0};  ///< processor time of the command and all it waited for
  std::int64_t max_rss_kib = 0;
  std::uint64_t report_bytes = 0;    ///< length of report.jsonl: a shorter one has lost its end
  std::uint64_t report_dropped = 0;  ///< report bytes over the limit, not kept
  std::uint64_t output_bytes = 0;    ///< all that was written, also what rotation threw away
  int survivors = 0;                 ///< processes the command left behind, ended by the shim
};

/// nullopt when the text is not a complete exit record (torn, foreign, hostile).
std::optional<ExitRecord> parse_exit_record(std::string_view text);

/// Content of start.json: written before the command may run.
struct ProcessId {
  int pid = 0;
  std::uint64_t start_time = 0;  ///< clock ticks since boot, field 22 of /proc/PID/stat

  bool operator==(const ProcessId&) const = default;
};

struct StartRecord {
  std::string token;
  std::string boot_id;
  ProcessId shim, command;
};

std::optional<StartRecord> parse_start_record(std::string_view text);

/// What an exit means for the attempt (DESIGN 7): 0 done, 75 try again later, 77 skipped, all else
/// errored; what was aborted or halted is aborted.
struct Ending {
  Outcome outcome = Outcome::Errored;
  bool try_later = false;
  bool timed_out = false;
  std::string reason;  ///< for people, empty when done: "exit status 3", "killed by signal 11
                       ///< (Segmentation fault)"
};

Ending judge(const ExitRecord& record);

}  // namespace fat
