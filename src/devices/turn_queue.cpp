// Who waits for a turn on a wire -> whose it is next. Pure.
#include "devices/turn_queue.hpp"

namespace fat {

TurnQueue::Ticket TurnQueue::join(WireUser user) {
  waiting_.at(place(user)).push_back(++newest_);
  return newest_;
}

void TurnQueue::leave(WireUser user, Ticket ticket) {
  std::erase(waiting_.at(place(user)), ticket);
}

bool TurnQueue::may_begin(WireUser user, Ticket ticket) const {
  const auto& same = waiting_.at(place(user));
  const auto& others = waiting_.at(1 - place(user));
  const bool gives_way = last_ == user && !others.empty();
  return !is_taken_ && !gives_way && !same.empty() && same.front() == ticket;
}

void TurnQueue::begin(WireUser user, Ticket ticket) {
  leave(user, ticket);
  is_taken_ = true;
  last_ = user;
}

}  // namespace fat
