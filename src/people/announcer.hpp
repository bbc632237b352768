// What the files of `announce` share: names of steps, people and reasons as they are written in a
// line.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "fat/people/announcement.hpp"

namespace fat {

/// Turns one event into lines. Each overload is the wording of one kind of event.
class Announcer {
 public:
  Announcer(const Event& event, const Campaign& campaign) : event_(event), campaign_(campaign) {}

  std::vector<Announcement> lines() &&;

 private:
  // announcement_run.cpp: the run as a whole.
  void tell(const RunOpened& event);
  void tell(const SchedulerStarted& event);
  void tell(const PlanAdopted& event);
  void tell(const SafeStateStarted& event);
  void tell(const SafeStateEnded& event);
  void tell(const BreakRequested& event);
  void tell(const RunEnded& event);
  void tell(const Noted& event);
  void tell(const Logged& event);
  void tell(const CodeSeen& event);
  void tell_contents();
  // announcement_step.cpp: steps and their attempts.
  void tell(const AttemptStarted& event);
  void tell(const AttemptAdopted& event);
  void tell(const AttemptReported& event);
  void tell(const AttemptEnded& event);
  void tell(const StepResolved& event);
  void tell(const StepReopened& event);
  void tell(const SignalRead& event);
  std::string environment_words(const AttemptEnded& event) const;
  std::string retry_words(const AttemptEnded& event) const;
  // announcement_people.cpp: questions and verbs.
  void tell(const PromptOpened& event);
  void tell(const PromptAnswered& event);
  void tell(const PromptWithdrawn& event);
  void tell(const PauseRequested& event);
  void tell(const PauseCancelled& event);
  void tell(const Paused& event);
  void tell(const Continued& event);
  void tell(const StopRequested& event);
  void tell(const StopCancelled& event);
  void tell(const AbortStepRequested& event);
  void tell(const AbortRequested& event);
  void tell(const ModuleQuarantined& event);
  void tell(const ModuleReleased& event);
  void tell(const PlanEdited& event);
  void tell(const ControlLocked& event);
  void tell(const ControlUnlocked& event);
  // announcement_shift.cpp: who acts, who was called, who has seen it.
  void tell(const ShiftTaken& event);
  void tell(const Acknowledged& event);
  void tell(const PersonCalled& event);
  void tell(const PromptReminded& event);
  void tell(const ReplyRead& event);

  void say(Urgency urgency, std::string_view text);
  /// What may come again and again: `fault` is the same each time. Info is no fault.
  void say_fault(Urgency urgency, std::string_view fault, std::string_view text);
  /// "[3] measure_gain_0", "safe state: laser off", "backup: ...".
  std::string name(const AttemptKey& key) const;
  /// Index of the main step with that title; quick for the steps that run just now.
  std::optional<std::size_t> main_index(const std::string& title) const;
  /// " by anna (uid 1000) ...", or nothing when the program itself did it.
  std::string by() const;
  /// ": the reason", or nothing.
  static std::string because(std::string_view reason);

  const Event& event_;
  const Campaign& campaign_;
  std::vector<Announcement> lines_;
};

/// Of the levels that steps and notes use: "info", "warning", "critical".
Urgency urgency_of(std::string_view level);

/// What to type to answer: "fatmaster answer 2 yes   (or no)".
std::string how_to_answer(const Prompt& prompt);

}  // namespace fat
