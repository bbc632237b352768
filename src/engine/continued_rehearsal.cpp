#include "fat/engine/continued_rehearsal.hpp"

#include <algorithm>
#include <iterator>
#include <map>
#include <ranges>

#include <fmt/format.h>

#include "fat/engine/target_temperature.hpp"

namespace fat {

namespace {

/// What happened to a run -> as a rehearsal tells it.
class Chronicle {
 public:
  explicit Chronicle(const Plan& plan) : plan_(plan) {}

  void take(const Event& event) {
    at_ = event.at.wall;
    std::visit([this](const auto& body) { happened(body); }, event.body);
  }

  /// Without the attempts that are still open.
  Rehearsal what_was() &&;

 private:
  void happened(const AttemptStarted& body) {
    open_[body.key] = told_.attempts.size();
    told_.attempts.push_back({.key = body.key,
                              .index = body.index,
                              .kind = body.kind,
                              .needs = body.needs,
                              .began = at_,
                              .ended = at_});
  }

  void happened(const AttemptEnded& body);

  void happened(const PromptOpened& body) {
    asked_[body.prompt.id] = at_;
    milestone(MilestoneKind::Person, body.prompt.step, body.prompt.text);
  }

  void happened(const PromptAnswered& body) {
    if (const auto asked = asked_.find(body.id); asked != asked_.end()) {
      told_.waited_for_people += at_ - asked->second;
    }
  }

  void happened(const SchedulerStarted& body) {
    if (body.mode != StartMode::Run) {
      milestone(MilestoneKind::Trouble, {}, "the run is resumed");
    }
  }

  template <class Body>
  void happened(const Body&) {}  // no milestone

  void milestone(MilestoneKind kind, const std::string& step, std::string text) {
    told_.milestones.push_back({.kind = kind, .at = at_, .step = step, .text = std::move(text)});
  }

  const Plan& plan_;
  WallTime at_;
  Rehearsal told_;
  std::map<AttemptKey, std::size_t> open_;  ///< index in told_.attempts
  std::map<int, WallTime> asked_;
};

void Chronicle::happened(const AttemptEnded& body) {
  const auto open = open_.find(body.key);
  if (open == open_.end()) {
    return;
  }
  auto& attempt = told_.attempts[open->second];
  attempt.ended = at_;
  attempt.outcome = body.outcome;
  open_.erase(open);
  if (body.outcome != Outcome::Done) {
    milestone(MilestoneKind::Trouble,
              body.key.title,
              fmt::format(
                  "attempt {} is {}: {}", body.key.attempt, to_string(body.outcome), body.reason));
    return;
  }
  const auto* step =
      find_step(plan_, body.key.list, body.key.title, static_cast<std::size_t>(attempt.index));
  if (step == nullptr || body.key.list != StepList::Main) {
    return;
  }
  if (const auto celsius = target_temperature(*step)) {
    milestone(MilestoneKind::Temperature, step->title, fmt::format("{} degC reached", *celsius));
    told_.milestones.back().celsius = celsius;
  }
}

Rehearsal Chronicle::what_was() && {
  auto newest_first = open_ | std::views::values;
  std::vector<std::size_t> open{newest_first.begin(), newest_first.end()};
  std::ranges::sort(open, std::greater{});
  for (const auto index : open) {
    told_.attempts.erase(told_.attempts.begin() + static_cast<std::ptrdiff_t>(index));
  }
  return std::move(told_);
}

/// What is left of a plan.
struct PlanAhead {
  Plan plan;
  std::vector<std::size_t> indices;  ///< of its main steps in the whole plan
};

PlanAhead plan_ahead(const Plan& whole, const RunState& state) {
  PlanAhead ahead{.plan = whole, .indices = {}};
  ahead.plan.steps.clear();
  for (std::size_t i = 0; i < whole.steps.size(); ++i) {
    if (state.main_step(i).outcome || state.is_jumped_over(i)) {
      continue;
    }
    ahead.plan.steps.push_back(whole.steps[i]);
    std::erase_if(ahead.plan.steps.back().after,
                  [&](const std::string& title) { return state.has_ended(title); });
    ahead.indices.push_back(i);
  }
  return ahead;
}

bool is_open_now(const RunState& state, const AttemptKey& key) {
  const auto* step = key.list == StepList::Main ? state.step(key.list, key.title) : nullptr;
  return step != nullptr && step->open && key.attempt == 1;
}

/// The question of a step at work: what was has it.
bool is_asked_already(const Milestone& one, const RunState& state) {
  return one.kind == MilestoneKind::Person &&
         std::ranges::any_of(state.prompts | std::views::values, [&](const OpenPrompt& open) {
           const auto& prompt = open.asked.prompt;
           return prompt.purpose == PromptPurpose::ManualInput && prompt.step == one.step;
         });
}

/// When those that run now would have ended; nullopt when nothing runs.
std::optional<WallTime> end_of_open(const Rehearsal& rest, const RunState& state) {
  std::optional<WallTime> end;
  for (const auto& one : rest.attempts) {
    if (is_open_now(state, one.key)) {
      end = std::max(end.value_or(one.ended), one.ended);
    }
  }
  return end;
}

/// The rest of the campaign in virtual time, as if it had begun with what runs now.
Rehearsal rehearse_rest(const Plan& rest,
                        const RunState& state,
                        const Past& past,
                        const Instant& now) {
  RehearsalRequest request;
  request.start = now;
  for (const auto& attempt : state.open) {
    if (attempt.start.key.list == StepList::Main) {
      request.start.wall = std::min(request.start.wall, attempt.at.wall);
    }
  }
  auto rehearsal = rehearse(rest, past, request);
  const auto end = end_of_open(rehearsal, state);
  if (end && *end < now.wall) {
    request.start.wall += now.wall - *end;
    rehearsal = rehearse(rest, past, request);
  }
  return rehearsal;
}

void add_attempts(Rehearsal& whole,
                  const Rehearsal& rest,
                  const PlanAhead& ahead,
                  const RunState& state) {
  for (auto one : rest.attempts) {
    if (one.key.list == StepList::Main) {
      const auto& known = *state.step(one.key.list, one.key.title);
      const bool open = is_open_now(state, one.key);
      one.index = static_cast<int>(ahead.indices.at(static_cast<std::size_t>(one.index)));
      one.key.attempt += open ? known.attempts - 1 : known.attempts;
      const auto began = std::ranges::find(
          state.open, one.key, [](const AttemptState& attempt) { return attempt.start.key; });
      if (began != state.open.end()) {
        one.began = began->at.wall;
      }
    }
    whole.attempts.push_back(std::move(one));
  }
}

std::vector<std::size_t> in_whole_plan(const std::vector<std::size_t>& indices,
                                       const PlanAhead& ahead) {
  std::vector<std::size_t> all;
  std::ranges::transform(
      indices, std::back_inserter(all), [&](std::size_t index) { return ahead.indices.at(index); });
  return all;
}

}  // namespace

Rehearsal rehearse_on(const Plan& plan,
                      const RunState& state,
                      const std::vector<StoredEvent>& events,
                      const Past& past,
                      const Instant& now) {
  Chronicle chronicle{plan};
  for (const auto& stored : events) {
    chronicle.take(stored.event);
  }
  auto whole = std::move(chronicle).what_was();
  whole.start = state.opened_at.wall;
  if (state.ended) {
    whole.end = state.ended_at;
    whole.status = *state.ended;
    whole.reason = state.end_reason;
    whole.milestones.push_back({.kind = MilestoneKind::End,
                                .at = whole.end,
                                .step = {},
                                .text = fmt::format("the run is {}{}{}",
                                                    to_string(whole.status),
                                                    whole.reason.empty() ? "" : ": ",
                                                    whole.reason)});
    return whole;
  }
  const auto ahead = plan_ahead(plan, state);
  const auto rest = rehearse_rest(ahead.plan, state, past, now);
  add_attempts(whole, rest, ahead, state);
  std::ranges::copy_if(rest.milestones,
                       std::back_inserter(whole.milestones),
                       [&](const Milestone& one) { return !is_asked_already(one, state); });
  whole.end = rest.end;
  whole.status = rest.status;
  whole.reason = rest.reason;
  whole.never_started = in_whole_plan(rest.never_started, ahead);
  whole.guessed = in_whole_plan(rest.guessed, ahead);
  whole.estimated = in_whole_plan(rest.estimated, ahead);
  whole.waited_for_people += rest.waited_for_people;
  whole.saved = rest.saved;
  whole.futures = rest.futures;
  return whole;
}

}  // namespace fat
