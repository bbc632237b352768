// A station -> its dashboard and control API on a port; the same beside a run or a station process.
#pragma once

#include <string>

#include <sys/types.h>

#include "cli/command.hpp"

namespace fat {

/// A server of its own process, for as long as this object lives: whatever it is asked for, neither
/// run nor interlock waits for it.
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

/// --listen of run, resume and station.
OptionInfo listen_option();

Command serve_command();

}  // namespace fat
