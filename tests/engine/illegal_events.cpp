#include "engine/illegal_events.hpp"

#include <algorithm>
#include <stdexcept>

#include <fmt/format.h>

namespace fat {

namespace {

/// How often an illegal pair is tried.
constexpr int kTries = 3;

/// Where a run and its step stand, for comparing.
std::string digest(const RunCampaign& campaign, const Event& event) {
  const auto summary = campaign.summary(event.at);
  const auto decision = campaign.decide(event.at);
  auto text = fmt::format("{} {} {} {} {}",
                          summary.why,
                          summary.last_prompt,
                          summary.open.size(),
                          campaign.state().plan_version,
                          decision.events.size());
  for (const auto& step : summary.steps) {
    text += step.state + std::to_string(step.attempts);
  }
  return text;
}

AttemptKey next_attempt(const RunState& state, StepList list, const std::string& title) {
  const auto* known = state.step(list, title);
  return {.list = list, .title = title, .attempt = known == nullptr ? 1 : known->attempts + 1};
}

/// The body that would do this to a step.
EventBody body_for(const RunState& state, StepList list, const std::string& title, Cause cause) {
  constexpr std::array outcomes{
      Outcome::Done, Outcome::Errored, Outcome::Skipped, Outcome::Interrupted, Outcome::Aborted};
  constexpr std::array resolutions{
      Outcome::Done, Outcome::Errored, Outcome::Skipped, Outcome::Aborted};
  auto key = next_attempt(state, list, title);
  if (cause == Cause::Start || cause == Cause::Verify) {
    return AttemptStarted{.key = key, .verify = cause == Cause::Verify};
  }
  if (cause <= Cause::EndAborted) {
    --key.attempt;
    return AttemptEnded{.key = key, .outcome = outcomes.at(number(cause) - number(Cause::EndDone))};
  }
  if (cause <= Cause::ResolveAborted) {
    return StepResolved{.title = title,
                        .outcome = resolutions.at(number(cause) - number(Cause::ResolveDone)),
                        .reason = {}};
  }
  return StepReopened{title, {}};
}

/// Nothing but the step itself stands against the event.
bool only_the_step_decides(const RunState& state, const AttemptKey& last, Cause cause) {
  if (cause != Cause::Start && cause != Cause::Verify) {
    return state.opened;
  }
  if (!state.opened || state.ended) {
    return false;
  }
  if (last.list == StepList::SafeState) {
    return state.safe_state_active;
  }
  return !state.safe_state_active && std::ranges::all_of(state.open, [&](const auto& one) {
    return one.start.key.list == StepList::Backup || one.start.key == last;
  });
}

/// A body of the kind with everything right about it but the state of the run.
EventBody body_for(const Plan& plan, const RunState& state, std::size_t kind) {
  auto body = bodies().at(kind);
  if (auto* adopted = std::get_if<PlanAdopted>(&body)) {
    adopted->version = state.plan_version + 1;
  } else if (auto* asked = std::get_if<PromptOpened>(&body)) {
    asked->prompt.id = state.last_prompt + 1;
  } else if (auto* started = std::get_if<AttemptStarted>(&body); started != nullptr) {
    started->key =
        next_attempt(state, StepList::Main, plan.steps.empty() ? "a" : plan.steps.front().title);
  }
  return body;
}

/// Causes that are events about one step; nobody decides about a safe action.
std::size_t tried_causes(StepList list) {
  return 1 + number(list == StepList::SafeState ? Cause::EndAborted : Cause::Reopen);
}

bool refuses(RunCampaign& campaign, const Event& event) {
  const auto before = digest(campaign, event);
  try {
    campaign.apply(event);
  } catch (const std::logic_error& error) {
    const std::string text = error.what();
    const auto status = to_string(campaign.status());
    return text.find(status) != std::string::npos && before == digest(campaign, event);
  }
  return false;
}

}  // namespace

void IllegalEvents::try_for_run(RunCampaign& campaign, const Event& event) {
  const auto status = number(campaign.status());
  for (std::size_t kind = 0; kind < kKinds; ++kind) {
    auto& tries = runs_.at(kind).at(status);
    if (tries == kTries || !run_targets(kind).at(status).empty()) {
      continue;
    }
    ++tries;
    auto wrong = event;
    wrong.body = body_for(campaign.plan(), campaign.state(), kind);
    if (!refuses(campaign, wrong)) {
      throw std::logic_error{fmt::format("{} is not refused while the run is {}",
                                         kind_of(wrong.body),
                                         to_string(campaign.status()))};
    }
  }
}

void IllegalEvents::try_for_step(RunCampaign& campaign,
                                 const Event& event,
                                 StepList list,
                                 const Step& step) {
  const auto now = phase_of(campaign.state(), list, step.title);
  auto last = next_attempt(campaign.state(), list, step.title);
  --last.attempt;
  for (std::size_t index = 0; index < tried_causes(list); ++index) {
    const auto cause = static_cast<Cause>(index);
    auto& tries = steps_.at(number(list)).at(number(cause)).at(number(now));
    if (tries == kTries || !step_targets(list, cause).at(number(now)).empty() ||
        !only_the_step_decides(campaign.state(), last, cause)) {
      continue;
    }
    ++tries;
    auto wrong = event;
    wrong.body = body_for(campaign.state(), list, step.title, cause);
    if (!refuses(campaign, wrong)) {
      throw std::logic_error{fmt::format("'{}' is not refused in list {} while the step is {}",
                                         to_string(cause),
                                         to_string(list),
                                         to_string(now))};
    }
  }
}

void IllegalEvents::try_them(RunCampaign& campaign, const Event& event) {
  try_for_run(campaign, event);
  for (const auto list : kStepLists) {
    for (const auto& step : steps_of(campaign.plan(), list)) {
      try_for_step(campaign, event, list, step);
    }
  }
}

int IllegalEvents::refused() const {
  const auto tried = [](int tries) { return tries > 0; };
  std::ptrdiff_t count = 0;
  for (const auto& row : runs_) {
    count += std::ranges::count_if(row, tried);
  }
  for (const auto& list : steps_) {
    for (const auto& row : list) {
      count += std::ranges::count_if(row, tried);
    }
  }
  return static_cast<int>(count);
}

std::vector<std::string> IllegalEvents::untried() const {
  std::vector<std::string> names;
  for (const auto list : kStepLists) {
    for (std::size_t cause = 0; cause < tried_causes(list); ++cause) {
      for (std::size_t phase = 0; phase < kPhases; ++phase) {
        const bool legal = !step_targets(list, static_cast<Cause>(cause)).at(phase).empty();
        if (!legal && is_reachable(list, static_cast<Phase>(phase)) &&
            steps_.at(number(list)).at(cause).at(phase) == 0) {
          names.push_back(fmt::format("{} {} {}",
                                      to_string(list),
                                      to_string(static_cast<Phase>(phase)),
                                      to_string(static_cast<Cause>(cause))));
        }
      }
    }
  }
  for (std::size_t kind = 0; kind < kKinds; ++kind) {
    for (std::size_t status = 0; status < kStatuses; ++status) {
      if (run_targets(kind).at(status).empty() && runs_.at(kind).at(status) == 0) {
        names.push_back(fmt::format(
            "{} {}", to_string(static_cast<RunStatus>(status)), kind_of(bodies().at(kind))));
      }
    }
  }
  return names;
}

}  // namespace fat
