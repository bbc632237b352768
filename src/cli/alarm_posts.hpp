// Alarms that the journal may not be able to hold -> every sink, once, without it.
#pragma once

#include <chrono>
#include <memory>
#include <mutex>
#include <string>

#include "fat/model/instant.hpp"
#include "fat/model/station.hpp"
#include "fat/people/leavable_thread.hpp"

namespace fat {

/// Best effort: each alarm is tried once on each channel of the station, whatever its level, and is
/// lost where it is not taken. Its thread is made with the first alarm.
class AlarmPosts {
 public:
  /// `head` stands before every text: "chiba, run 12".
  AlarmPosts(const Station& station, std::string head);
  /// What is on its way is broken off; returns within two seconds.
  ~AlarmPosts();
  AlarmPosts(const AlarmPosts&) = delete;
  AlarmPosts& operator=(const AlarmPosts&) = delete;

  /// Never blocks. The same text is told once in 15 minutes; more than 20 that wait are dropped.
  void tell(const std::string& text, const Instant& now);

  /// Waits until all is tried, at most until then.
  void finish(std::chrono::steady_clock::time_point deadline);

 private:
  class Queue;
  std::string head_;
  std::shared_ptr<Queue> queue_;  ///< with its thread; none when nobody is to be told
  std::once_flag started_;
  std::unique_ptr<LeavableThread> thread_;
};

}  // namespace fat
