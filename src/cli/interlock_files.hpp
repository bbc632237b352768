// The newest state of the interlocks -> its files, by a thread of its own: a slow disk holds no
// interlock up for long.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

#include "fat/store/station_state_file.hpp"

namespace fat {

class InterlockFiles {
 public:
  /// `tell` hears when the memory cannot be written, and when it can again.
  InterlockFiles(StationStateFiles files,
                 bool for_group,
                 std::function<void(const std::string&)> tell);
  /// Tries once more what is not written yet.
  ~InterlockFiles();
  InterlockFiles(const InterlockFiles&) = delete;
  InterlockFiles& operator=(const InterlockFiles&) = delete;

  /// For whoever looks. Never waits; a newer one takes the place of one that waits.
  void publish(StationState state);

  /// What must outlive this process, published too. Waits until it is durable, at most that long:
  /// false when it is not yet. It is tried until it is. One that is older than another given before
  /// gives way: what a person was told is not undone by who evaluated just then.
  bool store(StationState state, std::chrono::milliseconds patience);

 private:
  void work(const std::stop_token& stop);
  bool write(const StationState& state, bool durable);

  StationStateFiles files_;
  bool for_group_;
  std::function<void(const std::string&)> tell_;
  std::mutex mutex_;
  std::condition_variable_any changed_;
  std::optional<StationState> memory_, newest_;  // guarded by mutex_; to be written
  Microseconds latest_ = Microseconds::min();    // guarded by mutex_; of what was to be stored
  std::uint64_t wanted_ = 0, stored_ = 0;        // guarded by mutex_; how many memories
  bool fails_ = false;                           // of the thread
  std::jthread thread_;                          // last: it uses all of the others
};

}  // namespace fat
