// One event -> what a remote logbook is to hold of it.
#include "people/logbook_messages.hpp"

#include <algorithm>
#include <variant>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "fat/people/announcement.hpp"
#include "fat/people/logbook.hpp"
#include "people/logbook_post.hpp"
#include "people/message_text.hpp"
#include "people/words.hpp"

namespace fat {

namespace {

/// "anna" of "anna at /dev/pts/3 (uid 1000)".
std::string name_of(const std::string& who) {
  return who.substr(0, std::min(who.find(" at "), who.find(" (uid ")));
}

/// The line of a form that says what the run is for.
std::string comment_in(const std::string& form) {
  constexpr std::string_view lead = "\nComment: ";
  const auto at = form.find(lead);
  if (at == std::string::npos) {
    return "";
  }
  const auto begin = at + lead.size();
  return form.substr(begin, std::min(form.find('\n', begin), form.size()) - begin);
}

class LogbookMessages {
 public:
  LogbookMessages(const Event& event,
                  const Campaign& campaign,
                  const std::string& station,
                  Urgency level)
      : event_(event), campaign_(campaign), station_(station), level_(level) {}

  std::vector<std::string> texts() && {
    std::visit([this](const auto& body) { on(body); }, event_.body);
    return std::move(texts_);
  }

 private:
  LogbookPost post(const std::string& kind, std::string text) const {
    LogbookPost post{
        .at = event_.at.wall, .values = {}, .attachments = {}, .text = std::move(text)};
    std::vector<std::string> serials;
    std::ranges::transform(
        campaign_.plan().modules, std::back_inserter(serials), &ModuleEntry::serial);
    post.values = {{"run", std::to_string(event_.run)},
                   {"station", station_},
                   {"author", name_of(event_.who)},
                   {"kind", kind},
                   {"status", std::string{to_string(campaign_.summary(event_.at).status)}},
                   {"modules", fmt::format("{}", fmt::join(serials, ", "))}};
    return post;
  }

  void add(const LogbookPost& post) { texts_.push_back(to_message_text(post)); }

  void on(const RunOpened& body) {
    auto start = post("start", fmt::format("Run {} starts.\n", event_.run));
    start.values["status"] = to_string(RunStatus::Running);
    for (const auto& record : body.checks) {
      const auto line = log_line_of(record, event_.run);
      start.text += record.check == kLogbookCheck && line.kind == LogKind::Entry
                        ? line.text + '\n'
                        : fmt::format("{}  {}: {}{}{}\n",
                                      to_local_text(line.at),
                                      printable(line.who),
                                      line.text,
                                      line.reason.empty() ? "" : ": ",
                                      line.reason);
      std::ranges::copy(line.attachments, std::back_inserter(start.attachments));
      if (const auto comment = comment_in(record.note); !comment.empty()) {
        start.values["comment"] = comment;
      }
    }
    start.text += fmt::format("Schedule: {}\n{} modules: {}\n",
                              printable(body.schedule_file),
                              campaign_.plan().modules.size(),
                              start.values["modules"]);
    add(start);
  }

  void on(const SchedulerStarted& body) {
    if (body.mode == StartMode::Resume) {
      add(post("resume", fmt::format("Run {} is resumed on {}.\n", event_.run, body.host)));
    }
  }

  void on(const RunEnded& body) {
    auto end = post("end", announced(Urgency::Info) + end_summary(event_, campaign_));
    end.values["status"] = to_string(body.status);
    add(end);
  }

  void on(const Logged& body) {
    auto entry = post(body.new_run ? "form" : "entry", body.text);
    entry.attachments = body.attachments;
    if (const auto comment = comment_in(body.text); !comment.empty()) {
      entry.values["comment"] = comment;
    }
    add(entry);
  }

  /// A failure pause is as urgent as a chat takes it.
  void on(const Paused& body) {
    const auto text = announced(body.failure ? Urgency::Info : level_);
    if (!text.empty()) {
      add(post("event", text));
    }
  }

  template <class Body>
  void on(const Body&) {
    if (const auto text = announced(level_); !text.empty()) {
      add(post("event", text));
    }
  }

  /// Lines about the event, if one of them is that urgent.
  std::string announced(Urgency level) const {
    const auto lines = announce(event_, campaign_);
    if (std::ranges::none_of(lines, [&](const auto& line) { return line.urgency >= level; })) {
      return "";
    }
    std::string text;
    for (const auto& line : lines) {
      text += line.text + '\n';
    }
    return text;
  }

  const Event& event_;
  const Campaign& campaign_;
  const std::string& station_;
  Urgency level_;
  std::vector<std::string> texts_;
};

}  // namespace

std::vector<std::string> logbook_messages(const Event& event,
                                          const Campaign& campaign,
                                          const std::string& station,
                                          Urgency level) {
  return LogbookMessages{event, campaign, station, level}.texts();
}

}  // namespace fat
