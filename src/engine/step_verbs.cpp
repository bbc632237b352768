#include "engine/step_verbs.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "engine/lanes.hpp"
#include "engine/verb_reply.hpp"
#include "fat/engine/decide.hpp"
#include "fat/model/quantity.hpp"
#include "fat/model/suggestion.hpp"

namespace fat {

namespace {

/// A step of the plan that a person can decide about.
struct NamedStep {
  StepList list = StepList::Main;
  std::size_t index = 0;
  const Step* step = nullptr;  ///< nullptr: there is no such step
};

class StepRequest {
 public:
  StepRequest(const Plan& plan, const RunState& state, const Verb& verb)
      : plan_(plan), state_(state), verb_(verb) {}

  VerbReply resolve(Outcome outcome) const;
  VerbReply redo() const;
  VerbReply abort_step() const;

 private:
  /// The step named by title, "[i]" or "i".
  NamedStep named_step() const;
  VerbReply no_such_step() const;
  std::vector<EventBody> closing(const std::string& title) const;

  const Plan& plan_;
  const RunState& state_;
  const Verb& verb_;
};

NamedStep StepRequest::named_step() const {
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

VerbReply StepRequest::no_such_step() const {
  std::vector<std::string> titles;
  titles.reserve(plan_.steps.size());
  for (const auto& step : plan_.steps) {
    titles.push_back(step.title);
  }
  return refuse(fmt::format("there is no step '{}'{}; `fatmaster list` shows them (the run is {})",
                            verb_.step,
                            did_you_mean(verb_.step, titles),
                            to_string(state_.status())));
}

/// What has to be closed before a decision about a step counts: its prompts, and its pause.
std::vector<EventBody> StepRequest::closing(const std::string& title) const {
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

VerbReply StepRequest::resolve(Outcome outcome) const {
  const auto named = named_step();
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

VerbReply StepRequest::redo() const {
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
  const auto when = is_ended(state_.status()) ? "after `fatmaster resume`" : when_free(state_);
  return accept(fmt::format("step '{}' runs again {}", title, when), std::move(events));
}

/// The step that abort-step means: the one it names, else the only one that runs.
VerbReply StepRequest::abort_step() const {
  const auto holders = state_.holders();
  if (is_ended(state_.status())) {
    return illegal(state_.status(), "abort a step");
  }
  if (holders.empty()) {
    return refuse(fmt::format("no step is running; the run is {}", to_string(state_.status())));
  }
  if (holders.front()->start.key.list == StepList::SafeState) {
    return refuse(fmt::format("the safe state is not interrupted; the run is {}",
                              to_string(state_.status())));
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

}  // namespace

VerbReply skip_step(const Plan& plan, const RunState& state, const Verb& verb) {
  return StepRequest(plan, state, verb).resolve(Outcome::Skipped);
}

VerbReply mark_step(const Plan& plan, const RunState& state, const Verb& verb) {
  if (verb.value != "done" && verb.value != "failed") {
    return refuse("a step is marked 'done' or 'failed'");
  }
  const auto outcome = verb.value == "done" ? Outcome::Done : Outcome::Errored;
  return StepRequest(plan, state, verb).resolve(outcome);
}

VerbReply redo_step(const Plan& plan, const RunState& state, const Verb& verb) {
  return StepRequest(plan, state, verb).redo();
}

VerbReply abort_step(const Plan& plan, const RunState& state, const Verb& verb) {
  return StepRequest(plan, state, verb).abort_step();
}

}  // namespace fat
