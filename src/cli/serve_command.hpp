// A station -> its dashboard and control API on a port; the same beside a run.
#pragma once

#include <string>

#include <sys/types.h>

#include "cli/command.hpp"

namespace fat {

/// A server of its own process, for as long as this object lives: whatever it is asked for, the run
/// does not wait for it.
class ServerBeside {
 public:
  /// Listens when this returns, and has said where on stderr. Throws CommandError in its words when
  /// it cannot, std::system_error when it cannot be started.
  ServerBeside(const Invocation& invocation, const std::string& listen);
  /// Ends it; waits for that.
  ~ServerBeside();
  ServerBeside(const ServerBeside&) = delete;
  ServerBeside& operator=(const ServerBeside&) = delete;

 private:
  pid_t process_ = -1;
};

/// --listen of run and resume.
OptionInfo listen_option();

Command serve_command();

}  // namespace fat
