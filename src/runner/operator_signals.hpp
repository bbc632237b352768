// Ctrl-C and SIGTERM -> verbs (DESIGN 9).
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "fat/model/verb.hpp"
#include "runner/boot_timer.hpp"

namespace boost::asio {
class io_context;
}

namespace fat {

/// Ctrl-C once stops, twice aborts, three times halts. SIGTERM stops, and aborts when the step has
/// not ended before the deadline. SIGHUP (the screen died) and SIGPIPE are ignored.
class OperatorSignals {
 public:
  using Say = std::function<void(VerbKind, const std::string& who, const std::string& reason)>;

  /// `deadline` is the time between SIGTERM and the abort. `say` is called on the loop's thread.
  OperatorSignals(boost::asio::io_context& loop, Microseconds deadline, Say say);
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
  int presses_ = 0;
};

}  // namespace fat
