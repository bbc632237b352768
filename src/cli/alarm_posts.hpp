// Alarms that the journal may not be able to hold -> every sink, once, without it.
#pragma once

#include <chrono>
#include <condition_variable>
#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "fat/model/instant.hpp"
#include "fat/model/station.hpp"
#include "fat/people/sink.hpp"

namespace fat {

/// Best effort: each alarm is tried once on each channel of the station, whatever its level, and is
/// lost where it is not taken. Its thread is made with the first alarm.
class AlarmPosts {
 public:
  /// `head` stands before every text: "chiba, run 12".
  AlarmPosts(const Station& station, std::string head);
  /// What is on its way is broken off.
  ~AlarmPosts();
  AlarmPosts(const AlarmPosts&) = delete;
  AlarmPosts& operator=(const AlarmPosts&) = delete;

  /// Never blocks. The same text is told once in 15 minutes; more than 20 that wait are dropped.
  void tell(const std::string& text, const Instant& now);

  /// Waits until all is tried, at most until then.
  void finish(std::chrono::steady_clock::time_point deadline);

 private:
  void work(const std::stop_token& stop);

  std::string head_;
  std::vector<std::unique_ptr<Sink>> sinks_;  // used by the thread only
  std::mutex mutex_;
  std::condition_variable_any changed_;
  std::deque<Post> waiting_;                  // guarded by mutex_; the first one is on its way
  std::map<std::string, Microseconds> told_;  // guarded by mutex_; when, by text
  std::jthread thread_;                       // last: it uses all of the others
};

}  // namespace fat
