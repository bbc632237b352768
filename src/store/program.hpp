// A program with its streams -> how it ended and what it said.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace fat::store {

struct ProgramCall {
  std::vector<std::string> words;  ///< the program, looked for on PATH, and its arguments
  int input = -1;                  ///< what it reads; -1: nothing
  int output = -1;                 ///< where its stdout goes; -1: to `take`
  /// Called with each piece of stdout as it comes, and with "" each second in which none does;
  /// false ends the program (TERM). May be empty.
  std::function<bool(std::string_view bytes)> take;
};

struct ProgramEnd {
  int status = 0;     ///< exit status; 128 + number of the signal that ended it
  std::string error;  ///< what it wrote to stderr, at most 64 KiB
};

/// Status when there is no such program.
constexpr int kProgramMissing = 127;

/// Runs it to its end, in this process group, in the C locale. Its messages are caught, it has no
/// terminal to ask at but the one of this process. Throws std::system_error when no process can be
/// made. May be called from any thread.
ProgramEnd run_program(const ProgramCall& call);

}  // namespace fat::store
