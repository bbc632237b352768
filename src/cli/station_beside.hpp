// A run whose bench nobody reads -> `fatmaster station` beside it, for as long as the run goes on.
#pragma once

#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <sys/types.h>

#include "cli/bench_files.hpp"
#include "fat/model/instant.hpp"
#include "fat/model/owned_fd.hpp"
#include "fat/model/station.hpp"
#include "fat/ports/clock.hpp"
#include "fat/store/station_lock.hpp"

namespace fat {

/// What is borrowed must outlive it.
struct StationBesideParts {
  const Station& station;
  const Clock& clock;
  BenchFiles files;
  std::vector<std::string> words;  ///< of the process: "fatmaster -C ... station --beside 12"
  int run = 0;
  std::filesystem::path log;  ///< what the process says
  std::function<void(const std::string&)> tell;
  std::function<void(const std::string&)> alarm;
  std::function<bool()> settled;  ///< nothing of the bench holds a step up
};

/// A process of its own, so that what guards the bench outlives an engine that dies: the next
/// engine of the run finds it again, and without one it leaves the bench harmless and ends by
/// itself
/// (`RunBeside`). Where somebody reads the bench already, nothing is started, now or later. One
/// thread.
class StationBeside {
 public:
  explicit StationBeside(StationBesideParts parts) : parts_(std::move(parts)) {}

  /// Ends the process without waiting for it.
  ~StationBeside();
  StationBeside(const StationBeside&) = delete;
  StationBeside& operator=(const StationBeside&) = delete;

  /// Somebody reads the bench when this returns, if that can be. Waits a short time for the first
  /// readings. Says what it did, or why nobody reads it.
  void begin();

  /// Every now and then: one that died is started again, at longer and longer intervals. Waits for
  /// nothing.
  void keep();

  /// At the end of the run: it leaves the bench harmless, and this waits for that.
  void end();

 private:
  std::optional<StationOwner> reader() const;
  std::optional<StationOwner> reader_when_the_former_has_ended() const;
  void start(const std::vector<std::string>& environment);
  void start_and_wait();
  void wait_until_it_reads(const OwnedFd& notices) const;
  void learn_its_end();

  StationBesideParts parts_;
  bool hosts_ = false;
  pid_t process_ = -1;  ///< a child of this engine
  pid_t found_ = -1;    ///< one of an engine before it
  std::optional<Instant> started_;
  Microseconds pause_{};  ///< before it is started again
};

}  // namespace fat
