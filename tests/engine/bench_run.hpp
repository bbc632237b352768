// A plan and what the test says happened -> a run, with the test in the place of the shell that
// performs decisions.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "fakes/manual_clock.hpp"
#include "fat/engine/decide.hpp"
#include "fat/engine/run_campaign.hpp"

namespace fat {

using namespace std::chrono_literals;

Step command(const std::string& title);
Step wait(const std::string& title, const std::string& duration);
Step question(const std::string& title);
Plan plan_of(std::vector<Step> steps);

/// The event as a person would tell it: "+12 s start gain/1", "end gain/1: errored (exit status
/// 3)".
std::string words(const EventBody& body);

/// Appends and applies what the engine decides until it has nothing more to say, as the runner
/// does.
class BenchRun {
 public:
  explicit BenchRun(Plan plan, SchedulerStarted how = {});

  // What the newest attempt of a step did.
  void done(const std::string& title);
  void errored(const std::string& title);
  void timed_out(const std::string& title);
  void says_try_later(const std::string& title);
  void skipped(const std::string& title);
  void ended_by_abort(const std::string& title);
  void lost(const std::string& title);
  void never_started(const std::string& title);
  void exits_with(const std::string& title, int status);
  void ends(const std::string& title, AttemptEnded how);

  /// What a person types.
  VerbReply says(Verb verb);
  VerbReply answers(const std::string& value, const std::string& reason = {}, int prompt = 0);

  /// Time passes; timers go off on the way.
  void pass(Microseconds time);
  /// SIGKILL; the state is rebuilt from the events. Nothing is decided before look_around() or an
  /// end is told.
  void crash();
  void reboot();
  void start_again(SchedulerStarted how);

  void resume() { start_again({.mode = StartMode::Resume}); }

  void restart() { start_again({.mode = StartMode::Restart}); }

  void settle();
  void tell(EventBody body, const std::string& who = kProgram);

  RunStatus status() const { return campaign_->status(); }

  RunSummary summary() const { return campaign_->summary(clock.now()); }

  const RunState& state() const { return campaign_->state(); }

  const Plan& plan() const { return campaign_->plan(); }

  /// Titles of the open attempts, oldest first.
  std::vector<std::string> running() const;
  /// Titles in the order their attempts were started, since the last call.
  std::vector<std::string> started();
  /// Words of all events since the last call.
  std::vector<std::string> story();
  std::string state_of(const std::string& title) const;

  const std::vector<Event>& events() const { return events_; }

  ManualClock clock;

 private:
  AttemptKey newest(const std::string& title) const;

  std::unique_ptr<RunCampaign> campaign_;
  std::vector<Event> events_;
  std::size_t told_ = 0, told_starts_ = 0;
};

}  // namespace fat
