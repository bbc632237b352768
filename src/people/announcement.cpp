// One event -> lines: what all kinds of events share.
#include "fat/people/announcement.hpp"

#include <utility>
#include <variant>

#include <fmt/format.h>

#include "people/announcer.hpp"
#include "people/words.hpp"

namespace fat {

std::vector<Announcement> Announcer::lines() && {
  std::visit([this](const auto& body) { tell(body); }, event_.body);
  return std::move(lines_);
}

void Announcer::say(Urgency urgency, std::string_view text) {
  lines_.push_back({.urgency = urgency, .text = printable(text), .fault = {}});
}

void Announcer::say_fault(Urgency urgency, std::string_view fault, std::string_view text) {
  lines_.push_back({.urgency = urgency,
                    .text = printable(text),
                    .fault = urgency == Urgency::Info ? "" : printable(fault)});
}

std::optional<std::size_t> Announcer::main_index(const std::string& title) const {
  const auto* started = std::get_if<AttemptStarted>(&event_.body);
  int near = started == nullptr ? 0 : started->index;
  for (const auto& open : campaign_.open_attempts(event_.at)) {
    near = open.key.list == StepList::Main ? open.index : near;
  }
  return find_step(campaign_.plan().steps, title, static_cast<std::size_t>(near));
}

std::string Announcer::name(const AttemptKey& key) const {
  switch (key.list) {
    case StepList::Main: {
      const auto index = main_index(key.title);
      return index ? fmt::format("[{}] {}", *index, key.title) : key.title;
    }
    case StepList::SafeState:
      return "safe state: " + key.title;
    case StepList::OnResume:
      return "on resume: " + key.title;
    case StepList::Backup:
      return key.title.starts_with("backup") ? key.title : "backup: " + key.title;
  }
  return key.title;
}

std::string Announcer::by() const {
  return event_.who.empty() || event_.who == "fatmaster" ? "" : " by " + event_.who;
}

std::string Announcer::because(std::string_view reason) {
  return reason.empty() ? "" : fmt::format(": {}", reason);
}

Urgency urgency_of(std::string_view level) {
  if (level == "critical") {
    return Urgency::Critical;
  }
  return level == "warning" ? Urgency::Warning : Urgency::Info;
}

std::vector<Announcement> announce(const Event& event, const Campaign& campaign) {
  return Announcer{event, campaign}.lines();
}

std::string log_line(const Announcement& announcement, WallTime when, bool virtual_station) {
  std::string line = to_local_text(when) + (virtual_station ? "  VIRTUAL  " : "  ");
  switch (announcement.urgency) {
    case Urgency::Info:
      break;
    case Urgency::Warning:
      line += "WARNING ";
      break;
    case Urgency::Critical:
      line += "CRITICAL ";
      break;
  }
  return line + announcement.text;
}

}  // namespace fat
