// Ctrl-C and SIGTERM -> verbs (DESIGN 9).
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "fat/model/run_status.hpp"
#include "fat/model/verb.hpp"
#include "runner/boot_timer.hpp"

namespace boost::asio {
class io_context;  // NOLINT(readability-identifier-naming): of the library
}

namespace fat {

/// Ctrl-C once stops, twice aborts, three times halts; the count begins anew when a stop was taken
/// back. SIGTERM stops, and aborts when the step has
/// not ended before the deadline. SIGHUP (the screen died) and SIGPIPE are ignored. SIGINT and
/// SIGTERM may be blocked until this listens: nothing that came before is lost.
class OperatorSignals {
 public:
  using Say = std::function<void(VerbKind, const std::string& who, const std::string& reason)>;

  using Status = std::function<RunStatus()>;

  /// `deadline` is the time between SIGTERM and the abort. `say` and `status` are called on the
  /// loop's thread.
  OperatorSignals(boost::asio::io_context& loop, Microseconds deadline, Say say, Status status);
  ~OperatorSignals();
  OperatorSignals(const OperatorSignals&) = delete;
  OperatorSignals& operator=(const OperatorSignals&) = delete;

 private:
  struct Signals;
  void wait();
  void interrupt();
  void terminate();

  std::unique_ptr<Signals> signals_;
  BootTimer deadline_timer_;
  Microseconds deadline_;
  Say say_;
  Status status_;
  int presses_ = 0;
  bool terminating_ = false;
};

}  // namespace fat
