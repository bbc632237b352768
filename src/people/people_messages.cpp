// One event -> messages: which of the announcements people get, and how urgent they are.
#include "fat/people/people_messages.hpp"

#include <algorithm>
#include <span>
#include <variant>

#include <fmt/format.h>

#include "fat/model/run_paths.hpp"
#include "fat/people/announcement.hpp"
#include "fat/people/chat_reply.hpp"
#include "fat/people/delivery_rules.hpp"
#include "people/logbook_messages.hpp"
#include "people/message_text.hpp"
#include "people/post_files.hpp"
#include "people/words.hpp"

namespace fat {
namespace {

struct Told {
  Announcement line;
  std::vector<std::string> files;
};

/// A step that starts and ends as it should is told once, when it starts.
bool is_told(const EventBody& body, const Announcement& line) {
  if (std::holds_alternative<AttemptEnded>(body)) {
    return line.urgency != Urgency::Info;
  }
  if (const auto* started = std::get_if<AttemptStarted>(&body)) {
    return started->key.list != StepList::Backup;
  }
  return true;
}

/// Somebody has to come: the run stands, and did not come to its end.
bool calls_everyone(const EventBody& body) {
  if (const auto* paused = std::get_if<Paused>(&body)) {
    return paused->failure;
  }
  const auto* ended = std::get_if<RunEnded>(&body);
  return ended != nullptr && ended->status != RunStatus::Completed;
}

/// All lines in one; a step's reports stay apart, for each may come again by itself.
std::vector<Announcement> grouped(const EventBody& body, std::vector<Announcement> lines) {
  std::erase_if(lines, [&](const auto& line) { return !is_told(body, line); });
  if (std::holds_alternative<AttemptReported>(body) || lines.size() < 2) {
    return lines;
  }
  Announcement all = lines.front();
  for (std::size_t i = 1; i < lines.size(); ++i) {
    all.text += '\n' + lines[i].text;
    all.urgency = std::max(all.urgency, lines[i].urgency);
  }
  return {all};
}

std::string folder_of(const AttemptKey& key, int index, const Campaign& campaign) {
  return attempt_folder(run_folder(campaign.plan().run_file), key, index).string();
}

/// The pictures of a report, each list of at most so many as one post shows.
std::vector<Told> plots(const AttemptReported& report,
                        const Event& event,
                        const Campaign& campaign) {
  constexpr std::size_t most = DeliveryRules{}.most_files;
  std::vector<std::string> names;
  std::ranges::copy_if(report.artifacts, std::back_inserter(names), is_plot);
  std::vector<Told> all;
  if (names.empty() || report.key.list != StepList::Main) {
    return all;
  }
  const auto open = campaign.open_attempts(event.at);
  const auto attempt = std::ranges::find(open, report.key, &OpenAttempt::key);
  if (attempt == open.end()) {
    return all;
  }
  const auto folder = folder_of(report.key, attempt->index, campaign);
  for (std::size_t first = 0; first < names.size(); first += most) {
    const auto count = std::min(most, names.size() - first);
    Told told;
    std::string list;
    for (const auto& name : std::span{names}.subspan(first, count)) {
      list += (list.empty() ? "" : ", ") + printable(name);
      told.files.push_back(fmt::format("{}/{}", folder, name));
    }
    told.line.text = fmt::format("[{}] {}: {}: {}",
                                 attempt->index,
                                 printable(report.key.title),
                                 plural(count, "plot"),
                                 list);
    all.push_back(std::move(told));
  }
  return all;
}

/// What a step that errored had to say last.
std::vector<std::string> log_of(const EventBody& body, const Campaign& campaign) {
  const auto* ended = std::get_if<AttemptEnded>(&body);
  if (ended == nullptr || ended->outcome != Outcome::Errored || ended->try_later ||
      ended->key.list != StepList::Main || ended->cause == EndCause::Refused) {
    return {};
  }
  const auto index = find_step(campaign.plan().steps, ended->key.title);
  return index ? std::vector{folder_of(ended->key, static_cast<int>(*index), campaign) +
                             "/output.log"}
               : std::vector<std::string>{};
}

std::vector<Announcement> texts(const Event& event,
                                const Campaign& campaign,
                                const std::string& station) {
  if (const auto* started = std::get_if<SchedulerStarted>(&event.body);
      started != nullptr && started->mode != StartMode::Restart) {
    return {
        {.urgency = Urgency::Info, .text = start_banner(event, campaign, station), .fault = {}}};
  }
  if (std::holds_alternative<RunOpened>(event.body) ||  // the banner says it
      std::holds_alternative<CodeSeen>(event.body)) {
    return {};
  }
  if (const auto* adopted = std::get_if<PlanAdopted>(&event.body)) {
    auto lines = announce(event, campaign);
    lines.resize(adopted->version > 1 ? 1 : 0);  // the rest stands in the banner
    return lines;
  }
  auto lines = grouped(event.body, announce(event, campaign));
  if (std::holds_alternative<RunEnded>(event.body) && !lines.empty()) {
    lines.back().text += '\n' + end_summary(event, campaign);
  }
  return lines;
}

std::vector<Told> told(const Event& event, const Campaign& campaign, const std::string& station) {
  std::vector<Told> all;
  for (auto& line : texts(event, campaign, station)) {
    auto files =
        line.urgency == Urgency::Info ? std::vector<std::string>{} : log_of(event.body, campaign);
    all.push_back({.line = std::move(line), .files = std::move(files)});
  }
  if (const auto* report = std::get_if<AttemptReported>(&event.body)) {
    std::ranges::move(plots(*report, event, campaign), std::back_inserter(all));
  }
  return all;
}

/// The run has ended although nobody wanted it to. Nobody is called later, so all are now.
bool ended_by_itself(const Event& event, const Campaign& campaign) {
  const auto* ended = std::get_if<RunEnded>(&event.body);
  constexpr int step_errored = 4;  // exit code: a step errored and the run stopped
  return ended != nullptr && (ended->status == RunStatus::Broken ||
                              (ended->status == RunStatus::Stopped &&
                               campaign.summary(event.at).exit_code == step_errored));
}

/// Whom this is for: it names them, or shifter and expert when it wants to be seen.
std::vector<std::string> called_by(const Event& event, Urgency urgency, const Campaign& campaign) {
  const auto& body = event.body;
  const auto& book = campaign.call_book();
  if (const auto* call = std::get_if<PersonCalled>(&body)) {
    return {call->person};
  }
  if (const auto* taken = std::get_if<ShiftTaken>(&body)) {
    return {taken->person};
  }
  if (urgency == Urgency::Info) {
    return {};
  }
  auto called = first_called(book.on_call);
  if (ended_by_itself(event, campaign)) {
    for (const auto& name : book.on_call.escalate) {
      if (std::ranges::find(called, name) == called.end()) {
        called.push_back(name);
      }
    }
  }
  return called;
}

/// A call is told wherever the message was that nobody has acknowledged, and a hand-over to whom it
/// is handed.
bool is_told_to(const MessageRoute& route,
                const EventBody& body,
                Urgency urgency,
                const std::vector<std::string>& called) {
  const bool addressed =
      std::holds_alternative<PersonCalled>(body) || std::holds_alternative<PromptReminded>(body);
  if (const auto* read = std::get_if<ReplyRead>(&body)) {
    return route.channel == read->channel;
  }
  if (route.person.empty()) {
    return addressed || urgency >= route.level;
  }
  const bool named = std::ranges::find(called, route.person) != called.end();
  return named && (addressed || std::holds_alternative<ShiftTaken>(body) || urgency >= route.level);
}

std::string mentions(const MessageRoute& route, const std::vector<std::string>& called) {
  std::string text;
  for (const auto& name : called) {
    if (const auto found = route.mentions.find(name); found != route.mentions.end()) {
      text += (text.empty() ? "" : " ") + found->second;
    }
  }
  return text;
}

/// The alert that this line opens, so that an answer to it can be told from one to an older line.
std::string opened_alert(const EventBody& body, const std::string& text, const CallBook& book) {
  if (const auto* asked = std::get_if<PromptOpened>(&body)) {
    return std::to_string(asked->prompt.id);
  }
  const bool may = std::holds_alternative<AttemptReported>(body) ||
                   std::holds_alternative<Paused>(body) || std::holds_alternative<Noted>(body);
  for (const auto& alert : book.alerts) {
    if (may && alert.prompt == 0 && text.find(printable(alert.text)) != std::string::npos) {
      return alert.id;
    }
  }
  return {};
}

/// What a phone needs to know of a question: how to answer there, by when, and who comes next.
std::string on_a_phone(const EventBody& body,
                       const MessageRoute& route,
                       const CallBook& book,
                       WallTime now) {
  const auto* asked = std::get_if<PromptOpened>(&body);
  if (asked == nullptr) {
    return {};
  }
  const auto& prompt = asked->prompt;
  std::string text;
  if (route.is_read) {
    text += fmt::format("\n  or write {}: {}; `ack` says that you see to it",
                        route.person.empty() ? "in this thread" : "in the thread of the run",
                        printable(how_to_reply(prompt)));
  }
  if (prompt.deadline) {
    text += "\n  by " + to_local_text(now + *prompt.deadline);
  }
  const auto* alert = find_alert(book, std::to_string(prompt.id));
  if (const auto next = alert == nullptr ? std::nullopt : next_called(book, *alert)) {
    text += fmt::format(
        "\n  {} is called at {}", *next, to_local_text(now + book.on_call.escalate_after));
  }
  return text;
}

}  // namespace

std::vector<Message> PeopleMessages::messages(const Event& event, const Campaign& campaign) const {
  std::vector<Message> all;
  for (const auto& route : routes_) {
    if (route.logbook) {
      add_entries(all, route, event, campaign);
    }
  }
  if (std::ranges::all_of(routes_, &MessageRoute::logbook)) {
    return all;
  }
  for (const auto& one : told(event, campaign, station_)) {
    add_told(all, event, campaign, one.line, one.files);
  }
  return all;
}

void PeopleMessages::add_told(std::vector<Message>& all,
                              const Event& event,
                              const Campaign& campaign,
                              const Announcement& line,
                              const std::vector<std::string>& files) const {
  const auto urgency = calls_everyone(event.body) ? Urgency::Critical : line.urgency;
  const auto& book = campaign.call_book();
  const auto called = called_by(event, urgency, campaign);
  for (const auto& route : routes_) {
    if (!route.logbook && is_told_to(route, event.body, urgency, called)) {
      all.push_back({.channel = route.channel,
                     .run = event.run,
                     .at = event.at.wall,
                     .urgency = urgency,
                     .text = (virtual_run_ ? "VIRTUAL  " : "") + line.text +
                             on_a_phone(event.body, route, book, event.at.wall),
                     .fault = line.fault,
                     .files = files,
                     .calls = route.person.empty() ? mentions(route, called) : "",
                     .about = opened_alert(event.body, line.text, book)});
    }
  }
}

void PeopleMessages::add_entries(std::vector<Message>& all,
                                 const MessageRoute& route,
                                 const Event& event,
                                 const Campaign& campaign) const {
  const auto station = (virtual_run_ ? "VIRTUAL " : "") + station_;
  for (auto& text : logbook_messages(event, campaign, station, route.level)) {
    all.push_back({.channel = route.channel,
                   .run = event.run,
                   .at = event.at.wall,
                   .urgency = Urgency::Info,
                   .text = std::move(text),
                   .fault = {}});
  }
}

}  // namespace fat
