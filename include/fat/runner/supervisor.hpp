// A small parent that starts the engine again when it dies (DESIGN 8). The engine dies with it;
// steps outlive both.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "fat/model/instant.hpp"

namespace fat {

struct SupervisorSettings {
  /// Words of the engine's command line, program first; `died` are the process ids of the engines
  /// that died since one of them lived long, newest last: a young one may have died before it
  /// stored anything.
  std::function<std::vector<std::string>(const std::vector<int>& died)> command;
  /// Told in words when the engine died and what follows.
  std::function<void(const std::string&)> tell;
  /// Told in words when it gives up, after `tell`; may take some seconds.
  std::function<void(const std::string&)> gave_up;
  /// Called after every death, before anything is printed: the engine may have left the terminal in
  /// a strange mode.
  std::function<void()> restore_terminal;
  Microseconds first_delay =
      std::chrono::milliseconds{100};  ///< doubles with every death in a row, up to 10 s
  int give_up_after = 10;              ///< deaths in a row, each within a minute of its start
};

/// Exit code that says: our own bug, start me again.
constexpr int kEngineBug = 70;

/// Exit code of an engine whose run is broken: to the outside kEngineBug, but starting it again
/// would mend nothing.
constexpr int kEngineBroken = 71;

/// Exit code of an engine that a person ended before it had begun.
constexpr int kEngineStopped = 5;

/// Runs the engine until it ends by itself and returns its exit code; kEngineBug when it was given
/// up. SIGTERM, and SIGINT sent by a program, are passed on; Ctrl-C at the terminal reaches the
/// engine itself. One that comes between two engines waits, blocked, until the next one listens
/// (OperatorSignals): what it took over it must not leave behind unsafe. Throws std::system_error
/// when it cannot be started.
int supervise(const SupervisorSettings& settings);

}  // namespace fat
