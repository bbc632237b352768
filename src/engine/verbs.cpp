#include "fat/engine/verbs.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "engine/lanes.hpp"
#include "engine/module_verbs.hpp"
#include "engine/steering.hpp"
#include "fat/engine/decide.hpp"
#include "fat/model/quantity.hpp"
#include "fat/model/suggestion.hpp"

namespace fat {

namespace {

VerbReply accept(std::string text, std::vector<EventBody> events = {}) {
  return {.accepted = true, .text = std::move(text), .events = std::move(events)};
}

VerbReply refuse(std::string text) {
  return {.accepted = false, .text = std::move(text), .events = {}};
}

/// A step of the plan that a person can decide about.
struct NamedStep {
  StepList list = StepList::Main;
  std::size_t index = 0;
  const Step* step = nullptr;  ///< nullptr: there is no such step
};

class Request {
 public:
  Request(const Plan& plan, const RunState& state, const Verb& verb, const Instant& now)
      : plan_(plan), state_(state), verb_(verb), now_(now), status_(state.status()) {}

  VerbReply reply();

 private:
  VerbReply pause();
  VerbReply cancel_pause();
  VerbReply go_on();
  VerbReply stop();
  VerbReply cancel_stop();
  VerbReply skip();
  VerbReply redo();
  VerbReply mark();
  VerbReply abort_step();
  VerbReply abort(bool halt);
  VerbReply answer();
  VerbReply resolve(const NamedStep& named, Outcome outcome);
  VerbReply illegal(std::string_view what) const;
  VerbReply already() const;
  /// The step named by title, "[i]" or "i".
  NamedStep named_step() const;
  VerbReply no_such_step() const;
  std::string open_prompts() const;
  std::vector<EventBody> closing(const std::string& title) const;

  const Plan& plan_;
  const RunState& state_;
  const Verb& verb_;
  const Instant& now_;
  RunStatus status_;
};

VerbReply Request::reply() {
  if (status_ == RunStatus::Idle) {
    return refuse("the run is idle: nothing has been started; `fatmaster run SCHEDULE` does");
  }
  switch (verb_.kind) {
    case VerbKind::Pause:
      return verb_.cancel ? cancel_pause() : pause();
    case VerbKind::Continue:
      return go_on();
    case VerbKind::Stop:
      return verb_.cancel ? cancel_stop() : stop();
    case VerbKind::Skip:
      return skip();
    case VerbKind::Redo:
      return redo();
    case VerbKind::Mark:
      return mark();
    case VerbKind::AbortStep:
      return abort_step();
    case VerbKind::Abort:
      return abort(false);
    case VerbKind::Halt:
      return abort(true);
    case VerbKind::Answer:
      return answer();
    case VerbKind::Quarantine:
      return quarantine_module(plan_, state_, verb_);
    case VerbKind::Release:
      return release_module(plan_, state_, verb_);
    case VerbKind::Edit:
      return request_edit(plan_, state_, verb_);
    case VerbKind::Lock:
      return request_lock(state_, verb_, now_);
    case VerbKind::Unlock:
      return request_unlock(state_, verb_, now_);
  }
  return refuse("unknown verb");
}

VerbReply Request::illegal(std::string_view what) const {
  std::string_view advice;
  if (is_ended(status_)) {
    advice = "; `fatmaster resume` goes on with it";
  } else if (status_ == RunStatus::Stopping) {
    advice = "; `fatmaster stop --cancel` takes the stop back while the step still runs";
  } else if (status_ == RunStatus::Suspended) {
    advice = ": a process survives being killed; it goes on by itself when that is gone";
  }
  return refuse(fmt::format("cannot {}: the run is {}{}", what, to_string(status_), advice));
}

VerbReply Request::already() const {
  return accept(fmt::format("the run is {} already", to_string(status_)));
}

NamedStep Request::named_step() const {
  auto name = verb_.step;
  if (const auto found = find_step(plan_.steps, name)) {
    return {StepList::Main, *found, &plan_.steps[*found]};
  }
  if (const auto found = find_step(plan_.on_resume, name)) {
    return {StepList::OnResume, *found, &plan_.on_resume[*found]};
  }
  if (name.size() > 2 && name.front() == '[' && name.back() == ']') {
    name = name.substr(1, name.size() - 2);
  }
  const auto index = parse_integer(name);
  if (index && *index >= 0 && *index < static_cast<long long>(plan_.steps.size())) {
    const auto place = static_cast<std::size_t>(*index);
    return {StepList::Main, place, &plan_.steps[place]};
  }
  return {};
}

VerbReply Request::no_such_step() const {
  std::vector<std::string> titles;
  titles.reserve(plan_.steps.size());
  for (const auto& step : plan_.steps) {
    titles.push_back(step.title);
  }
  return refuse(fmt::format("there is no step '{}'{}; `fatmaster list` shows them (the run is {})",
                            verb_.step,
                            did_you_mean(verb_.step, titles),
                            to_string(status_)));
}

VerbReply Request::pause() {
  if (state_.pausing || status_ == RunStatus::Paused) {
    return is_ended(status_) || state_.is_ending() ? illegal("pause") : already();
  }
  if (is_ended(status_) || state_.is_ending()) {
    return illegal("pause");
  }
  return accept(fmt::format("the run pauses {}; `fatmaster continue` goes on", when_free(state_)),
                {PauseRequested{verb_.reason}});
}

VerbReply Request::cancel_pause() {
  if (is_ended(status_)) {
    return illegal("cancel a pause");
  }
  if (!state_.pausing) {
    return accept(fmt::format("no pause is pending; the run is {}", to_string(status_)));
  }
  return accept("the pending pause is cancelled", {PauseCancelled{verb_.reason}});
}

VerbReply Request::go_on() {
  if (status_ == RunStatus::Pausing) {
    return cancel_pause();
  }
  if (status_ == RunStatus::Waiting) {
    return accept("the run waits for an answer; `fatmaster answer` gives it");
  }
  if (status_ == RunStatus::Running) {
    return already();
  }
  if (status_ != RunStatus::Paused) {
    return illegal("continue");
  }
  for (const auto& [id, open] : state_.prompts) {
    const auto& prompt = open.asked.prompt;
    if (prompt.purpose != PromptPurpose::Failure) {
      continue;
    }
    const bool may_leave = parse_answer(prompt, "continue").has_value();
    const auto* text = may_leave ? "the run goes on without step '{}'; `fatmaster redo` repeats it"
                                 : "step '{}' must succeed first: it is tried again";
    return accept(
        fmt::format(fmt::runtime(text), prompt.step),
        answer_events(state_, open.asked, may_leave ? "continue" : "retry", verb_.reason));
  }
  return accept("the run goes on", {Continued{verb_.reason}});
}

VerbReply Request::stop() {
  if (status_ == RunStatus::Stopping || status_ == RunStatus::Stopped) {
    return already();
  }
  if (is_ended(status_) || state_.is_ending()) {
    return illegal("stop");
  }
  const auto holders = state_.holders();
  const bool timer = std::ranges::all_of(holders, [](const auto* one) {
    return one->start.kind == StepKind::Wait || one->start.kind == StepKind::Prompt;
  });
  return accept(
      fmt::format("the run stops {}, then the safe state runs; `fatmaster resume` goes on",
                  timer ? "now" : when_free(state_)),
      {StopRequested{.reason = verb_.reason, .failure = false}});
}

VerbReply Request::cancel_stop() {
  if (is_ended(status_) || status_ == RunStatus::Aborting) {
    return illegal("cancel a stop");
  }
  if (status_ != RunStatus::Stopping) {
    return accept(fmt::format("no stop is pending; the run is {}", to_string(status_)));
  }
  const auto* holder = state_.holder();
  if (state_.safe_state_active || holder == nullptr ||
      holder->start.key.list == StepList::SafeState) {
    return refuse(
        "too late, the run is stopping: its safe state has begun; `fatmaster resume` goes on "
        "after it");
  }
  return accept("the pending stop is cancelled, the run goes on", {StopCancelled{verb_.reason}});
}

/// What has to be closed before a decision about a step counts: its prompts, and its pause.
std::vector<EventBody> Request::closing(const std::string& title) const {
  std::vector<EventBody> events;
  for (const auto& [id, open] : state_.prompts) {
    if (open.asked.prompt.step == title) {
      events.emplace_back(PromptWithdrawn{id, "decided otherwise"});
    }
  }
  if (state_.paused && state_.pause.failure && state_.pause.step == title) {
    events.emplace_back(Continued{verb_.reason});
  }
  return events;
}

VerbReply Request::resolve(const NamedStep& named, Outcome outcome) {
  if (named.step == nullptr) {
    return no_such_step();
  }
  const auto& title = named.step->title;
  const auto& known = *state_.step(named.list, title);
  if (verb_.reason.empty()) {
    return refuse("a reason is needed: add --reason TEXT");
  }
  if (known.open) {
    return refuse(fmt::format("step '{}' is running; `fatmaster abort-step` ends it first", title));
  }
  if (named.list == StepList::OnResume && outcome != Outcome::Done) {
    return refuse(fmt::format(
        "step '{}' sets the bench up and has to succeed; mark it done when the bench is", title));
  }
  if (known.outcome == outcome) {
    return accept(fmt::format("step '{}' is {} already", title, to_string(outcome)));
  }
  if (known.outcome) {
    return refuse(fmt::format("step '{}' is {} already; `fatmaster redo` opens it again",
                              title,
                              to_string(*known.outcome)));
  }
  auto events = closing(title);
  events.emplace_back(StepResolved{title, outcome, verb_.reason});
  return accept(fmt::format("step '{}' is {}", title, to_string(outcome)), std::move(events));
}

VerbReply Request::skip() {
  return resolve(named_step(), Outcome::Skipped);
}

VerbReply Request::mark() {
  if (verb_.value != "done" && verb_.value != "failed") {
    return refuse("a step is marked 'done' or 'failed'");
  }
  return resolve(named_step(), verb_.value == "done" ? Outcome::Done : Outcome::Errored);
}

VerbReply Request::redo() {
  const auto named = named_step();
  if (named.step == nullptr) {
    return no_such_step();
  }
  const auto& title = named.step->title;
  const auto& known = *state_.step(named.list, title);
  if (known.open) {
    return refuse(fmt::format(
        "step '{}' is running; `fatmaster abort-step --then retry` starts it again", title));
  }
  const bool jumped = named.list == StepList::Main && state_.is_jumped_over(named.index);
  const bool fresh = !known.outcome && !known.last_end && known.doubt == Doubt::None;
  if (fresh && !jumped) {
    return accept(fmt::format("step '{}' has not run yet and will", title));
  }
  if (known.doubt != Doubt::None && verb_.reason.empty()) {
    return refuse(
        fmt::format("step '{}' was interrupted and may have had its effect: say with "
                    "--reason TEXT why it may be repeated",
                    title));
  }
  auto events = closing(title);
  events.emplace_back(StepReopened{title, verb_.reason});
  const auto when = is_ended(status_) ? "after `fatmaster resume`" : when_free(state_);
  return accept(fmt::format("step '{}' runs again {}", title, when), std::move(events));
}

/// The step that abort-step means: the one it names, else the only one that runs.
VerbReply Request::abort_step() {
  const auto holders = state_.holders();
  if (is_ended(status_)) {
    return illegal("abort a step");
  }
  if (holders.empty()) {
    return refuse(fmt::format("no step is running; the run is {}", to_string(status_)));
  }
  if (holders.front()->start.key.list == StepList::SafeState) {
    return refuse(
        fmt::format("the safe state is not interrupted; the run is {}", to_string(status_)));
  }
  if (verb_.step.empty() && holders.size() > 1) {
    return refuse(
        fmt::format("more than one step is running: name one of {}", holders_text(state_)));
  }
  const auto named = named_step();
  const auto& name = named.step == nullptr ? verb_.step : named.step->title;
  const auto found = std::ranges::find_if(
      holders, [&](const auto* one) { return name.empty() || one->start.key.title == name; });
  if (found == holders.end()) {
    return named.step == nullptr
               ? no_such_step()
               : refuse(fmt::format("step '{}' is not running; {} is", name, holders_text(state_)));
  }
  const auto& title = (*found)->start.key.title;
  if ((*found)->asked_to_end) {
    return accept(fmt::format("step '{}' is being ended already", title));
  }
  return accept(fmt::format("step '{}' is being ended; then: {}", title, to_string(verb_.then)),
                {AbortStepRequested{title, verb_.then, verb_.reason}});
}

VerbReply Request::abort(bool halt) {
  if (is_ended(status_)) {
    return illegal(halt ? "halt" : "abort");
  }
  if (status_ == RunStatus::Aborting && (state_.halting || !halt)) {
    return already();
  }
  return accept(halt ? "the running step is killed at once, then the safe state runs"
                     : "the running step is ended now, then the safe state runs",
                {AbortRequested{verb_.reason, halt}});
}

std::string Request::open_prompts() const {
  std::string ids;
  for (const auto& [id, open] : state_.prompts) {
    ids += fmt::format("{}{}", ids.empty() ? "" : ", ", id);
  }
  return ids;
}

VerbReply Request::answer() {
  if (state_.prompts.empty()) {
    return refuse(fmt::format("no prompt is open; the run is {}", to_string(status_)));
  }
  if (verb_.prompt == 0 && state_.prompts.size() > 1) {
    return refuse(
        fmt::format("more than one prompt is open ({}): name the one you answer", open_prompts()));
  }
  const auto found = verb_.prompt == 0 ? state_.prompts.begin() : state_.prompts.find(verb_.prompt);
  if (found == state_.prompts.end()) {
    return refuse(verb_.prompt <= state_.last_prompt && verb_.prompt > 0
                      ? fmt::format("prompt {} is answered or withdrawn already", verb_.prompt)
                      : fmt::format("there is no prompt {}", verb_.prompt));
  }
  const auto& asked = found->second.asked;
  const auto value = parse_answer(asked.prompt, verb_.value);
  if (!value) {
    return refuse(fmt::format("'{}' is no answer to prompt {}: expected {}",
                              verb_.value.substr(0, 80),
                              asked.prompt.id,
                              expected_answers(asked.prompt)));
  }
  if (asked.prompt.reason_required && verb_.reason.empty()) {
    return refuse(fmt::format("prompt {} needs a reason: add --reason TEXT", asked.prompt.id));
  }
  return accept(fmt::format("prompt {} is answered: {}", asked.prompt.id, *value),
                answer_events(state_, asked, *value, verb_.reason));
}

}  // namespace

VerbReply request(const Plan& plan, const RunState& state, const Verb& verb, const Instant& now) {
  return Request{plan, state, verb, now}.reply();
}

}  // namespace fat
