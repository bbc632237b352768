#include "cli/alarm_posts.hpp"

#include <condition_variable>
#include <deque>
#include <map>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "cli/message_delivery.hpp"
#include "fat/people/sink.hpp"

namespace fat {

namespace {

constexpr std::size_t kMostAlarms = 20;
constexpr Microseconds kSameAlarm = std::chrono::minutes{15};
constexpr std::chrono::seconds kAlarmTimeout{10};  // a sink that hangs keeps the next one waiting

}  // namespace

/// Owned by its thread, too.
class AlarmPosts::Queue {
 public:
  explicit Queue(std::vector<std::unique_ptr<Sink>> sinks) : sinks_(std::move(sinks)) {}

  void put(const std::string& text, const std::string& head, const Instant& now);
  void finish(std::chrono::steady_clock::time_point deadline);
  void work(const std::stop_token& stop);

 private:
  std::vector<std::unique_ptr<Sink>> sinks_;  // used by the thread only
  std::mutex mutex_;
  std::condition_variable_any changed_;
  std::deque<Post> waiting_;                  // guarded by mutex_; the first one is on its way
  std::map<std::string, Microseconds> told_;  // guarded by mutex_; when, by text
};

void AlarmPosts::Queue::put(const std::string& text, const std::string& head, const Instant& now) {
  const std::scoped_lock lock{mutex_};
  std::erase_if(told_, [&](const auto& entry) { return now.boot - entry.second >= kSameAlarm; });
  if (waiting_.size() >= kMostAlarms || !told_.emplace(text, now.boot).second) {
    return;
  }
  waiting_.push_back({.key = fmt::format("alarm-{}", now.wall.time_since_epoch().count()),
                      .messages = {},
                      .at = now.wall,
                      .urgency = Urgency::Warning,
                      .text = fmt::format("{}: ALARM: {}", head, text),
                      .files = {}});
  changed_.notify_all();
}

void AlarmPosts::Queue::finish(std::chrono::steady_clock::time_point deadline) {
  std::unique_lock lock{mutex_};
  changed_.wait_until(lock, deadline, [this] { return waiting_.empty(); });
}

void AlarmPosts::Queue::work(const std::stop_token& stop) {
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

AlarmPosts::AlarmPosts(const Station& station, std::string head) : head_(std::move(head)) {
  std::vector<std::unique_ptr<Sink>> sinks;
  for (const auto& channel : channels_of(station)) {
    sinks.push_back(sink_of(station, channel.entry, kAlarmTimeout));
  }
  if (!sinks.empty()) {
    queue_ = std::make_shared<Queue>(std::move(sinks));
  }
}

AlarmPosts::~AlarmPosts() = default;

void AlarmPosts::tell(const std::string& text, const Instant& now) {
  if (!queue_) {
    return;
  }
  queue_->put(text, head_, now);
  std::call_once(started_, [this] {
    thread_ = std::make_unique<LeavableThread>(
        [queue = queue_](const std::stop_token& stop) { queue->work(stop); });
  });
}

void AlarmPosts::finish(std::chrono::steady_clock::time_point deadline) {
  if (queue_) {
    queue_->finish(deadline);
  }
}

}  // namespace fat
