// One page of conversations.replies -> messages of people, and where the next page is.
#pragma once

#include <stop_token>
#include <string>
#include <vector>

#include "fat/model/on_call.hpp"
#include "fat/model/people_entry.hpp"
#include "fat/people/sink.hpp"

namespace fat {

struct SlackMessage {
  std::string ts, user, text;  ///< text without Slack's escapes
};

struct RepliesPage {
  PostOutcome outcome = PostOutcome::TryLater;  ///< Delivered: it could be read
  std::optional<Microseconds> retry_after;
  std::string why;                     ///< without secrets; empty when it could be read
  std::vector<SlackMessage> messages;  ///< written by people
  std::string next;                    ///< cursor of the next page; empty: this is the last
};

struct RepliesWanted {
  std::string thread;  ///< ts of its first message
  std::string oldest;  ///< only what is newer
  std::string cursor;  ///< of a further page
};

/// One request. Returns within bounded time, soon when `stop` is asked for. Throws nothing.
RepliesPage read_replies(const SinkEntry& sink,
                         const RepliesWanted& wanted,
                         const std::stop_token& stop);

}  // namespace fat
