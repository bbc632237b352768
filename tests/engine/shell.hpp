// A campaign and what happens to it -> decisions stored and carried out, in the same order as
// runner/run_loop does it, with a bench and a journal made of vectors.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "engine/bench.hpp"
#include "engine/invariants.hpp"
#include "engine/state_coverage.hpp"
#include "fakes/manual_clock.hpp"
#include "fat/engine/run_campaign.hpp"

namespace fat {

/// SIGKILL in the middle of storing something.
struct SchedulerDied {};

/// Where in the next transactions the scheduler dies.
struct DeathPoint {
  int transactions = 0;  ///< that succeed before
  bool stored = false;   ///< the last one is stored, and nothing of it carried out
};

/// What a test may put into the simulation.
struct ShellOptions {
  StateCoverage* coverage = nullptr;  ///< counts what is reached
  /// An engine that is wrong on purpose: changes what was decided.
  std::function<void(std::vector<EventBody>&, const RunState&)> tamper;
  bool tell = false;  ///< keeps sentences
};

/// What the runner finds when it looks at a step's code before its start.
struct ChangedCode {
  bool refused = false;  ///< strict_code
};

class Shell {
 public:
  Shell(Plan plan, ShellOptions options);

  /// A scheduler starts: the opening is one transaction, then what was left open is examined.
  void start(std::vector<EventBody> opening, const std::string& who);
  /// Something happened outside, or a person spoke.
  void happened(std::vector<EventBody> bodies, const std::string& who = kProgram);
  void settle();
  /// The scheduler's memory is gone; what is stored is read again.
  void rebuild();
  /// Somebody edited the schedule file while no scheduler lived.
  void edit_file(Plan plan);
  /// As a start does: what the file says by now, with the edits of the run.
  void read_file();
  /// What a start has to say about the plan, when it is not the one that is stored.
  std::optional<PlanAdopted> drift();
  /// The journal's last transactions are lost. Behind rebuild().
  void lose_end_of_journal(int transactions);
  /// Without a scheduler: the verb is stored by the command itself.
  void request_offline(const Verb& verb);
  VerbReply request(const Verb& verb);
  void say(const std::string& sentence);

  const RunCampaign& campaign() const { return *campaign_; }

  const Plan& plan() const { return campaign_->plan(); }

  /// What the schedule file says, without the edits of the run.
  const Plan& file() const { return file_; }

  const Plan& plan_of(int version) const { return plans_.at(version); }

  const RunState& state() const { return campaign_->state(); }

  /// All that one sees of the run, and what it leads to.
  std::string digest() const;
  /// The first promise that is broken; empty while all hold.
  const std::string& broken() const;

  const std::vector<std::string>& sentences() const { return sentences_; }

  std::size_t stored() const { return stored_.size(); }

  ManualClock clock;
  Bench bench;
  Choices choices;  ///< of what happens now
  bool journal_refuses = false;
  int replies = 0;  ///< read in the thread so far
  std::optional<DeathPoint> death;
  std::optional<ChangedCode> changed_code;  ///< not seen yet

 private:
  void apply(const Event& event);
  void replay();
  void replay(Plan plan, int version);
  void stage(std::vector<EventBody> bodies, const std::string& who);
  void decide();
  void look_at_code(std::vector<EventBody>& events);
  bool commit();
  void withdraw_intents();
  void act(const std::vector<Event>& events);
  void start_process(const AttemptStarted& started);
  void end_what_shall_end();
  void examine();
  EventBody examined(const AttemptState& attempt);
  void store(const std::vector<Event>& events);
  void check(const Event& event);
  void check_edit(const PlanEdited& body);
  int stored_version() const;
  std::string file_print() const;

  ShellOptions options_;
  Plan file_;
  int edits_ = 0;              ///< of the file
  std::map<int, Plan> plans_;  ///< by version
  std::unique_ptr<RunCampaign> campaign_;
  Invariants invariants_;
  std::vector<Event> staged_, stored_;
  std::vector<std::size_t> transactions_;  ///< where each one begins in stored_
  std::vector<EventBody> posted_;          ///< told as soon as what is going on has ended
  std::vector<std::string> sentences_;
  bool suspended_ = false;
};

}  // namespace fat
