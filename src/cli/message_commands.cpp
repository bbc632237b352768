#include "cli/message_commands.hpp"

#include <algorithm>
#include <filesystem>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "cli/exit_code.hpp"
#include "cli/message_delivery.hpp"
#include "cli/print.hpp"
#include "cli/station_context.hpp"
#include "fat/model/plain_text.hpp"
#include "fat/runner/system_clock.hpp"
#include "fat/store/snapshot_restore.hpp"
#include "fat/store/sqlite_journal.hpp"
#include "fat/store/sqlite_outbox.hpp"
#include "fat/store/station_lock.hpp"

namespace fat {

namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t kMostShown = 20;
constexpr std::size_t kLongestShown = 160;
constexpr std::chrono::seconds kDeliverPatience{60};

void require_journal(const Station& station) {
  if (!std::filesystem::exists(journal_file(station))) {
    throw CommandError{kExitFileWrong,
                       fmt::format("no run has been started in {}; there are no messages",
                                   station.folder.string())};
  }
}

/// REQUIRES: nobody else drives the station.
void deliver_now(const Station& station, bool revive) {
  if (routes_of(station).empty()) {
    throw CommandError{kExitFileWrong,
                       "station.ini names no [sink NAME] and no [logbook]: nobody can be told"};
  }
  try {
    const StationLock lock{
        station.state, this_process(0), std::chrono::seconds{2}, !station.group.empty()};
    finish_restore(station.state);
    {
      const SqliteJournal journal{journal_file(station),
                                  JournalMode::ReadWrite,
                                  {.for_group = !station.group.empty(), .migrations = {}}};
    }
    if (revive) {
      revive_messages(journal_file(station));
    }
    const SystemClock clock;
    MessageDelivery delivery{station, clock, station.name};
    const auto left = delivery.finish(kDeliverPatience);
    for (const auto& alarm : delivery.alarms()) {
      print(alarm + "\n");
    }
    print(left.empty() ? "all messages are delivered\n" : left + "\n");
  } catch (const StationOwned& error) {
    throw CommandError{kExitOwned, fmt::format("{}; it delivers messages by itself", error.what())};
  }
}

Json shown(const std::vector<StoredMessage>& messages) {
  auto all = Json::array();
  for (const auto& stored : messages) {
    all.push_back({{"channel", stored.message.channel},
                   {"run", stored.message.run},
                   {"at", to_iso_utc(stored.message.at)},
                   {"urgency", to_string(stored.message.urgency)},
                   {"text", stored.message.text},
                   {"files", stored.message.files},
                   {"why", stored.why}});
  }
  return all;
}

std::string messages_json(const std::filesystem::path& journal) {
  Json json{{"channels", Json::object()}};
  for (const auto& [channel, counts] : count_messages(journal)) {
    for (const auto& [fate, number] : counts) {
      json["channels"][channel][std::string{to_string(fate)}] = number;
    }
  }
  json["waiting"] = shown(messages_of_fate(journal, MessageFate::Waiting, kMostShown));
  json["dead"] = shown(messages_of_fate(journal, MessageFate::Dead, kMostShown));
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

std::string lines_of(const char* title, const std::vector<StoredMessage>& messages) {
  std::string text;
  for (const auto& stored : messages) {
    text += fmt::format("{}{}  {}  {}{}\n",
                        text.empty() ? fmt::format("\n{} (newest first):\n", title) : "",
                        to_local_text(stored.message.at),
                        stored.message.channel,
                        plain_text(stored.message.text, kLongestShown),
                        stored.why.empty() ? "" : "  -- " + plain_text(stored.why, kLongestShown));
  }
  return text;
}

std::string messages_text(const std::filesystem::path& journal) {
  std::string text;
  for (const auto& [channel, counts] : count_messages(journal)) {
    text += channel + ":";
    for (const auto& [fate, number] : counts) {
      text += fmt::format(" {} {}", number, to_string(fate));
    }
    text += '\n';
  }
  if (text.empty()) {
    return "there have been no messages\n";
  }
  return text + lines_of("waiting", messages_of_fate(journal, MessageFate::Waiting, kMostShown)) +
         lines_of("given up", messages_of_fate(journal, MessageFate::Dead, kMostShown));
}

int messages(const Invocation& invocation) {
  const auto file = open_station(invocation);
  require_journal(file.station);
  const bool revive = invocation.arguments.has("revive");
  if (revive || invocation.arguments.has("deliver")) {
    deliver_now(file.station, revive);
    return kExitDone;
  }
  const auto journal = journal_file(file.station);
  print(invocation.arguments.has("json") ? messages_json(journal) : messages_text(journal));
  return kExitDone;
}

}  // namespace

std::vector<Command> message_commands() {
  return {
      {.name = "messages",
       .summary = "messages to people: how many went out, which wait or were given up",
       .details = "A run delivers its messages by itself, and at its start what the one before "
                  "could not. --deliver does it now,\nwhen no run lives.",
       .options = {{.name = "--deliver", .value = {}, .help = "deliver what waits, now"},
                   {.name = "--revive", .value = {}, .help = "the same, also what was given up"},
                   {.name = "--json", .value = {}, .help = "for programs"}},
       .function = messages}};
}

}  // namespace fat
