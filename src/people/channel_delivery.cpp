// When a channel's messages go out, how many at once, and when one is given up.
#include "people/channel_delivery.hpp"

#include <algorithm>
#include <sstream>
#include <utility>

#include <fmt/format.h>

#include "people/step_counts.hpp"
#include "people/words.hpp"

namespace fat {
namespace {

constexpr std::size_t kMostFaultsKnown = 1000;  // of a window; further ones are told each time
constexpr int kFailuresUntilAlarm = 3;

/// "11-21 14:02": which year it is people know.
std::string short_time(WallTime when) {
  return to_local_text(when).substr(5, 11);
}

/// Each once.
void call_also(std::string& calls, const std::string& more) {
  std::istringstream words{more};
  for (std::string word; words >> word;) {
    if ((" " + calls + " ").find(" " + word + " ") == std::string::npos) {
      calls += (calls.empty() ? "" : " ") + word;
    }
  }
}

std::string key_of(const StoredMessage& first) {
  return fmt::format(
      "{}-{}-{}", first.message.run, first.id, first.message.at.time_since_epoch().count());
}

}  // namespace

NextDelivery ChannelDelivery::next(const std::vector<StoredMessage>& oldest, const Instant& now) {
  if (oldest.empty()) {
    pending_.reset();
    return {};
  }
  if (now.boot < not_before_) {
    return {.repeated = {}, .post = {}, .wait = not_before_ - now.boot};
  }
  if (pending_) {
    return {.repeated = {}, .post = pending_, .wait = {}};
  }
  refill(now);
  if (tokens_ < 1) {
    const auto until_next = (1 - tokens_) * 60e6 / rules_.posts_per_minute;
    return {.repeated = {},
            .post = {},
            .wait = Microseconds{static_cast<Microseconds::rep>(until_next) + 1}};
  }
  NextDelivery next;
  const auto chosen = choose(oldest, now, next.repeated);
  if (!chosen.empty()) {
    tokens_ -= 1;
    pending_ = put_together(chosen, now);
    next.post = pending_;
  }
  return next;
}

bool ChannelDelivery::was_just_told(const StoredMessage& stored, const Instant& now) const {
  const auto found = told_.find(stored.message.fault);
  return !stored.message.fault.empty() && found != told_.end() &&
         now.boot - found->second.at < rules_.same_fault_window;
}

/// One message while few wait; else as many as one post holds. What was tried together before a
/// crash stays together: the other side may have it already.
std::vector<const StoredMessage*> ChannelDelivery::choose(const std::vector<StoredMessage>& oldest,
                                                          const Instant& now,
                                                          std::vector<std::int64_t>& repeated) {
  std::vector<const StoredMessage*> chosen;
  const bool crowded = !rules_.one_by_one && static_cast<double>(oldest.size()) > tokens_ + 1;
  const auto bound = oldest.front().post;
  std::size_t length = 0;
  std::size_t files = 0;
  for (const auto& stored : oldest) {
    if (stored.post != bound) {
      break;
    }
    if (bound == 0 && was_just_told(stored, now)) {
      ++told_[stored.message.fault].since;
      repeated.push_back(stored.id);
      continue;
    }
    length += stored.message.text.size();
    files += stored.message.files.size();
    const bool full = !crowded || length > rules_.longest_post || files > rules_.most_files ||
                      (!chosen.empty() && stored.message.run != chosen[0]->message.run);
    if (bound == 0 && full && !chosen.empty()) {
      break;
    }
    if (!stored.message.fault.empty() && told_.size() < kMostFaultsKnown) {
      told_[stored.message.fault].at = now.boot;
      told_[stored.message.fault].text = stored.message.text;
    }
    chosen.push_back(&stored);
  }
  return chosen;
}

Post ChannelDelivery::put_together(const std::vector<const StoredMessage*>& chosen,
                                   const Instant& now) {
  const auto& first = *chosen.front();
  Post post{.key = key_of(first), .messages = {}, .run = first.message.run, .at = {}, .text = {}};
  oldest_pending_ = first.message.at;
  post.tried = first.post != 0;
  post.text = rules_.one_by_one ? "" : counted_faults(now);
  for (const auto* stored : chosen) {
    const auto& message = stored->message;
    post.messages.push_back(stored->id);
    post.files.insert(post.files.end(), message.files.begin(), message.files.end());
    if (post.headline.empty() || message.urgency > post.urgency) {
      post.headline = message.text;
    }
    post.urgency = std::max(post.urgency, message.urgency);
    call_also(post.calls, message.calls);
    const bool late = now.wall - message.at > rules_.late_after;
    const bool dated = !rules_.one_by_one && (late || chosen.size() > 1);
    post.text += fmt::format("{}{}{}",
                             post.text.empty() ? "" : "\n",
                             dated ? short_time(message.at) + "  " : "",
                             message.text);
  }
  return post;
}

/// What came again and again in windows that are over; forgets those windows.
std::string ChannelDelivery::counted_faults(const Instant& now) {
  std::string text;
  std::erase_if(told_, [&](const auto& entry) {
    const auto& told = entry.second;
    if (now.boot - told.at < rules_.same_fault_window) {
      return false;
    }
    if (told.since > 0) {
      text += fmt::format("{}{} more within {}: {}",
                          text.empty() ? "" : "\n",
                          plural(static_cast<std::size_t>(told.since), "time"),
                          to_text(rules_.same_fault_window),
                          told.text);
    }
    return true;
  });
  return text;
}

void ChannelDelivery::refill(const Instant& now) {
  const auto passed = static_cast<double>((now.boot - refilled_).count()) / 60e6;
  tokens_ = std::min<double>(rules_.burst, tokens_ + (passed * rules_.posts_per_minute));
  refilled_ = now.boot;
}

Microseconds ChannelDelivery::back_off() {
  constexpr int most_doublings = 20;
  const auto doubled =
      rules_.first_retry * (Microseconds::rep{1} << std::min(failures_ - 1, most_doublings));
  const auto longest = std::min(doubled, rules_.longest_retry);
  const double jitter = std::uniform_real_distribution{0.5, 1.0}(random_);
  return Microseconds{
      static_cast<Microseconds::rep>(static_cast<double>(longest.count()) * jitter)};
}

PostVerdict ChannelDelivery::ended(const PostResult& result, const Instant& now) {
  switch (result.outcome) {
    case PostOutcome::Delivered: {
      pending_.reset();
      failures_ = rejections_ = 0;
      gave_up_ = false;
      return {.fate = MessageFate::Delivered, .why = {}, .alarm = after_delivery(result.why)};
    }
    case PostOutcome::Rejected:
      if (++rejections_ >= rules_.tries_when_rejected) {
        return give_up(result.why);
      }
      return try_again(result, now);
    case PostOutcome::TryLater:
    case PostOutcome::Misconfigured:
      return try_again(result, now);
  }
  return {};
}

/// What files of a post could not be shown is said once while it is the same.
std::string ChannelDelivery::after_delivery(const std::string& left_out) {
  if (!left_out.empty() && std::exchange(left_out_, left_out) != left_out) {
    return fmt::format("{}: not all files of a message could be shown ({})", channel_, left_out);
  }
  return std::exchange(alarmed_, false) ? channel_ + ": messages get through again" : "";
}

PostVerdict ChannelDelivery::give_up(const std::string& why) {
  pending_.reset();
  failures_ = rejections_ = 0;
  const bool first = !std::exchange(gave_up_, true);
  return {.fate = MessageFate::Dead,
          .why = why,
          .alarm = first ? fmt::format("{}: messages are given up ({}); `fatmaster messages` shows "
                                       "which",
                                       channel_,
                                       why)
                         : ""};
}

PostVerdict ChannelDelivery::try_again(const PostResult& result, const Instant& now) {
  ++failures_;
  if (pending_) {
    pending_->tried = true;
  }
  if (now.wall - oldest_pending_ > rules_.give_up_after && failures_ >= kFailuresUntilAlarm) {
    return give_up(fmt::format(
        "not delivered within {}, at last: {}", to_text(rules_.give_up_after), result.why));
  }
  const bool mend = result.outcome == PostOutcome::Misconfigured;
  const auto own = mend ? rules_.longest_retry : back_off();
  const auto asked = std::min(result.retry_after.value_or(Microseconds{0}), rules_.longest_asked);
  not_before_ = now.boot + std::max(own, asked);
  PostVerdict verdict{.fate = MessageFate::Waiting, .why = result.why, .alarm = {}};
  if (!alarmed_ && (mend || failures_ >= kFailuresUntilAlarm)) {
    alarmed_ = true;
    verdict.alarm =
        fmt::format("{}: messages do not get through ({}); they are kept and tried again",
                    channel_,
                    result.why);
  }
  return verdict;
}

}  // namespace fat
