#include "cli/thread_replies.hpp"

#include <algorithm>
#include <utility>

#include "cli/station_context.hpp"
#include "fat/people/chat_reply.hpp"
#include "fat/store/sqlite_outbox.hpp"

namespace fat {

bool is_read(const Station& station, const SinkEntry& sink) {
  return sink.kind == SinkKind::Slack &&
         std::ranges::any_of(station.people, [](const Person& person) {
           return person.may_answer && !person.slack.empty();
         });
}

ThreadReplies::ThreadReplies(const Station& station,
                             const std::function<void(const std::string&)>& alarm)
    : people_(station.people) {
  for (const auto& sink : station.sinks) {
    if (!is_read(station, sink)) {
      continue;
    }
    readers_.push_back(
        {.channel = sink.name,
         .reader = std::make_unique<ThreadReader>(ThreadReaderParts{
             .sink = sink,
             .open_outbox =
                 [file = journal_file(station)] { return std::make_unique<SqliteOutbox>(file); },
             .heard =
                 [this](ThreadReply reply) {
                   const std::scoped_lock lock{mutex_};
                   heard_.push_back(std::move(reply));
                 },
             .alarm = alarm})});
  }
}

void ThreadReplies::tick(const Campaign& campaign,
                         const Instant& now,
                         const std::function<void(const Verb&)>& request) {
  const auto& book = campaign.call_book();
  for (const auto& [channel, reader] : readers_) {
    const auto read = book.read_up_to.find(channel);
    if (book.alerts.empty()) {
      reader->rest();
    } else {
      reader->listen(campaign.plan().run_number, read == book.read_up_to.end() ? "" : read->second);
    }
  }
  std::vector<ThreadReply> heard;
  {
    const std::scoped_lock lock{mutex_};
    heard = std::exchange(heard_, {});
  }
  for (const auto& reply : heard) {
    if (is_ended(campaign.status())) {
      return;  // the run takes leave: it listens to nobody any more
    }
    const auto prompts = campaign.summary(now).prompts;  // the one before may have answered one
    if (const auto verb =
            verb_of(reply, {.prompts = prompts, .book = campaign.call_book(), .people = people_})) {
      request(*verb);
    }
  }
}

}  // namespace fat
