#include "cli/alarm_posts.hpp"

#include <fmt/format.h>

#include "cli/message_delivery.hpp"
#include "fat/model/signals_away.hpp"

namespace fat {

namespace {

constexpr std::size_t kMostAlarms = 20;
constexpr Microseconds kSameAlarm = std::chrono::minutes{15};
constexpr std::chrono::seconds kAlarmTimeout{10};  // a sink that hangs keeps the next one waiting

}  // namespace

AlarmPosts::AlarmPosts(const Station& station, std::string head) : head_(std::move(head)) {
  for (const auto& channel : channels_of(station)) {
    sinks_.push_back(sink_of(station, channel.entry, kAlarmTimeout));
  }
}

AlarmPosts::~AlarmPosts() {
  thread_.request_stop();
}

void AlarmPosts::tell(const std::string& text, const Instant& now) {
  if (sinks_.empty()) {
    return;
  }
  const std::scoped_lock lock{mutex_};
  std::erase_if(told_, [&](const auto& entry) { return now.boot - entry.second >= kSameAlarm; });
  if (waiting_.size() >= kMostAlarms || !told_.emplace(text, now.boot).second) {
    return;
  }
  waiting_.push_back({.key = fmt::format("alarm-{}", now.wall.time_since_epoch().count()),
                      .messages = {},
                      .at = now.wall,
                      .urgency = Urgency::Warning,
                      .text = fmt::format("{}: ALARM: {}", head_, text),
                      .files = {}});
  if (!thread_.joinable()) {
    const SignalsAway away;
    thread_ = std::jthread{[this](const std::stop_token& stop) { work(stop); }};
  }
  changed_.notify_all();
}

void AlarmPosts::finish(std::chrono::steady_clock::time_point deadline) {
  std::unique_lock lock{mutex_};
  changed_.wait_until(lock, deadline, [this] { return waiting_.empty(); });
}

void AlarmPosts::work(const std::stop_token& stop) {
  std::unique_lock lock{mutex_};
  while (changed_.wait(lock, stop, [this] { return !waiting_.empty(); })) {
    const auto post = waiting_.front();
    lock.unlock();
    for (const auto& sink : sinks_) {
      sink->deliver(post, stop);
    }
    lock.lock();
    waiting_.pop_front();
    changed_.notify_all();
  }
}

}  // namespace fat
