// The events of questions to people, of shifts and of who was called.
#include "fat/engine/run_state.hpp"

namespace fat {

void RunState::on(const ShiftTaken& body, const Event& event) {
  alerts.take_shift(body, event.at.wall);
}

void RunState::on(const Acknowledged& body, const Event& event) {
  alerts.acknowledge(body, event.who);
}

void RunState::on(const PersonCalled& body, const Event&) {
  alerts.call(body, time_);
}

void RunState::on(const PromptReminded& body, const Event&) {
  alerts.remind(body.id, time_);
}

void RunState::on(const ReplyRead& body, const Event&) {
  alerts.read(body);
}

/// Whoever reads it first may be asleep. Behind the end of the run nobody decides who is called
/// next: what a process says that outlives it is only told.
void RunState::cry(const std::string& text, const Event& event) {
  if (!ended) {
    alerts.cry(text, time_, event.at.wall);
  }
}

void RunState::on(const Noted& body, const Event& event) {
  if (body.level == "critical") {
    cry(body.text, event);
  }
}

}  // namespace fat
