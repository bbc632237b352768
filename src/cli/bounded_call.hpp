// Work that may hang (a dead mount, a broken interpreter) -> its answer, or nothing after a while.
#pragma once

#include <chrono>
#include <functional>
#include <string>
#include <vector>

namespace fat {

/// What became of it.
struct BoundedResult {
  bool answered = false;  ///< false: it was still at work when the patience was over
  int status = 0;         ///< its exit status; 128 + number of a signal that ended it
  std::string text;       ///< what it said, at most 64 KiB
};

/// Does `work` in a process of its own, which is killed when `patience` is over, and not waited for
/// if it cannot be killed. `work` returns the text and must not rely on threads; what it throws
/// (std::exception) becomes status 1 with its text. Call it while this process has one thread.
BoundedResult call_within(std::chrono::milliseconds patience,
                          const std::function<std::string()>& work);

/// The same for a program, looked for on PATH: its stdout and stderr are the text; status 127 when
/// there is no such program.
BoundedResult run_within(std::chrono::milliseconds patience, const std::vector<std::string>& words);

}  // namespace fat
