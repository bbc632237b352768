// Alerts open, people are told, somebody acknowledges.
#include "fat/engine/alerts.hpp"

#include <algorithm>

namespace fat {

namespace {

/// A step that cries without end calls nobody more often than this.
constexpr std::size_t kMostAlerts = 50;

constexpr Microseconds kShortestReminder = std::chrono::seconds{10};

bool contains(const std::vector<std::string>& list, const std::string& item) {
  return std::ranges::find(list, item) != list.end();
}

}  // namespace

void Alerts::open(Alert alert, Microseconds now, WallTime at) {
  alert.at = at;
  alert.since = alert.last_call = alert.last_reminder = now;
  alert.called = first_called(book_.on_call);
  book_.alerts.push_back(std::move(alert));
}

void Alerts::ask(const Prompt& prompt, Microseconds now, WallTime at) {
  Alert alert;
  alert.id = std::to_string(prompt.id);
  alert.prompt = prompt.id;
  alert.text = prompt.text;
  alert.escalate = prompt.escalate_to;
  if (prompt.remind_every) {
    alert.remind_every = std::max(*prompt.remind_every, kShortestReminder);
  }
  open(std::move(alert), now, at);
}

void Alerts::cry(const std::string& text, Microseconds now, WallTime at) {
  const bool known = std::ranges::find(book_.alerts, text, &Alert::text) != book_.alerts.end();
  if (known || book_.alerts.size() >= kMostAlerts) {
    return;
  }
  Alert alert;
  alert.id = "c" + std::to_string(++book_.critical_messages);
  alert.text = text;
  open(std::move(alert), now, at);
}

void Alerts::keep_questions(const std::function<bool(int prompt)>& is_open) {
  std::erase_if(book_.alerts,
                [&](const Alert& alert) { return alert.prompt != 0 && !is_open(alert.prompt); });
}

void Alerts::close(const std::string& text) {
  std::erase_if(book_.alerts,
                [&](const Alert& alert) { return alert.prompt == 0 && alert.text == text; });
}

/// What is open is part of what he is told.
void Alerts::take_shift(const ShiftTaken& body, WallTime at) {
  book_.on_call.shifter = body.person;
  book_.on_call.since = at;
  for (auto& alert : book_.alerts) {
    if (!contains(alert.called, body.person)) {
      alert.called.push_back(body.person);
    }
  }
}

/// A message has done its work then; a question still wants its answer.
void Alerts::acknowledge(const Acknowledged& body, const std::string& who) {
  for (auto& alert : book_.alerts) {
    if (contains(body.alerts, alert.id)) {
      alert.acknowledged = who;
    }
  }
  std::erase_if(book_.alerts, [](const Alert& alert) {
    return alert.prompt == 0 && !alert.acknowledged.empty();
  });
}

void Alerts::call(const PersonCalled& body, Microseconds now) {
  for (auto& alert : book_.alerts) {
    if (contains(body.alerts, alert.id)) {
      alert.called.push_back(body.person);
      alert.last_call = now;
    }
  }
}

void Alerts::remind(int prompt, Microseconds now) {
  for (auto& alert : book_.alerts) {
    if (alert.prompt == prompt) {
      alert.last_reminder = now;
    }
  }
}

}  // namespace fat
