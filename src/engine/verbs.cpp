#include "fat/engine/verbs.hpp"

#include <algorithm>

#include <fmt/format.h>

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

class Request {
 public:
  Request(const Plan& plan, const RunState& state, const Verb& verb)
      : plan_(plan), state_(state), verb_(verb), status_(state.status()) {}

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
  VerbReply resolve(const Step& step, Outcome outcome);
  VerbReply illegal(std::string_view what) const;
  /// The main or on_resume step named by title, "[i]" or "i"; nullptr when there is none.
  const Step* named_step() const;
  VerbReply no_such_step() const;
  std::string running_text() const;
  std::vector<EventBody> closing(const std::string& title) const;
  bool is_open(const std::string& title) const;

  const Plan& plan_;
  const RunState& state_;
  const Verb& verb_;
  RunStatus status_;
};

VerbReply Request::reply() {
  if (status_ == RunStatus::Idle) {
    return refuse("no run has been started; `fatmaster run SCHEDULE` starts one");
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
  }
  return refuse("unknown verb");
}

VerbReply Request::illegal(std::string_view what) const {
  const auto advice = is_ended(status_) ? "; `fatmaster resume` goes on with it" : "";
  return refuse(fmt::format("cannot {}: the run is {}{}", what, to_string(status_), advice));
}

std::string Request::running_text() const {
  const auto* running = state_.exclusive();
  return running == nullptr ? "now" : fmt::format("when step '{}' has ended", running->start.key.title);
}

bool Request::is_open(const std::string& title) const {
  const auto* known = state_.step(title);
  return known != nullptr && known->open;
}

const Step* Request::named_step() const {
  auto name = verb_.step;
  for (const auto* list : {&plan_.steps, &plan_.on_resume}) {
    const auto found = find_step(*list, name);
    if (found) {
      return &(*list)[*found];
    }
  }
  if (name.size() > 2 && name.front() == '[' && name.back() == ']') {
    name = name.substr(1, name.size() - 2);
  }
  const auto index = parse_integer(name);
  if (index && *index >= 0 && *index < static_cast<long long>(plan_.steps.size())) {
    return &plan_.steps[static_cast<std::size_t>(*index)];
  }
  return nullptr;
}

VerbReply Request::no_such_step() const {
  std::vector<std::string> titles;
  titles.reserve(plan_.steps.size());
  for (const auto& step : plan_.steps) {
    titles.push_back(step.title);
  }
  return refuse(fmt::format("there is no step '{}'{}; `fatmaster list` shows them",
                            verb_.step,
                            did_you_mean(verb_.step, titles)));
}

VerbReply Request::pause() {
  if (status_ == RunStatus::Paused || status_ == RunStatus::Pausing) {
    return accept(fmt::format("the run is {} already", to_string(status_)));
  }
  if (status_ != RunStatus::Running && status_ != RunStatus::Waiting) {
    return illegal("pause");
  }
  return accept(fmt::format("the run pauses {}; `fatmaster continue` goes on", running_text()),
                {PauseRequested{verb_.reason}});
}

VerbReply Request::cancel_pause() {
  if (status_ != RunStatus::Pausing) {
    return accept(fmt::format("no pause is pending; the run is {}", to_string(status_)));
  }
  return accept("the pending pause is cancelled", {PauseCancelled{verb_.reason}});
}

VerbReply Request::go_on() {
  if (status_ == RunStatus::Pausing) {
    return cancel_pause();
  }
  if (status_ == RunStatus::Running || status_ == RunStatus::Waiting) {
    return accept(fmt::format("the run is {} already", to_string(status_)));
  }
  if (status_ != RunStatus::Paused) {
    return illegal("continue");
  }
  for (const auto& [id, open] : state_.prompts) {
    const auto& prompt = open.asked.prompt;
    if (prompt.purpose != PromptPurpose::Failure) {
      continue;
    }
    const bool may_leave = std::find(prompt.choices.begin(), prompt.choices.end(), "continue") != prompt.choices.end();
    return accept(may_leave ? fmt::format("the run goes on without step '{}'; `fatmaster redo` repeats it", prompt.step)
                            : fmt::format("step '{}' must succeed first: it is tried again", prompt.step),
                  answer_events(state_, open.asked, may_leave ? "continue" : "retry", verb_.reason));
  }
  return accept("the run goes on", {Continued{verb_.reason}});
}

VerbReply Request::stop() {
  if (status_ == RunStatus::Stopping || status_ == RunStatus::Stopped) {
    return accept(fmt::format("the run is {} already", to_string(status_)));
  }
  if (is_ended(status_) || status_ == RunStatus::Aborting) {
    return illegal("stop");
  }
  return accept(fmt::format("the run stops {}, then the safe state runs; `fatmaster resume` goes on later",
                            running_text()),
                {StopRequested{.reason = verb_.reason, .failure = false}});
}

VerbReply Request::cancel_stop() {
  if (status_ != RunStatus::Stopping) {
    return accept(fmt::format("no stop is pending; the run is {}", to_string(status_)));
  }
  const auto* running = state_.exclusive();
  if (state_.safe_state_active || running == nullptr || running->start.key.list == StepList::SafeState) {
    return refuse("too late to cancel: the safe state has begun; `fatmaster resume` goes on after it");
  }
  return accept("the pending stop is cancelled, the run goes on", {StopCancelled{verb_.reason}});
}

/// What has to be closed before a decision about a step counts: its prompts, and the pause they caused.
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

VerbReply Request::resolve(const Step& step, Outcome outcome) {
  if (verb_.reason.empty()) {
    return refuse("a reason is needed: add --reason TEXT");
  }
  if (is_open(step.title)) {
    return refuse(fmt::format("step '{}' is running; `fatmaster abort-step` ends it first", step.title));
  }
  const auto* known = state_.step(step.title);
  if (known != nullptr && known->outcome == outcome) {
    return accept(fmt::format("step '{}' is {} already", step.title, to_string(outcome)));
  }
  if (known != nullptr && known->outcome) {
    return refuse(fmt::format("step '{}' is {} already; `fatmaster redo` opens it again",
                              step.title,
                              to_string(*known->outcome)));
  }
  auto events = closing(step.title);
  events.emplace_back(StepResolved{step.title, outcome, verb_.reason});
  return accept(fmt::format("step '{}' is {}", step.title, to_string(outcome)), std::move(events));
}

VerbReply Request::skip() {
  const auto* step = named_step();
  return step == nullptr ? no_such_step() : resolve(*step, Outcome::Skipped);
}

VerbReply Request::mark() {
  const auto* step = named_step();
  if (step == nullptr) {
    return no_such_step();
  }
  if (verb_.value == "done") {
    return resolve(*step, Outcome::Done);
  }
  if (verb_.value == "failed") {
    return resolve(*step, Outcome::Errored);
  }
  return refuse("a step is marked 'done' or 'failed'");
}

VerbReply Request::redo() {
  const auto* step = named_step();
  if (step == nullptr) {
    return no_such_step();
  }
  if (is_open(step->title)) {
    return refuse(fmt::format("step '{}' is running; `fatmaster abort-step --then retry` starts it again", step->title));
  }
  const auto* known = state_.step(step->title);
  if (known == nullptr || (!known->outcome && !known->last_end)) {
    return accept(fmt::format("step '{}' has not run yet and will", step->title));
  }
  if (known->undecided && verb_.reason.empty()) {
    return refuse(fmt::format("step '{}' was interrupted and may have had its effect: say why it may be repeated with --reason TEXT",
                              step->title));
  }
  auto events = closing(step->title);
  events.emplace_back(StepReopened{step->title, verb_.reason});
  const auto when = is_ended(status_) ? "after `fatmaster resume`" : running_text();
  return accept(fmt::format("step '{}' runs again {}", step->title, when), std::move(events));
}

VerbReply Request::abort_step() {
  const auto* running = state_.exclusive();
  if (running == nullptr || running->start.key.list == StepList::SafeState) {
    return refuse(running == nullptr ? fmt::format("no step is running; the run is {}", to_string(status_))
                                     : "the safe state is running and is not interrupted");
  }
  const auto& title = running->start.key.title;
  if (!verb_.step.empty()) {
    const auto* step = named_step();
    if (step == nullptr && verb_.step != title) {
      return no_such_step();
    }
    if (step != nullptr && step->title != title) {
      return refuse(fmt::format("step '{}' is not running; '{}' is", step->title, title));
    }
  }
  if (running->asked_to_end) {
    return accept(fmt::format("step '{}' is being ended already", title));
  }
  return accept(fmt::format("step '{}' is being ended; then: {}", title, to_string(verb_.then)),
                {AbortStepRequested{title, verb_.then, verb_.reason}});
}

VerbReply Request::abort(bool halt) {
  if (is_ended(status_)) {
    return illegal(halt ? "halt" : "abort");
  }
  if (status_ == RunStatus::Aborting && (state_.halting || !halt || state_.broken)) {
    return accept("the run is being aborted already");
  }
  return accept(halt ? "the running step is killed at once, then the safe state runs"
                     : "the running step is ended now, then the safe state runs",
                {AbortRequested{verb_.reason, halt}});
}

VerbReply Request::answer() {
  if (state_.prompts.empty()) {
    return refuse(fmt::format("no prompt is open; the run is {}", to_string(status_)));
  }
  if (verb_.prompt == 0 && state_.prompts.size() > 1) {
    std::string ids;
    for (const auto& [id, open] : state_.prompts) {
      ids += fmt::format("{}{}", ids.empty() ? "" : ", ", id);
    }
    return refuse(fmt::format("more than one prompt is open ({}): name the one you answer", ids));
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

VerbReply request(const Plan& plan, const RunState& state, const Verb& verb) {
  return Request{plan, state, verb}.reply();
}

}  // namespace fat
