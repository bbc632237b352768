// Plan, state and moment -> one decision. The inside of decide(): decide.cpp has the order of
// things, next_step.cpp the steps.
#pragma once

#include <optional>
#include <string>

#include "fat/engine/decide.hpp"

namespace fat {

/// For one use.
class Decider {
 public:
  Decider(const Plan& plan, const RunState& state, const Instant& now, Steps steps)
      : plan_(plan), state_(state), now_(now), time_(state.time(now)), steps_(steps) {}

  Decision run();

 private:
  void break_off();
  void quarantine_unresponsive();
  bool pause_for_modules();
  void answer_overdue_prompts();
  void call_people();
  void refuse_questions();
  void refuse_question(const PromptOpened& asked);
  void settle_waits_and_questions();
  void settle_wait(const AttemptState& attempt);
  void start_backup();
  void go_on();
  void go_on_with_the_steps();
  void make_safe();
  void end_the_run();
  void finish(RunStatus status, const std::string& reason);
  bool wants_safe_state_while_asking();
  void next_step();
  void advance(StepList list, const Step& step, std::size_t index);
  void resolve_aborted(StepList list, const Step& step, AfterAbort then);
  void resolve_interrupted(StepList list,
                           const Step& step,
                           std::size_t index,
                           const StepState& known);
  void fail(StepList list, const Step& step, const std::string& reason);
  void pause_for(StepList list, const Step& step, const std::string& reason);
  void start(StepList list, const Step& step, std::size_t index, bool verify = false);
  void refuse(const Step& step, std::size_t index, const std::string& why);
  void set_up();
  void ask(Prompt prompt, std::optional<AttemptKey> attempt = std::nullopt);
  void withdraw_decisions(const std::string& title);
  bool nobody_to_ask(const std::string& why);
  bool is_open(StepList list) const;
  bool holds_up(const AttemptState& attempt);
  bool is_due(RunTime since, Microseconds length);
  void wake_after(Microseconds left);

  void say(EventBody body) { decision_.events.push_back(std::move(body)); }

  const Plan& plan_;
  const RunState& state_;
  const Instant& now_;
  const RunTime time_;
  const Steps steps_;
  Decision decision_;
};

}  // namespace fat
