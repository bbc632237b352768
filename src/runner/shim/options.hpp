// The shim's command line -> what it has to do, or one sentence about what is wrong with it.
#pragma once

#include <cstdint>
#include <string>

#include "runner/shim/output_log.hpp"
#include "runner/shim/system.hpp"

namespace fat::shim {

struct Options {
  std::string folder;                            ///< the attempt's, existing
  std::string token;                             ///< letters, digits, '-', '_', '.'
  Microseconds grace{std::chrono::seconds{10}};  ///< from TERM to KILL
  Microseconds timeout{0};                       ///< zero: none
  Microseconds silence{0};                       ///< zero: none
  bool leave_running = false;
  std::uint64_t output_limit = 32ULL << 20;   ///< bytes a file, of two
  std::uint64_t report_limit = 256ULL << 20;  ///< bytes of report.jsonl
  DailyLog daily;                             ///< instead of output.log
  std::string started_line;                   ///< makes the file "started"; empty: not looked for
  std::string working_folder;                 ///< to go to first; empty: we are there
  char** command = nullptr;                   ///< ends with a null pointer
};

struct ParsedOptions {
  Options options;
  std::string error;  ///< empty when all is well
};

/// Never throws, accepts any text.
ParsedOptions parse_options(int count, char** words);

}  // namespace fat::shim
