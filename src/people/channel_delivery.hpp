// Waiting messages of one channel and the time -> what to post now, or how long to wait; what the
// other side said -> what becomes of them. Pure: no clock, no threads.
#pragma once

#include <map>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "fat/model/message.hpp"
#include "fat/people/delivery_rules.hpp"
#include "fat/people/sink.hpp"

namespace fat {

/// At most one of `post` and `wait`; neither: nothing to do until something is queued.
struct NextDelivery {
  std::vector<std::int64_t> repeated;  ///< to be settled without being told
  std::optional<Post> post;
  std::optional<Microseconds> wait;
};

/// What becomes of a post's messages. Waiting: it is tried again.
struct PostVerdict {
  MessageFate fate = MessageFate::Waiting;
  std::string why;
  std::string alarm;  ///< for the run's own terminal and log; empty: nothing to say
};

class ChannelDelivery {
 public:
  ChannelDelivery(std::string channel, const DeliveryRules& rules, unsigned seed)
      : channel_(std::move(channel)), rules_(rules), random_(seed), tokens_(rules.burst) {}

  /// `oldest`: messages that wait, oldest first; there may be more of them. Whatever it says is to
  /// be done before it is asked again; a post stays the same until it ended.
  NextDelivery next(const std::vector<StoredMessage>& oldest, const Instant& now);

  PostVerdict ended(const PostResult& result, const Instant& now);

  /// The last try failed.
  bool is_failing() const { return failures_ > 0; }

 private:
  struct Told {
    Microseconds at{0};
    int since = 0;  ///< how often it has come since
    std::string text;
  };

  bool was_just_told(const StoredMessage& stored, const Instant& now) const;
  std::vector<const StoredMessage*> choose(const std::vector<StoredMessage>& oldest,
                                           const Instant& now,
                                           std::vector<std::int64_t>& repeated);
  Post put_together(const std::vector<const StoredMessage*>& chosen, const Instant& now);
  std::string counted_faults(const Instant& now);
  void refill(const Instant& now);
  Microseconds back_off();
  std::string after_delivery(const std::string& left_out);
  PostVerdict give_up(const std::string& why);
  PostVerdict try_again(const PostResult& result, const Instant& now);

  std::string channel_;
  DeliveryRules rules_;
  std::minstd_rand random_;
  std::optional<Post> pending_;
  WallTime oldest_pending_;
  std::map<std::string, Told> told_;  ///< by fault; those of the window only
  double tokens_;
  Microseconds refilled_{0};
  Microseconds not_before_{0};  ///< boot clock
  int failures_ = 0;            ///< in a row, of whatever post
  int rejections_ = 0;          ///< of this post
  bool alarmed_ = false;        ///< that nothing gets through; until something does
  std::string left_out_;        ///< what was last said not to be shown
  bool gave_up_ = false;        ///< the same of messages that are dead
};

}  // namespace fat
