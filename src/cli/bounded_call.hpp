// Work that may hang (a dead mount, a broken interpreter) -> its answer, or nothing after a while.
#pragma once

#include <chrono>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

namespace fat {

/// What became of it.
struct BoundedResult {
  bool answered = false;  ///< false: it was still at work when the patience was over
  int status = 0;         ///< its exit status; 128 + number of a signal that ended it
  std::string text;       ///< what it said, at most 1 MiB
};

/// Does `work` in a process of its own, which is killed when `patience` is over, and not waited for
/// if it cannot be killed. `work` returns the text and must not rely on threads; what it throws
/// (std::exception) becomes status 1 with its text. Call it while this process has one thread.
BoundedResult call_within(std::chrono::milliseconds patience,
                          const std::function<std::string()>& work);

/// A program, looked for on PATH, and what it finds around it.
struct ProgramCall {
  std::vector<std::string> words;
  std::vector<std::string> environment;  ///< "NAME=value", complete; empty: plain_environment()
  std::filesystem::path folder;          ///< empty: that of this process
  std::string input;                     ///< what it reads on stdin
};

/// Status of a program that is not there.
constexpr int kNoSuchProgram = 127;

/// The same for a program: its stdout and stderr are the text.
BoundedResult run_within(std::chrono::milliseconds patience, const ProgramCall& program);
BoundedResult run_within(std::chrono::milliseconds patience, const std::vector<std::string>& words);

}  // namespace fat
