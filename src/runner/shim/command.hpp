// A command line -> a child process that runs only after it was told to, and its pipes.
#pragma once

#include <optional>
#include <string>

#include <sys/types.h>

#include "fat/model/owned_fd.hpp"

namespace fat::shim {

/// Exit status of a command that could not be executed, as the shell has it.
constexpr int kCannotExecute = 127;

/// Both ends of a pipe; close-on-exec.
struct Pipe {
  OwnedFd reading, writing;
};

/// What the command gets as descriptors 1 and 2, 3, 4 and how it is told to begin. All made before
/// the fork: afterwards nothing new is needed.
struct CommandPipes {
  Pipe output, report, answer;
  OwnedFd ours,
      theirs;  ///< one byte lets the command begin; its errno comes back when it cannot
};

/// nullopt when the kernel refused; errno says why. Our ends do not block.
std::optional<CommandPipes> make_pipes();

/// Forks a child in a process group of its own. It waits for `let_go`; without it (or when we die)
/// it ends and runs nothing. -1 when the kernel refused. The child keeps descriptor `lock` open, so
/// that the lock lasts as long as the command.
pid_t fork_command(CommandPipes& pipes, char** command, int lock);

/// From here on the command runs. False when it is dead already.
bool let_go(const CommandPipes& pipes);

/// errno of the attempt to execute it; 0 when it runs or ran.
int start_errno(const CommandPipes& pipes);

}  // namespace fat::shim
