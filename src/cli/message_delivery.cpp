#include "cli/message_delivery.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <map>
#include <random>
#include <system_error>
#include <utility>

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include "cli/station_context.hpp"
#include "cli/thread_replies.hpp"
#include "fat/people/make_sink.hpp"
#include "fat/store/log_files.hpp"
#include "fat/store/report_file.hpp"
#include "fat/store/sqlite_outbox.hpp"

namespace fat {

namespace {

std::string mention(const Person& person) {
  return person.slack.starts_with('@') ? person.slack : fmt::format("<@{}>", person.slack);
}

std::map<std::string, std::string> mentions_of(const Station& station) {
  std::map<std::string, std::string> all;
  for (const auto& person : station.people) {
    if (!person.slack.empty()) {
      all[person.name] = mention(person);
    }
  }
  return all;
}

/// Each of them by itself: an address that is refused keeps no other waiting.
void add_receivers(const Station& station,
                   const SinkEntry& sink,
                   std::vector<MessageChannel>& channels) {
  for (const auto& word : sink.to) {
    const auto person = std::ranges::find(station.people, word, &Person::name);
    auto one = sink;
    one.to = {person == station.people.end() ? word : person->mail};
    channels.push_back({.name = fmt::format("{}/{}", sink.name, word),
                        .level = sink.level,
                        .entry = std::move(one)});
  }
}

}  // namespace

std::vector<MessageRoute> routes_of(const Station& station) {
  std::vector<MessageRoute> routes;
  for (const auto& channel : channels_of(station)) {
    routes.push_back({.channel = channel.name,
                      .level = channel.level,
                      .is_read = is_read(station, channel.entry),
                      .person = channel.person,
                      .mentions = mentions_of(station)});
  }
  if (station.logbook) {
    routes.push_back(
        {.channel = kLogbookChannel, .level = station.logbook->level, .logbook = true});
  }
  return routes;
}

/// A mail server may look through a mail for ten minutes before it takes it (RFC 5321, 4.5.3.2.6).
std::chrono::seconds patience_with(SinkKind kind) {
  return kind == SinkKind::Mail ? std::chrono::minutes{10} : kUsualPatience;
}

std::vector<MessageChannel> channels_of(const Station& station) {
  std::vector<MessageChannel> channels;
  for (const auto& sink : station.sinks) {
    if (sink.kind == SinkKind::Mail) {
      add_receivers(station, sink, channels);
      continue;
    }
    channels.push_back({.name = sink.name, .level = sink.level, .entry = sink});
    if (sink.kind != SinkKind::Slack) {
      continue;
    }
    for (const auto& person : station.people) {
      if (person.slack.empty()) {
        continue;
      }
      auto direct = sink;
      direct.channel = person.slack;
      channels.push_back({.name = fmt::format("{}/{}", sink.name, person.name),
                          .level = std::max(sink.level, Urgency::Warning),
                          .person = person.name,
                          .entry = std::move(direct)});
    }
  }
  return channels;
}

std::unique_ptr<Sink> sink_of(const Station& station,
                              const SinkEntry& entry,
                              std::chrono::seconds patience) {
  return make_sink(entry,
                   {.station = station.name,
                    .read_file = read_artifact,
                    .read_end = read_end,
                    .total_timeout = patience});
}

LogbookOptions logbook_options(const Station& station) {
  return {.station = station.name,
          .file = [state = station.state](const LogAttachment& attachment) {
            return log_file(state, attachment);
          }};
}

MessageDelivery::MessageDelivery(const Station& station,
                                 const Clock& clock,
                                 const std::string& head)
    : journal_(journal_file(station)), direct_(station, head) {
  std::array<int, 2> pipe_ends{};
  if (pipe2(pipe_ends.data(), O_CLOEXEC | O_NONBLOCK) != 0) {
    throw std::system_error{errno, std::generic_category(), "cannot make a pipe"};
  }
  alarm_read_ = OwnedFd{pipe_ends[0]};
  alarm_write_ = OwnedFd{pipe_ends[1]};
  for (const auto& [name, level, person, entry] : channels_of(station)) {
    DeliveryRules rules;
    rules.posts_per_minute = entry.posts_per_minute;
    add_courier(name, sink_of(station, entry, patience_with(entry.kind)), rules, clock);
  }
  if (station.logbook) {
    DeliveryRules rules;
    rules.one_by_one = true;
    add_courier(kLogbookChannel,
                make_logbook_sink(*station.logbook, logbook_options(station)),
                rules,
                clock);
  }
}

void MessageDelivery::add_courier(const std::string& channel,
                                  std::unique_ptr<Sink> sink,
                                  const DeliveryRules& rules,
                                  const Clock& clock) {
  couriers_.push_back(std::make_unique<Courier>(
      CourierParts{
          .channel = channel,
          .open_outbox = [file = journal_] { return std::make_unique<SqliteOutbox>(file); },
          .sink = std::move(sink),
          .rules = rules,
          .seed = std::random_device{}(),
          .alarm = [this](const std::string& text) { say(text); }},
      clock));
}

void MessageDelivery::happened(const std::vector<Event>& /*events*/,
                               const Campaign& /*campaign*/,
                               const Instant& /*now*/) {
  for (const auto& courier : couriers_) {
    courier->nudge();
  }
}

void MessageDelivery::alarm(const std::string& text, const Instant& now) {
  direct_.tell(text, now);
}

void MessageDelivery::say(const std::string& alarm) {
  const std::scoped_lock lock{mutex_};
  alarms_.push_back(alarm);
  [[maybe_unused]] const auto woken = ::write(alarm_write_.get(), "", 1);
}

std::vector<std::string> MessageDelivery::alarms() {
  std::array<char, 64> woken{};
  while (read(alarm_read_.get(), woken.data(), woken.size()) > 0) {
  }
  const std::scoped_lock lock{mutex_};
  return std::exchange(alarms_, {});
}

std::string MessageDelivery::finish(std::chrono::seconds patience) {
  if (couriers_.empty()) {
    return "";
  }
  const auto deadline = std::chrono::steady_clock::now() + patience;
  for (const auto& courier : couriers_) {
    courier->wind_up();
  }
  for (const auto& courier : couriers_) {
    courier->finish(deadline);
  }
  couriers_.clear();
  direct_.finish(deadline);
  int left = 0;
  for (auto& [channel, messages] : count_messages(journal_)) {
    left += messages[MessageFate::Waiting];
  }
  return left == 0 ? ""
                   : fmt::format(
                         "{} message{} to people could not be delivered; the next run or "
                         "`fatmaster messages --deliver` tries again",
                         left,
                         left == 1 ? "" : "s");
}

}  // namespace fat
