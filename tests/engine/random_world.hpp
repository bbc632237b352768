// A seed -> a bench, its people and its disasters, around the engine: deterministic.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "engine/invariants.hpp"
#include "engine/random_plan.hpp"
#include "fakes/manual_clock.hpp"
#include "fat/engine/run_campaign.hpp"

namespace fat {

/// Plays one run: first anything may happen, then a willing operator brings it to its end.
class RandomWorld {
 public:
  explicit RandomWorld(std::uint64_t seed);

  /// Empty when every promise held, else the first that did not.
  std::string play();
  /// The events as words, one a line.
  std::string story() const;

 private:
  /// A process on the bench. It lives and ends whatever the scheduler knows.
  struct Process {
    AttemptKey key;
    bool started = false;  ///< the scheduler lived long enough to start it
    bool unkillable = false;
    std::optional<AttemptEnded> exit;  ///< its exit record
    bool lost = false;                 ///< gone without one
  };

  void open(SchedulerStarted how);
  void append(std::vector<EventBody> bodies, const std::string& who = kProgram);
  void happened(EventBody body, const std::string& who);
  void settle();
  void happens();
  void a_process_does_something();
  void report_end(Process& process);
  AttemptEnded random_exit(const Process& process);
  void obey();
  void people_do_something();
  void answer_something();
  void ask_something();
  void time_passes(Microseconds longest);
  void disaster();
  void examine();
  void rebuild();
  void help();
  void help_people();
  bool asked_to_end(const AttemptKey& key) const;
  Process* process(const AttemptKey& key);

  Dice dice_;
  Plan plan_;
  ManualClock clock_;
  std::unique_ptr<RunCampaign> campaign_;
  Invariants invariants_;
  std::vector<Event> events_;
  std::vector<Process> processes_;
  int crash_after_ = -1;  ///< transactions before the scheduler dies; -1: it lives
  bool calm_ = false;
};

}  // namespace fat
