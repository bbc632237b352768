// Who waits for a turn on a wire -> whose it is next. Pure.
#pragma once

#include <array>
#include <cstdint>
#include <deque>

#include "fat/devices/shared_wires.hpp"

namespace fat {

/// After a turn of one kind of user one of the other kind comes first; within a kind whoever came
/// first. So an order of the owner's waits for one transaction of a guest, and a guest for one of
/// the owner's.
class TurnQueue {
 public:
  using Ticket = std::uint64_t;

  /// Waits from now on.
  Ticket join(WireUser user);
  /// Waits no more.
  void leave(WireUser user, Ticket ticket);
  /// Nobody has the turn, and nobody comes before.
  bool may_begin(WireUser user, Ticket ticket) const;
  /// It waits no more: it has the turn.
  void begin(WireUser user, Ticket ticket);

  void end() { is_taken_ = false; }

  /// Who has the turn, or had the last one.
  WireUser last() const { return last_; }

 private:
  using Waiting = std::deque<Ticket>;

  static std::size_t place(WireUser user) { return user == WireUser::Owner ? 0 : 1; }

  std::array<Waiting, 2> waiting_;
  Ticket newest_ = 0;
  bool is_taken_ = false;
  WireUser last_ = WireUser::Guest;
};

}  // namespace fat
