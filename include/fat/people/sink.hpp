// The way out of the station: one post -> what the other side says to it.
#pragma once

#include <cstdint>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "fat/model/message.hpp"

namespace fat {

/// What goes out at once: one message, or several put together.
struct Post {
  std::string key;  ///< the same each time it is tried: for who can tell a repetition
  std::vector<std::int64_t> messages;
  int run = 0;
  WallTime at;                      ///< when it is tried
  Urgency urgency = Urgency::Info;  ///< the highest of them
  std::string text;
  bool tried = false;              ///< it may have got through although no answer did
  std::string headline;            ///< the first of the most urgent messages in it
  std::vector<std::string> files;  ///< to be shown with it where that can be: absolute paths
  std::string calls;   ///< who is to look at it, in the channel's own words; may be empty
  std::string thread;  ///< receipt of the first post of the run there; empty: this is the first
};

enum class PostOutcome {
  Delivered,
  TryLater,      ///< no connection, time-out, 5xx, 429, an answer nobody understands
  Rejected,      ///< this post will never be taken
  Misconfigured  ///< no post will be taken until a person mends something: token, address
};

struct PostResult {
  PostOutcome outcome = PostOutcome::TryLater;
  std::optional<Microseconds> retry_after;  ///< how long the other side asks to be left alone
  std::string why;      ///< without secrets; of a delivered post what of it could not be shown
  std::string receipt;  ///< of a delivered post: what others can refer to
};

/// Implementations: `WebhookSink`, `SlackSink`, `MailSink` (people), `ScriptedSink` (tests/fakes).
/// Used by one thread.
class Sink {
 public:
  virtual ~Sink() = default;

  /// Returns within bounded time, soon when `stop` is asked for. Throws nothing.
  virtual PostResult deliver(const Post& post, const std::stop_token& stop) = 0;
};

}  // namespace fat
