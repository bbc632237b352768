#include "cli/talk_to_run.hpp"

#include <iostream>
#include <system_error>

#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <unistd.h>

#include "cli/exit_code.hpp"
#include "cli/message_delivery.hpp"
#include "cli/print.hpp"
#include "cli/station_context.hpp"
#include "fat/runner/control_client.hpp"
#include "fat/runner/control_server.hpp"
#include "fat/runner/system_clock.hpp"
#include "fat/store/snapshot_restore.hpp"
#include "fat/store/station_lock.hpp"

namespace fat {

namespace {

VerbReply append_verb(const Station& station, Verb verb, int about) {
  const StationLock lock{
      station.state, this_process(0), std::chrono::seconds{2}, !station.group.empty()};
  finish_restore(station.state);
  SqliteJournal journal{journal_file(station),
                        JournalMode::ReadWrite,
                        {.for_group = !station.group.empty(), .migrations = {}}};
  const int run = about == 0 ? choose_run(journal, {}) : about;
  auto known = load_run(journal, run);
  const SystemClock clock;
  const auto now = clock.now();
  verb.who = fmt::format("{} (uid {})", verb.who, getuid());
  auto reply = known.campaign->request(verb, now);
  std::vector<Event> events;
  events.reserve(reply.events.size());
  for (auto& body : reply.events) {
    events.push_back({.run = run, .at = now, .who = verb.who, .body = std::move(body)});
  }
  std::optional<PlanRecord> plan;
  const PeopleMessages source{
      station.name, routes_of(station), known.campaign->state().opening.virtual_station};
  std::vector<Message> messages;
  for (std::size_t place = 0; place < events.size(); ++place) {
    const auto& event = events[place];
    known.campaign->apply(event);  // what does not fit must not get into the journal
    for (auto& message : source.messages(event, *known.campaign)) {
      message.event = place;
      messages.push_back(std::move(message));
    }
    if (const auto* edited = std::get_if<PlanEdited>(&event.body)) {
      plan = PlanRecord{.run = run, .version = edited->version, .plan = known.campaign->plan()};
    }
  }
  if (!events.empty()) {
    journal.append(events, plan ? &*plan : nullptr, messages);
  }
  if (reply.accepted && verb.kind != VerbKind::Log && !is_ended(known.campaign->status())) {
    reply.text += "; no scheduler is running: `fatmaster resume` takes it up";
  }
  return reply;
}

}  // namespace

std::optional<std::string> page_of_scheduler(const Station& station, const std::string& path) {
  const auto reply = ask_scheduler(control_socket_path(station.state), "GET", path, {});
  if (!reply || reply->status != 200) {
    return std::nullopt;
  }
  const auto json = nlohmann::json::parse(reply->body, nullptr, false);
  if (json.is_object() && json.contains("text") && json["text"].is_string()) {
    return json["text"].get<std::string>();
  }
  return reply->body;
}

VerbReply say(const Station& station, Verb verb) {
  return say_about(station, std::move(verb), 0);
}

VerbReply say_about(const Station& station, Verb verb, int run) {
  std::optional<ControlReply> reply;
  try {
    reply =
        ask_scheduler(control_socket_path(station.state), "POST", "/v1/verb", to_json_text(verb));
  } catch (const std::runtime_error& error) {  // it ended meanwhile, or hangs
    throw CommandError{
        kExitOwned,
        fmt::format("{}; `fatmaster history` tells whether it was heard", error.what())};
  }
  if (reply) {
    return verb_reply_from_json_text(reply->body);
  }
  open_journal_to_read(station);  // says in words that nothing was ever started
  try {
    return append_verb(station, std::move(verb), run);
  } catch (const StationOwned& error) {
    throw CommandError{
        kExitOwned,
        fmt::format("{}, but it does not answer on its socket; try again", error.what())};
  } catch (const std::system_error& error) {  // a folder that may only be read
    throw CommandError{kExitFileWrong, fmt::format("nothing was changed: {}", error.what())};
  }
}

int print_reply(const VerbReply& reply) {
  if (!reply.accepted) {
    std::cerr << "refused: " << reply.text << '\n';
    return kExitRefused;
  }
  print(reply.text);
  return kExitDone;
}

}  // namespace fat
