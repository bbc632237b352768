// Events one after another -> the first promise that is broken. Knows the plan and the rules,
// nothing of the engine.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "fat/engine/run_state.hpp"
#include "fat/model/event.hpp"
#include "fat/model/plan.hpp"

namespace fat {

class Invariants {
 public:
  explicit Invariants(Plan plan) : plan_(std::move(plan)) {}

  /// Call for every event that is stored, in order.
  void check(const Event& event);
  /// Call before the PlanAdopted of another plan.
  void adopt(Plan plan);
  /// Call before the PlanEdited that makes this plan.
  void edit(Plan plan, const PlanEdited& body);
  /// Call when nothing is left to decide: what the engine knows is what was stored, and nothing is
  /// overdue.
  void at_rest(const RunState& state, const Instant& now);

  /// Empty while all holds. Names no step: the same promise has the same text in every story.
  const std::string& broken() const { return broken_; }

 private:
  struct Open {
    AttemptStarted start;
    Instant at;
    bool asked = false, orphan = false;
    bool passed_over = false;  ///< a safe action that hung: the next one has begun
    Claims needs;
    bool background = false;
    std::vector<Window> windows;
    bool left = false;          ///< a signal left its window
    std::optional<bool> valid;  ///< at the start; unknown across a reboot
  };

  struct Reading {
    double value = 0;
    Instant at;
  };

  struct Question {
    PromptPurpose purpose{};
    std::optional<AttemptKey> attempt;
    Instant since;
    bool bench_is_safe = false;  ///< the safe state ran since
  };

  struct Failure {
    Instant at;
    bool later = false;
  };

  void on(const AttemptStarted& body, const Event& event);
  void holds_the_bench_alone(const AttemptStarted& body, const Event& event);
  void on(const AttemptEnded& body, const Event& event);
  void on(const PromptOpened& body, const Event& event);
  void on(const PromptAnswered& body);
  void on(const SchedulerStarted& body, const Event& event);
  void on(const RunEnded& body);
  void on(const AbortStepRequested& body);
  void on(const SafeStateStarted& body);
  void on(const SafeStateEnded& body);
  void course(const Event& event);
  void who_takes_part(const AttemptStarted& body);
  void at_the_end(const RunState& state, const Instant& now);
  void may_speak(const Event& event);
  void on_lock(const Event& event);
  void people(const EventBody& body);
  void decided(const std::string& title, std::optional<Outcome> outcome);
  void on(const SignalRead& body, const Event& event);
  void looks_at_its_windows(Open& open, const Step& step, const Instant& now) const;
  void end_in_its_windows(const Open& open, const AttemptEnded& body);
  void in_its_turn(const Step& step, std::size_t index);
  bool is_over(std::size_t index) const;
  bool is_overdue(const Instant& since, const Instant& now) const;
  void start_of_step(const AttemptStarted& body, const Step& step, const Event& event);
  void end_of_step(const Open& open, const AttemptEnded& body, const Event& event);
  void end_of_safe_action(const Open& open, const AttemptEnded& body);
  void end_of_wait(const Open& open, const AttemptEnded& body, const Event& event);
  void ask_all_to_end();
  void must_set_up();
  bool is_set_up() const;
  void all_safe_actions_again();
  void must(bool condition, const char* promise);

  Plan plan_;
  std::string broken_;
  std::vector<Open> open_;
  std::map<std::string, Outcome> final_;  ///< of main steps
  std::set<std::string> in_doubt_, reopened_, set_up_;
  bool set_up_wanted_ = false;  ///< a safe state or a reboot came before
  std::map<int, Question> questions_;
  std::set<int> asked_, answered_;
  std::map<std::string, int> tries_;
  std::map<std::string, Failure> failed_;  ///< steps that wait for their next attempt
  std::set<std::string> safe_actions_left_;
  bool safe_active_ = false, bench_safe_ = false, ended_ = false;
  bool batch_ = false, pausing_ = false, paused_ = false, ending_ = false;
  std::string from_, until_, boot_;
  std::set<std::string> quarantined_;                     ///< serials
  std::map<std::string, std::set<std::string>> without_;  ///< of the newest attempt of main steps
  Instant step_ended_;                                    ///< the newest end of a step
  int version_ = 0;                                       ///< of the plan
  std::set<std::string> begun_;                           ///< main steps with an attempt
  std::optional<Event> lock_;                             ///< that holds, if it has not expired
  std::set<std::string> seen_;                            ///< alerts that somebody has acknowledged
  std::set<std::pair<std::string, std::string>> called_;  ///< alert, person
  std::string newest_reply_;                              ///< its ts
  std::map<std::string, Reading> readings_;
  std::set<std::string> out_of_window_;  ///< titles
};

}  // namespace fat
