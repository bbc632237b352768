// What a long-lived process has to say -> its terminal and people's channels, without ever waiting.
#pragma once

#include <condition_variable>
#include <deque>
#include <mutex>
#include <string>
#include <thread>

#include "cli/alarm_posts.hpp"
#include "fat/ports/clock.hpp"

namespace fat {

/// Its own thread writes: a terminal that takes nothing holds nobody up.
class Spokesman {
 public:
  /// `head` stands before what is posted: "chiba station".
  Spokesman(const Station& station, const Clock& clock, std::string head);
  /// Says what it still can.
  ~Spokesman();
  Spokesman(const Spokesman&) = delete;
  Spokesman& operator=(const Spokesman&) = delete;

  /// A line on the terminal. Of more than 1000 that wait the oldest are dropped.
  void say(const std::string& text);
  /// The same, and a post to every channel of the station.
  void alarm(const std::string& text);

 private:
  void work(const std::stop_token& stop);

  const Clock& clock_;
  AlarmPosts posts_;
  std::mutex mutex_;
  std::condition_variable_any changed_;
  std::deque<std::string> lines_;  // guarded by mutex_
  std::jthread thread_;            // last: it uses all of the others
};

}  // namespace fat
