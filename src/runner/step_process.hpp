// An attempt to start -> a living shim with its command, and the handles to watch and end it.
#pragma once

#include <filesystem>
#include <stdexcept>
#include <string>
#include <vector>

#include <sys/types.h>

#include "fat/model/instant.hpp"
#include "fat/model/owned_fd.hpp"
#include "fat/runner/step_command.hpp"

namespace fat {

class StandbyShim;

/// What a step's process is started with. Zero durations: no limit.
struct LaunchSpec {
  std::filesystem::path folder;  ///< the attempt's; must not exist, its parents may
  std::string token;             ///< letters, digits, '-', '_', '.'; at most 128
  std::vector<std::string> argv;
  std::vector<std::string> environment;  ///< "NAME=value", complete; the token is added
  std::filesystem::path working_folder;
  std::vector<StepFile> files;  ///< lie in the folder before the command runs
  Microseconds timeout{0};
  Microseconds silence_timeout{0};
  Microseconds grace{std::chrono::seconds{10}};
  bool leave_running = false;
  std::uint64_t output_limit = 32ULL << 20;   ///< bytes a file, of two
  std::uint64_t report_limit = 256ULL << 20;  ///< bytes of report.jsonl
  std::filesystem::path daily_log;            ///< of a service, instead of output.log; absolute
  int log_days = 30;
  std::string started_line;  ///< of a service
};

/// FolderExists: somebody was here before, nothing was touched. In all other cases nothing is left
/// behind, neither process nor folder.
enum class LaunchFault { FolderExists, FolderNotMade, NoShim, NoWorkingFolder, System };

class LaunchError : public std::runtime_error {
 public:
  LaunchError(LaunchFault fault, int error, const std::string& what);

  LaunchFault fault() const { return fault_; }

  /// errno; 0 when there was none.
  int error() const { return error_; }

 private:
  LaunchFault fault_;
  int error_;
};

/// Abort: TERM, grace, KILL to everything of the step. Halt: KILL at once. ReadAnswers:
/// answers.jsonl has grown.
enum class ShimSignal { Abort, Halt, ReadAnswers };

/// A shim: started by us or adopted. Destroying it ends nothing; the shim then knows that nobody
/// listens and makes its records durable itself.
class StepProcess {
 public:
  /// `handle` is a pidfd; `listener` the reading end of the pipe by which the shim knows that we
  /// live, none when adopted.
  StepProcess(pid_t id, OwnedFd handle, OwnedFd listener);

  pid_t id() const { return id_; }

  /// Readable when the shim has ended: then its records are complete, or there will be none.
  int handle() const { return handle_.get(); }

  /// Only ever reaches that very shim. False when it has ended. Twice: presses harder (Abort
  /// becomes Halt).
  bool signal(ShimSignal signal) const;

  /// Once `handle` is readable: lets the kernel forget our child. Never blocks; harmless when it
  /// was adopted.
  void reap() const;

 private:
  pid_t id_;
  OwnedFd handle_, listener_;
};

/// Makes the folder, takes its lock and starts `shim`, which inherits it. Returns as soon as the
/// shim runs; whether the command could be executed stands in its exit record. Throws LaunchError.
StepProcess launch(const LaunchSpec& spec, const std::filesystem::path& shim);

/// The same, with the shim that stands by if there is one that takes the order.
StepProcess launch(const LaunchSpec& spec, const std::filesystem::path& shim, StandbyShim& standby);

}  // namespace fat
