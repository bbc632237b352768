#include "fat/engine/verbs.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "engine/lanes.hpp"
#include "engine/module_verbs.hpp"
#include "engine/people_verbs.hpp"
#include "engine/steering.hpp"
#include "engine/step_verbs.hpp"
#include "engine/verb_reply.hpp"
#include "fat/engine/decide.hpp"

namespace fat {

namespace {

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
  VerbReply abort(bool halt);
  VerbReply answer();
  VerbReply log() const;
  VerbReply already() const;
  std::string open_prompts() const;

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
      return skip_step(plan_, state_, verb_);
    case VerbKind::Redo:
      return redo_step(plan_, state_, verb_);
    case VerbKind::Mark:
      return mark_step(plan_, state_, verb_);
    case VerbKind::AbortStep:
      return abort_step(plan_, state_, verb_);
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
    case VerbKind::Log:
      return log();
    case VerbKind::Shift:
      return request_shift(state_, verb_);
    case VerbKind::Acknowledge:
      return request_acknowledge(state_, verb_);
  }
  return refuse("unknown verb");
}

VerbReply Request::already() const {
  return accept(fmt::format("the run is {} already", to_string(status_)));
}

VerbReply Request::pause() {
  if (state_.pausing || status_ == RunStatus::Paused) {
    return is_ended(status_) || state_.is_ending() ? illegal(status_, "pause") : already();
  }
  if (is_ended(status_) || state_.is_ending()) {
    return illegal(status_, "pause");
  }
  return accept(fmt::format("the run pauses {}; `fatmaster continue` goes on", when_free(state_)),
                {PauseRequested{verb_.reason}});
}

VerbReply Request::cancel_pause() {
  if (is_ended(status_)) {
    return illegal(status_, "cancel a pause");
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
    return illegal(status_, "continue");
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
    return illegal(status_, "stop");
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
    return illegal(status_, "cancel a stop");
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

VerbReply Request::abort(bool halt) {
  if (is_ended(status_)) {
    return illegal(status_, halt ? "halt" : "abort");
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
  const auto found = verb_.prompt == 0 ? state_.prompts.begin() : state_.prompts.find(verb_.prompt);
  if (verb_.prompt != 0 && found == state_.prompts.end()) {
    return refuse(verb_.prompt <= state_.last_prompt && verb_.prompt > 0
                      ? fmt::format("prompt {} is answered or withdrawn already", verb_.prompt)
                      : fmt::format("there is no prompt {}", verb_.prompt));
  }
  if (state_.prompts.empty()) {
    return refuse(fmt::format("no prompt is open; the run is {}", to_string(status_)));
  }
  if (verb_.prompt == 0 && state_.prompts.size() > 1) {
    return refuse(
        fmt::format("more than one prompt is open ({}): name the one you answer", open_prompts()));
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

/// An entry changes nothing: it is taken in every state.
VerbReply Request::log() const {
  if (verb_.entry.text.empty() && verb_.entry.attachments.empty()) {
    return refuse("an entry of the logbook needs a text or a file");
  }
  if (verb_.entry.attachments.size() > kMostAttachments) {
    return refuse(fmt::format("an entry has at most {} files", kMostAttachments));
  }
  return accept(fmt::format("it stands in the logbook of run {}", plan_.run_number), {verb_.entry});
}

}  // namespace

VerbReply request(const Plan& plan, const RunState& state, const Verb& verb, const Instant& now) {
  return Request{plan, state, verb, now}.reply();
}

}  // namespace fat
