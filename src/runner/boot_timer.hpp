// A delay on the boot clock (it counts suspend) -> a call on the event loop.
#pragma once

#include <functional>
#include <memory>

#include "fat/model/instant.hpp"

namespace boost::asio {
class io_context;  // NOLINT(readability-identifier-naming): of the library
}

namespace fat {

class BootTimer {
 public:
  /// Throws std::system_error when the kernel has no timer left.
  explicit BootTimer(boost::asio::io_context& loop);
  ~BootTimer();
  BootTimer(const BootTimer&) = delete;
  BootTimer& operator=(const BootTimer&) = delete;

  /// Calls once after `delay`; replaces what was set before. A delay of zero or less calls soon,
  /// never from here.
  void start(Microseconds delay, std::function<void()> call);
  /// Calls every `period` until cancelled.
  void repeat(Microseconds period, std::function<void()> call);
  void cancel();

 private:
  struct State;
  std::shared_ptr<State> state_;  ///< shared with the handler waiting in the loop
};

}  // namespace fat
