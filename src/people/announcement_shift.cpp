// Who acts at the station, who was called and who has seen it -> lines.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "fat/model/plain_text.hpp"
#include "people/announcer.hpp"
#include "people/words.hpp"

namespace fat {
namespace {

constexpr std::size_t kLongestAlert = 300;

std::string title(const Alert& alert) {
  return alert.prompt == 0 ? fmt::format("message {}", alert.id)
                           : fmt::format("question {}", alert.id);
}

std::string line_of(const CallBook& book, const std::string& id) {
  const auto* alert = find_alert(book, id);
  return alert == nullptr ? fmt::format("  {}", id)
                          : fmt::format("  {} of {}: {}",
                                        title(*alert),
                                        to_local_text(alert->at),
                                        plain_text(alert->text, kLongestAlert));
}

}  // namespace

void Announcer::tell(const ShiftTaken& event) {
  const auto from =
      event.before.empty() || event.before == event.person ? "" : " from " + event.before;
  say(Urgency::Info,
      event.handed_over
          ? fmt::format("the shift is handed over{} to {}{}", from, event.person, by())
          : fmt::format("{} acts at this station from now on{}", event.person, by()));
  for (const auto& line : event.report) {
    say(Urgency::Info, "  " + line);
  }
}

void Announcer::tell(const Acknowledged& event) {
  say(Urgency::Info, fmt::format("acknowledged{}: {}", by(), fmt::join(event.alerts, ", ")));
}

void Announcer::tell(const PersonCalled& event) {
  const auto& book = campaign_.call_book();
  say(Urgency::Warning,
      fmt::format("{} is called: nobody has acknowledged within {}",
                  event.person,
                  to_text(book.on_call.escalate_after)));
  for (const auto& id : event.alerts) {
    say(Urgency::Warning, line_of(book, id));
  }
  say(Urgency::Info, "  to say that you look after it: fatmaster ack");
}

/// What was taken says so itself.
void Announcer::tell(const ReplyRead& event) {
  if (!event.taken) {
    say(Urgency::Info,
        fmt::format("what {} wrote in the thread was not taken: {}", event_.who, event.text));
  }
}

void Announcer::tell(const PromptReminded& event) {
  const auto& book = campaign_.call_book();
  const auto id = std::to_string(event.id);
  say(Urgency::Warning, fmt::format("question {} still waits for an answer", id));
  say(Urgency::Info, line_of(book, id));
}

}  // namespace fat
