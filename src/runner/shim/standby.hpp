// A shim that knows no step yet -> the order of one, with its lock and its listener.
#pragma once

#include <optional>
#include <span>
#include <string_view>

#include "runner/shim_order.hpp"

namespace fat::shim {

/// Whether the command line is that of a shim that stands by, of the protocol that we know.
bool is_standby(std::span<char*> words);

/// Takes its order from the socket on descriptor 3, and then looks like the shim that was started
/// with it: descriptors 3 and 4, working folder excepted, environment, what `ps` shows.
class Standby {
 public:
  /// `words` is main's own: what `ps` shows lies there.
  explicit Standby(std::span<char*> words);

  /// Says that we are ready and waits. nullopt when there will be no order: the scheduler has gone
  /// (or somebody ended us, or the order is not one).
  std::optional<UnpackedOrder> wait(int signals);

 private:
  std::optional<UnpackedOrder> take();
  void show(UnpackedOrder& order);

  std::span<char> command_line_;
  std::span<char> token_;
};

}  // namespace fat::shim
