// A plan, lengths and trouble -> one campaign in virtual time. The shell of a rehearsal: what
// runner/run_loop does with processes and timers, done with a list of moments.
#pragma once

#include <functional>
#include <memory>
#include <set>

#include "fat/engine/chance.hpp"
#include "fat/engine/rehearsal.hpp"
#include "fat/engine/run_campaign.hpp"

namespace fat {

/// How long the next attempt of a step takes.
using LengthOfAttempt = std::function<Microseconds(StepList, std::size_t index, const Step&)>;

class VirtualBench {
 public:
  VirtualBench(const Plan& plan, const RehearsalRequest& request, LengthOfAttempt length);

  /// Plays the campaign to its end, or until nothing would ever happen again.
  void play();

  const RunState& state() const { return campaign_->state(); }

  const std::vector<RehearsedAttempt>& attempts() const { return attempts_; }

  const std::vector<Milestone>& milestones() const { return milestones_; }

  const Instant& now() const { return now_; }

  Microseconds waited_for_people() const { return waited_; }

 private:
  enum class Death { None, Scheduler, Machine };

  struct Process {
    AttemptKey key;
    WallTime ends;
    bool fails = false;
  };

  struct Question {
    Prompt prompt;
    WallTime asked;
  };

  void open();
  void apply(EventBody body, const std::string& who = kProgram);
  void settle();
  void note(const Event& event);
  void begin(const AttemptStarted& started);
  void happened(const AttemptStarted& event);
  void happened(const AttemptEnded& event);
  void happened(const AttemptAdopted& event);
  void happened(const PromptOpened& event);
  void happened(const PromptAnswered& event);
  void happened(const Paused& event);
  void happened(const StopRequested& event);
  void happened(const StepResolved& event);
  void happened(const SafeStateStarted& event);
  void happened(const SchedulerStarted& event);

  template <typename Body>
  void happened(const Body&) {}

  void milestone(MilestoneKind kind, const std::string& step, std::string text);
  Death death_in(const AttemptStarted& started);
  bool fails(const std::string& title);
  const Step& step_of(const AttemptKey& key, int index) const;
  std::optional<WallTime> next_moment() const;
  void go_to(WallTime moment);
  bool end_a_process();
  bool answer_a_question();
  void die();
  void lose_power();

  const Plan& plan_;
  const RehearsalRequest& request_;
  LengthOfAttempt length_;
  std::unique_ptr<RunCampaign> campaign_;
  Instant now_;
  std::vector<Event> stored_;
  std::vector<Process> processes_;
  std::vector<Question> questions_;
  std::vector<RehearsedAttempt> attempts_;
  std::vector<Milestone> milestones_;
  std::set<std::string> mended_;  ///< steps a person has looked at
  std::set<std::string> died_in_;
  std::optional<WallTime> dies_;
  Death death_ = Death::None;  ///< at `dies_`
  std::optional<Microseconds> wake_after_;
  Microseconds waited_{0};
  std::optional<Chance> dice_;
};

}  // namespace fat
