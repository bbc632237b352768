// Readings as they come, from any thread -> the readings file, once a second.
#pragma once

#include <cstddef>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "fat/ports/clock.hpp"
#include "fat/store/readings_file.hpp"

namespace fat {

/// What was read and is not stored yet.
class WaitingReadings {
 public:
  /// The oldest make room when the disk takes none for long; `lost` counts them.
  void add(TimedReading reading);
  std::vector<TimedReading> take();
  /// What could not be stored, in front of what came meanwhile.
  void put_back(std::vector<TimedReading> readings);
  /// How many made room since this was asked last.
  std::size_t take_lost();

 private:
  std::mutex mutex_;
  std::vector<TimedReading> waiting_;  // guarded by mutex_
  std::size_t lost_ = 0;               // guarded by mutex_
};

/// A full disk is said once and tried again; then also what was lost meanwhile.
class ReadingsKeeper {
 public:
  ReadingsKeeper(ReadingsFile& file,
                 WaitingReadings& waiting,
                 const Clock& clock,
                 std::function<void(const std::string&)> say)
      : file_(file), waiting_(waiting), clock_(clock), say_(std::move(say)) {}

  void store();

 private:
  void forget_sometimes();

  ReadingsFile& file_;
  WaitingReadings& waiting_;
  const Clock& clock_;
  std::function<void(const std::string&)> say_;
  std::optional<Instant> forgot_;
  bool fails_ = false;
};

}  // namespace fat
