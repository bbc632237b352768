// The journal of a station -> news for everybody who listens: events, where the newest run stands,
// whether a scheduler lives.
#pragma once

#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <thread>
#include <vector>

#include "cli/loaded_runs.hpp"
#include "fat/ports/clock.hpp"
#include "fat/store/station_lock.hpp"
#include "fat/web/api.hpp"

namespace fat {

/// Whoever owns the station just now.
struct SchedulerView {
  bool alive = false;  ///< it drives the newest run, or is about to
  StationOwner owner;
};

/// Looks at the journal whenever its folder changes, and a few times a second. Writes nothing.
class StationFollower {
 public:
  /// All must outlive it. Nothing is followed before the first look().
  StationFollower(const Station& station, LoadedRuns& runs, EventFeed& feed, const Clock& clock)
      : station_(station), runs_(runs), feed_(feed), clock_(clock) {}

  /// Publishes what is new: of the run it finds at first nothing but what comes later. Returns how
  /// long to wait before the next look when nothing happens. One thread at a time. Throws what
  /// reading a journal throws; the next look goes on.
  Microseconds look();

  /// Looks until `stop` asks for the end; where there was news, not again for 25 ms: in a flood of
  /// events the run keeps its time. What goes wrong is said once on stderr, as often as it is
  /// something else.
  void follow(const std::stop_token& stop);

  /// The newest run; nullptr: nothing has been started. Waits for the first look() to end.
  std::shared_ptr<LoadedRun> newest() const;
  /// As of now.
  SchedulerView scheduler() const;

 private:
  /// On its way out, whatever that is, nobody waits for the first look any more.
  class FirstLook {
   public:
    explicit FirstLook(StationFollower& follower) : follower_(follower) {}

    ~FirstLook();
    FirstLook(const FirstLook&) = delete;
    FirstLook& operator=(const FirstLook&) = delete;

   private:
    StationFollower& follower_;
  };

  void tell_scheduler(const std::optional<StationOwner>& owner);
  void begin(std::shared_ptr<LoadedRun> run);
  void publish(std::string name, std::string data);
  void tell_events();
  Microseconds tell_status();

  const Station& station_;
  LoadedRuns& runs_;
  EventFeed& feed_;
  const Clock& clock_;
  mutable std::mutex mutex_;
  mutable std::condition_variable_any first_look_;
  bool looked_ = false;             ///< once at least; guarded by mutex_
  std::shared_ptr<LoadedRun> run_;  ///< guarded by mutex_; shared with who answers about it
  std::optional<bool> alive_;       ///< as it was told
  std::size_t told_ = 0;            ///< events of run_ that were told
  std::string mark_;                ///< of the status told last
  std::uint64_t plan_ = 0;          ///< ChangeCounters::plan of that
  std::optional<Instant> status_at_;
  Microseconds status_took_{0};
  std::vector<StepSummary> rows_;  ///< of that
};

}  // namespace fat
