#include "engine/invariants.hpp"

#include <algorithm>

#include "engine/bench.hpp"
#include "engine/bench_run.hpp"
#include "fat/engine/summarize.hpp"

namespace fat {

namespace {

bool is_gone(const AttemptEnded& body) {
  return body.outcome == Outcome::Interrupted || body.outcome == Outcome::Aborted;
}

}  // namespace

void Invariants::must(bool condition, const char* promise) {
  if (!condition && broken_.empty()) {
    broken_ = promise;
  }
}

void Invariants::adopt(Plan plan) {
  plan_ = std::move(plan);
  if (safe_active_) {
    all_safe_actions_again();
  }
}

void Invariants::edit(Plan plan, const PlanEdited& body) {
  must(body.version == version_ + 1, "every version of the plan is kept");
  for (const auto& edit : body.edits) {
    must(!begun_.contains(edit.title) && !final_.contains(edit.title),
         "nothing is edited that has begun");
    if (edit.kind == EditKind::Insert || edit.kind == EditKind::Move) {
      reopened_.insert(edit.title);  // wanted where it was put
    }
  }
  std::vector<std::string> before;
  std::vector<std::string> after;
  for (const auto& step : plan_.steps) {
    if (begun_.contains(step.title)) {
      before.push_back(step.title + fingerprint(step));
    }
  }
  for (const auto& step : plan.steps) {
    if (begun_.contains(step.title)) {
      after.push_back(step.title + fingerprint(step));
    }
  }
  must(before == after, "an edit leaves alone what has begun");
  plan_ = std::move(plan);
}

/// Whether that person may change the course of the run now.
void Invariants::may_speak(const Event& event) {
  const auto& body = event.body;
  if (!lock_ || event.who == kProgram || person_of(event.who) == person_of(lock_->who) ||
      event.at.boot_id != lock_->at.boot_id) {
    return;
  }
  const auto& locked = std::get<ControlLocked>(lock_->body);
  if (event.at.boot - lock_->at.boot >= locked.length) {
    return;
  }
  const auto* taken = std::get_if<ControlLocked>(&body);
  const bool takes_over =
      taken != nullptr && taken->taken_from == lock_->who && !taken->reason.empty();
  const bool disturbs_nothing =
      std::holds_alternative<ShiftTaken>(body) || std::holds_alternative<Acknowledged>(body) ||
      std::holds_alternative<ReplyRead>(body) || std::holds_alternative<Logged>(body);
  must(takes_over || disturbs_nothing || std::holds_alternative<AbortRequested>(body),
       "the control belongs to who has locked it");
}

void Invariants::on_lock(const Event& event) {
  if (std::holds_alternative<ControlLocked>(event.body)) {
    lock_ = event;
  } else if (std::holds_alternative<ControlUnlocked>(event.body)) {
    lock_.reset();
  }
}

/// Numbers of alerts are never given twice within a run.
void Invariants::people(const EventBody& body) {
  if (const auto* seen = std::get_if<Acknowledged>(&body)) {
    seen_.insert(seen->alerts.begin(), seen->alerts.end());
  } else if (const auto* call = std::get_if<PersonCalled>(&body)) {
    for (const auto& id : call->alerts) {
      must(!seen_.contains(id), "nobody is called for what somebody has acknowledged");
      must(called_.emplace(id, call->person).second, "nobody is called twice for the same");
      must(id.starts_with('c') || questions_.contains(std::stoi(id)),
           "nobody is called for what is answered");
    }
  } else if (const auto* read = std::get_if<ReplyRead>(&body)) {
    must(newest_reply_.empty() || read->ts > newest_reply_, "no message is acted on twice");
    newest_reply_ = read->ts;
  }
}

void Invariants::must_set_up() {
  set_up_wanted_ = true;
  set_up_.clear();
  for (const auto& step : plan_.on_resume) {
    tries_.erase(step.title);
    failed_.erase(step.title);
  }
}

bool Invariants::is_set_up() const {
  return !set_up_wanted_ || std::ranges::all_of(plan_.on_resume, [this](const Step& step) {
    return set_up_.contains(step.title);
  });
}

void Invariants::all_safe_actions_again() {
  safe_actions_left_.clear();
  for (const auto& action : plan_.safe_state) {
    safe_actions_left_.insert(action.title);
  }
}

void Invariants::on(const SchedulerStarted& body, const Event& event) {
  bool safe_action_open = false;
  for (auto& one : open_) {
    one.orphan = true;
    safe_action_open = safe_action_open || one.start.key.list == StepList::SafeState;
  }
  if (safe_active_ && !safe_action_open) {
    all_safe_actions_again();
  }
  if (!boot_.empty() && boot_ != event.at.boot_id) {
    must_set_up();
    for (auto& [id, question] : questions_) {
      question.since = event.at;
      question.bench_is_safe = false;
    }
  }
  if (body.mode == StartMode::Restart) {
    return;
  }
  batch_ = body.batch;
  until_ = body.until;
  if (!body.from.empty()) {
    from_ = body.from;
    reopened_.clear();
  }
  if (ended_) {
    ended_ = bench_safe_ = ending_ = false;
    tries_.clear();
    failed_.clear();
  }
}

void Invariants::on(const AttemptStarted& body, const Event& event) {
  const auto& [list, title, attempt] = body.key;
  must(!ended_, "nothing starts in a run that has ended");
  const auto* step = find_step(plan_, list, title);
  must(step != nullptr, "only steps of the plan start");
  holds_the_bench_alone(body, event);
  const bool found = body.token.empty();  // told by its folder, not started now
  must(found || body.plan_version == version_, "every attempt names the plan it belongs to");
  if (list == StepList::Main) {
    begun_.insert(title);
  }
  if (step != nullptr && !found && (list == StepList::Main || list == StepList::OnResume)) {
    start_of_step(body, *step, event);
  }
  if (!found) {
    who_takes_part(body);
  }
  if (list == StepList::Main && !body.verify) {
    without_[title] = {body.without.begin(), body.without.end()};
  }
  safe_actions_left_.erase(title);
  if (!body.verify) {
    out_of_window_.erase(title);
  }
  open_.push_back({.start = body, .at = event.at});
  if (step != nullptr) {
    open_.back().needs = step->needs;
    open_.back().background = step->background;
    looks_at_its_windows(open_.back(), *step, event.at);
  }
}

void Invariants::who_takes_part(const AttemptStarted& body) {
  const bool process = body.kind != StepKind::Wait && body.kind != StepKind::Prompt;
  const bool safe_action = body.key.list == StepList::SafeState;
  const std::set<std::string> without{body.without.begin(), body.without.end()};
  const std::set<std::string> last{body.last.begin(), body.last.end()};
  const std::set<std::string> nobody;
  must(without == (process && !safe_action ? quarantined_ : nobody),
       "exactly the modules in quarantine take no part");
  must(last == (process && safe_action ? quarantined_ : nobody),
       "a safe action is for the modules in quarantine, too, after the others");
}

/// What a promised measurement says of a module was measured in an attempt that knew of it.
void Invariants::at_the_end(const RunState& state, const Instant& now) {
  for (const auto& module : summarize(plan_, state, now).modules) {
    must(module.quarantined == quarantined_.contains(module.serial),
         "who is in quarantine is known");
    const bool missed = std::ranges::any_of(plan_.steps, [&](const Step& step) {
      const auto final = final_.find(step.title);
      return !step.measurements.empty() && final != final_.end() &&
             final->second == Outcome::Done && without_[step.title].contains(module.serial);
    });
    must(!missed || module.verdict == Verdict::Inconclusive || module.verdict == Verdict::Failed,
         "nothing is called passed that was not run");
  }
}

void Invariants::holds_the_bench_alone(const AttemptStarted& body, const Event& event) {
  const auto list = body.key.list;
  const auto* step = find_step(plan_, list, body.key.title);
  for (auto& other : open_) {
    const bool beside = list == StepList::Main && other.start.key.list == StepList::Main &&
                        step != nullptr && (step->background || other.background) &&
                        fit_together(step->needs, other.needs);
    const auto held_by = other.start.key.list;
    const bool overdue =
        other.at.boot_id != event.at.boot_id || event.at.boot - other.at.boot >= kSafeActionAtMost;
    const bool hangs = held_by == StepList::SafeState ? overdue : other.asked;
    other.passed_over = other.passed_over || list == StepList::SafeState;
    must(list == StepList::Backup || held_by == StepList::Backup || beside ||
             (list == StepList::SafeState && hangs),
         "never two holders of one resource");
  }
}

void Invariants::start_of_step(const AttemptStarted& body, const Step& step, const Event& event) {
  const auto& title = step.title;
  must(!safe_active_, "the safe state is finished before the next step");
  must(!paused_ && !pausing_ && !ending_, "no step starts while the run pauses or is ending");
  bench_safe_ = false;
  for (auto& [id, question] : questions_) {
    question.bench_is_safe = false;
  }
  must(tries_[title] < step.attempts, "a step has no more attempts than it is given");
  if (!body.verify && in_doubt_.contains(title)) {
    must(step.recovery == Recovery::Rerun, "nothing is repeated that may have had its effect");
    in_doubt_.erase(title);
  }
  if (const auto failed = failed_.find(title); failed != failed_.end()) {
    const bool same_boot = failed->second.at.boot_id == event.at.boot_id;
    must(!same_boot || event.at.boot - failed->second.at.boot >= step.retry_delay,
         "a step waits before it is tried again");
    failed_.erase(title);
  }
  if (body.key.list == StepList::OnResume) {
    return;
  }
  must(is_set_up(), "the bench is set up again before the next step");
  must(!final_.contains(title), "done is final");
  const auto index = *find_step(plan_.steps, title);
  const auto from = find_step(plan_.steps, from_);
  const auto until = find_step(plan_.steps, until_);
  must(!from || index >= *from || reopened_.contains(title), "nothing runs before --from");
  must(!until || index <= *until, "nothing runs after --until");
  in_its_turn(step, index);
}

bool Invariants::is_over(std::size_t index) const {
  const auto from = find_step(plan_.steps, from_);
  const auto& title = plan_.steps[index].title;
  return final_.contains(title) || (from && index < *from && !reopened_.contains(title));
}

void Invariants::in_its_turn(const Step& step, std::size_t index) {
  for (std::size_t i = 0; i < index; ++i) {
    const auto& earlier = plan_.steps[i];
    if (is_over(i)) {
      continue;
    }
    must(earlier.background, "steps that are not in the background keep their order");
    must(fit_together(step.needs, earlier.needs), "steps that collide keep their order");
    must(std::ranges::find(step.after, earlier.title) == step.after.end(),
         "a step starts after those it follows");
  }
}

void Invariants::on(const AttemptEnded& body, const Event& event) {
  const auto found =
      std::ranges::find_if(open_, [&](const auto& one) { return one.start.key == body.key; });
  must(found != open_.end(), "only what is open ends");
  if (found == open_.end()) {
    return;
  }
  const auto open = std::move(*found);
  open_.erase(found);
  std::erase_if(questions_, [&](const auto& one) { return one.second.attempt == body.key; });
  end_of_wait(open, body, event);
  if (body.key.list == StepList::SafeState) {
    end_of_safe_action(open, body);
  } else if (body.key.list != StepList::Backup) {
    step_ended_ = event.at;
    end_in_its_windows(open, body);
    end_of_step(open, body, event);
  }
}

void Invariants::end_of_wait(const Open& open, const AttemptEnded& body, const Event& event) {
  if (open.start.kind != StepKind::Wait || body.outcome != Outcome::Done) {
    return;
  }
  if (open.start.wait_until) {
    must(event.at.wall >= *open.start.wait_until, "a calendar wait lasts until its moment");
  } else if (open.at.boot_id == event.at.boot_id) {
    must(event.at.boot - open.at.boot >= open.start.wait.value_or(Microseconds{0}),
         "a wait lasts whatever is done to the wall clock");
  }
}

void Invariants::end_of_safe_action(const Open& open, const AttemptEnded& body) {
  if (!safe_active_ || open.passed_over || body.outcome != Outcome::Interrupted) {
    safe_actions_left_.erase(body.key.title);
  } else if (find_step(plan_.safe_state, body.key.title) &&
             (open.orphan || body.cause == EndCause::NeverStarted)) {
    safe_actions_left_.insert(body.key.title);
  }
}

void Invariants::end_of_step(const Open& open, const AttemptEnded& body, const Event& event) {
  const auto& [list, title, attempt] = body.key;
  const bool verify = open.start.verify;
  if (verify) {
    if (body.outcome == Outcome::Done || (body.outcome == Outcome::Errored && body.status == 1)) {
      in_doubt_.erase(title);
    }
  } else if (is_gone(body) && body.cause != EndCause::Waited && body.cause != EndCause::Answered &&
             body.cause != EndCause::NeverStarted && body.cause != EndCause::Refused) {
    in_doubt_.insert(title);
  } else if (body.outcome == Outcome::Errored) {
    tries_[title] += body.try_later ? 0 : 1;
    failed_[title] = {.at = event.at, .later = body.try_later};
  }
  const bool well = body.outcome == Outcome::Done || (body.outcome == Outcome::Skipped && !verify);
  if (well && list == StepList::Main) {
    must(!final_.contains(title), "done is final");
    final_[title] = body.outcome;
  } else if (well) {
    set_up_.insert(title);
  }
}

void Invariants::decided(const std::string& title, std::optional<Outcome> outcome) {
  in_doubt_.erase(title);
  tries_.erase(title);
  failed_.erase(title);
  if (!outcome) {
    final_.erase(title);
    set_up_.erase(title);
    reopened_.insert(title);
    return;
  }
  set_up_.insert(title);
  if (find_step(plan_.steps, title)) {
    must(!final_.contains(title), "done is final");
    final_[title] = *outcome;
  }
}

void Invariants::on(const PromptOpened& body, const Event& event) {
  const auto purpose = body.prompt.purpose;
  must(asked_.insert(body.prompt.id).second, "every prompt has its own number");
  must(!batch_ || purpose == PromptPurpose::StepQuestion, "--batch asks nobody");
  questions_[body.prompt.id] = {.purpose = purpose, .attempt = body.attempt, .since = event.at};
}

void Invariants::on(const PromptAnswered& body) {
  must(questions_.erase(body.id) == 1, "only what is asked is answered");
  must(answered_.insert(body.id).second, "a prompt is answered at most once");
}

void Invariants::on(const SignalRead& body, const Event& event) {
  readings_[body.signal] = {.value = body.value, .at = event.at};
  for (auto& one : open_) {
    for (const auto& window : one.windows) {
      one.left = one.left || (window.signal == body.signal &&
                              (body.value < window.low || body.value > window.high));
    }
  }
}

void Invariants::looks_at_its_windows(Open& open, const Step& step, const Instant& now) const {
  if (open.start.verify || open.start.key.list != StepList::Main || open.start.token.empty()) {
    return;
  }
  open.windows = step.valid_when;
  open.valid = true;
  for (const auto& window : open.windows) {
    const auto found = readings_.find(window.signal);
    if (found == readings_.end() || found->second.value < window.low ||
        found->second.value > window.high) {
      open.valid = false;
      return;
    }
    if (found->second.at.boot_id != now.boot_id) {
      open.valid.reset();
      return;
    }
    open.valid = *open.valid && now.boot - found->second.at.boot <= window.max_age;
  }
}

void Invariants::end_in_its_windows(const Open& open, const AttemptEnded& body) {
  const bool refused = body.cause == EndCause::Refused && body.reason.starts_with("not valid");
  must(open.valid != false || refused, "nothing is measured out of its window");
  must(open.valid != true || !refused, "what is valid is measured");
  if (open.start.verify || body.cause == EndCause::Refused ||
      body.cause == EndCause::NeverStarted) {
    return;
  }
  if (open.left) {
    out_of_window_.insert(body.key.title);
  }
}

void Invariants::on(const RunEnded& body) {
  must(bench_safe_ || plan_.safe_state.empty(), "the safe state comes before every end");
  ended_ = true;
  pausing_ = paused_ = false;
  questions_.clear();
  const bool completed = body.status == RunStatus::Completed;
  const auto from = find_step(plan_.steps, from_).value_or(0);
  for (std::size_t i = from; completed && i < plan_.steps.size(); ++i) {
    must(final_.contains(plan_.steps[i].title), "every step has ended when the run is completed");
  }
}

void Invariants::on(const AbortStepRequested& body) {
  for (auto& one : open_) {
    one.asked = one.asked || one.start.key.title == body.title;
  }
}

void Invariants::ask_all_to_end() {
  ending_ = true;
  for (auto& one : open_) {
    one.asked = true;
  }
}

void Invariants::on(const SafeStateStarted&) {
  must(!safe_active_, "one safe state at a time");
  safe_active_ = true;
  all_safe_actions_again();
  must_set_up();
}

void Invariants::on(const SafeStateEnded&) {
  for (const auto& one : open_) {
    safe_actions_left_.erase(one.start.key.title);
  }
  must(safe_actions_left_.empty(), "all actions of the safe state run");
  safe_active_ = false;
  bench_safe_ = true;
  for (auto& [id, question] : questions_) {
    question.bench_is_safe = true;
  }
}

/// The events that say where the run goes.
void Invariants::course(const Event& event) {
  const auto& body = event.body;
  if (std::holds_alternative<PauseRequested>(body)) {
    pausing_ = true;
  } else if (std::holds_alternative<PauseCancelled>(body)) {
    pausing_ = false;
  } else if (std::holds_alternative<Paused>(body)) {
    pausing_ = false;
    paused_ = true;
  } else if (std::holds_alternative<Continued>(body)) {
    pausing_ = paused_ = false;
    std::erase_if(questions_,
                  [](const auto& one) { return one.second.purpose == PromptPurpose::Failure; });
  } else if (std::holds_alternative<StopRequested>(body)) {
    ending_ = true;
  } else if (std::holds_alternative<StopCancelled>(body)) {
    ending_ = false;
  } else if (std::holds_alternative<AbortRequested>(body) ||
             std::holds_alternative<BreakRequested>(body)) {
    ask_all_to_end();
  } else if (const auto* quarantine = std::get_if<ModuleQuarantined>(&body)) {
    must(quarantined_.insert(quarantine->module).second, "a module is quarantined once");
  } else if (const auto* release = std::get_if<ModuleReleased>(&body)) {
    must(quarantined_.erase(release->module) == 1, "only who is in quarantine is released");
  } else if (const auto* withdrawn = std::get_if<PromptWithdrawn>(&body)) {
    questions_.erase(withdrawn->id);
  } else if (const auto* adopted = std::get_if<PlanAdopted>(&body)) {
    version_ = adopted->version;
    for (const auto& title : adopted->redo) {
      decided(title, std::nullopt);
    }
  } else if (const auto* edited = std::get_if<PlanEdited>(&body)) {
    version_ = edited->version;
  } else if (const auto* opened = std::get_if<RunOpened>(&body)) {
    for (const auto& title : opened->imported_done) {
      final_[title] = Outcome::Done;
    }
  }
}

void Invariants::check(const Event& event) {
  const auto& body = event.body;
  may_speak(event);
  on_lock(event);
  people(body);
  if (const auto* started = std::get_if<AttemptStarted>(&body)) {
    on(*started, event);
  } else if (const auto* ended = std::get_if<AttemptEnded>(&body)) {
    on(*ended, event);
  } else if (const auto* resolved = std::get_if<StepResolved>(&body)) {
    decided(resolved->title, resolved->outcome);
  } else if (const auto* reopened = std::get_if<StepReopened>(&body)) {
    decided(reopened->title, std::nullopt);
  } else if (const auto* asked = std::get_if<PromptOpened>(&body)) {
    on(*asked, event);
  } else if (const auto* answered = std::get_if<PromptAnswered>(&body)) {
    on(*answered);
  } else if (const auto* scheduler = std::get_if<SchedulerStarted>(&body)) {
    on(*scheduler, event);
  } else if (const auto* end = std::get_if<RunEnded>(&body)) {
    on(*end);
  } else if (const auto* aborted = std::get_if<AbortStepRequested>(&body)) {
    on(*aborted);
  } else if (const auto* safe = std::get_if<SafeStateStarted>(&body)) {
    on(*safe);
  } else if (const auto* safe_end = std::get_if<SafeStateEnded>(&body)) {
    on(*safe_end);
  } else if (const auto* read = std::get_if<SignalRead>(&body)) {
    on(*read, event);
  } else {
    course(event);
  }
  boot_ = event.at.boot_id;
}

bool Invariants::is_overdue(const Instant& since, const Instant& now) const {
  return since.boot_id == now.boot_id && now.boot - since.boot >= plan_.safe_state_after;
}

void Invariants::at_rest(const RunState& state, const Instant& now) {
  for (std::size_t i = 0; i < plan_.steps.size(); ++i) {
    const auto found = final_.find(plan_.steps[i].title);
    const auto said = found == final_.end() ? std::nullopt : std::optional{found->second};
    must(state.main_step(i).outcome == said, "nothing that is done is lost");
    must(!out_of_window_.contains(plan_.steps[i].title) || !state.main_step(i).environment.empty(),
         "what was measured out of its window is marked");
  }
  if (ended_) {
    at_the_end(state, now);
  }
  const bool held = std::ranges::any_of(
      open_, [](const Open& one) { return one.start.key.list != StepList::Backup; });
  if (held || safe_active_ || ended_ || ending_ || plan_.safe_state.empty()) {
    return;
  }
  for (const auto& [id, question] : questions_) {
    const bool of_trouble =
        question.purpose == PromptPurpose::Failure || question.purpose == PromptPurpose::Recovery;
    const bool overdue =
        is_overdue(question.since, now) &&
        (question.purpose == PromptPurpose::Failure || is_overdue(step_ended_, now));
    must(!of_trouble || !overdue || question.bench_is_safe,
         "the safe state comes when nobody answers");
  }
}

}  // namespace fat
