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
  std::filesystem::path log;                     ///< what the process says
  std::function<void(const std::string&)> tell;  ///< before the run goes on, and behind it
  std::function<void(const std::string&)> alarm;
  std::function<bool()> settled;  ///< nothing of the bench holds a step up
};

/// A process of its own, so that what guards the bench outlives an engine that dies: the next
/// engine of the run finds it again, and without one it leaves the bench harmless and ends by
/// itself (`RunBeside`). So nothing here ends it but `end`. Where somebody reads the bench already,
/// nothing is started, now or later. One thread.
class StationBeside {
 public:
  explicit StationBeside(StationBesideParts parts) : parts_(std::move(parts)) {}

  /// Starts the process, or finds it. `patience`: so long it may take until nothing of the bench
  /// holds a step up; none where steps are at work that want their time-outs kept.
  void begin(Microseconds patience);

  /// Every now and then: begins when that of another run has ended; one that died is started again,
  /// at longer and longer intervals. Waits for nothing.
  void keep();

  /// At the end of the run: it leaves the bench harmless, and this waits for that. One that is not
  /// there is started for it.
  void end();

 private:
  enum class Host { Undecided, Another, Run };

  std::optional<StationOwner> reader() const;
  void say(const std::string& text) const;
  void decide(const std::optional<StationOwner>& reader);
  void start();
  OwnedFd log() const;
  void wait_until_it_reads(Microseconds patience) const;
  void learn_its_end();
  void wait_for_its_end(pid_t process);

  StationBesideParts parts_;
  Host host_ = Host::Undecided;
  bool waits_ = false;    ///< for that of another run, which was said
  bool at_work_ = false;  ///< what is said is said while the run goes on
  OwnedFd notices_;       ///< where the process says that it is ready
  pid_t process_ = -1;    ///< a child of this engine
  pid_t found_ = -1;      ///< one of an engine before it
  std::optional<Instant> started_;
  Microseconds pause_{};  ///< before it is started again
};

}  // namespace fat
