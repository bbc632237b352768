#include "fat/engine/eta.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include <fmt/format.h>

#include "engine/questions.hpp"
#include "engine/retry.hpp"
#include "fat/model/local_time.hpp"
#include "fat/model/quantity.hpp"

namespace fat {

namespace {

/// 10, 50 and 90 % of a duration.
using Quantiles = std::array<Microseconds, 3>;

Microseconds quantile(const std::vector<Microseconds>& sorted, double part) {
  const double place = part * static_cast<double>(sorted.size() - 1);
  const auto below = static_cast<std::size_t>(place);
  const auto above = std::min(below + 1, sorted.size() - 1);
  const auto gap = static_cast<double>((sorted[above] - sorted[below]).count());
  return sorted[below] + Microseconds{std::llround(gap * (place - static_cast<double>(below)))};
}

double square(Microseconds deviation) {
  return std::pow(static_cast<double>(deviation.count()), 2);
}

/// A moment that is expected. Steps vary independently: their deviations add up as squares.
struct Expected {
  WallTime likely;
  double below = 0, above = 0;  ///< squares of the deviations, us^2

  TimeRange range() const {
    return {.early = likely - Microseconds{std::llround(std::sqrt(below))},
            .likely = likely,
            .late = likely + Microseconds{std::llround(std::sqrt(above))}};
  }

  /// When both have come.
  void not_before(const TimeRange& other) {
    const auto own = range();
    likely = std::max(likely, other.likely);
    below = square(likely - std::max(own.early, other.early));
    above = square(std::max(own.late, other.late) - likely);
  }
};

/// Walks through what is still to come, in lanes: a step in the background goes on while those that
/// do not collide with it follow.
class Expectation {
 public:
  Expectation(const RunState& state, const Instant& now, const PastDurations& past)
      : state_(state), now_(now), past_(past), front_{.likely = now.wall} {}

  void add(StepList list, const Step& step);
  /// A step of the schedule: begins when those have ended that it has to wait for.
  void add_in_its_lane(const Step& step);
  /// All lanes come to their end.
  void wait_for_all();

  TimeRange range() const { return front_.range(); }

  Eta eta;

 private:
  void add_wait(const Step& step, const StepState& known, const AttemptState* open);
  void add_process(const Step& step, const StepState& known, const AttemptState* open);
  void add_question(const Step& step, const AttemptState* open);
  const AttemptState* open_attempt(StepList list, const std::string& title) const;

  const RunState& state_;
  const Instant& now_;
  const PastDurations& past_;
  Expected front_;  ///< when the next step of the schedule has its turn
  std::vector<std::pair<const Step*, Expected>> background_;  ///< and when each ends
};

void Expectation::add_in_its_lane(const Step& step) {
  const auto before = front_;
  for (const auto& [other, end] : background_) {
    const bool named = std::ranges::find(step.after, other->title) != step.after.end();
    if (named || collision(step.needs, other->needs)) {
      front_.not_before(end.range());
    }
  }
  add(StepList::Main, step);
  if (step.background) {
    background_.emplace_back(&step, front_);
    front_ = before;
  }
}

void Expectation::wait_for_all() {
  for (const auto& [step, end] : background_) {
    front_.not_before(end.range());
  }
  background_.clear();
}

const AttemptState* Expectation::open_attempt(StepList list, const std::string& title) const {
  const auto found = std::ranges::find_if(state_.open, [&](const auto& one) {
    return one.start.key.list == list && one.start.key.title == title;
  });
  return found == state_.open.end() ? nullptr : &*found;
}

void Expectation::add(StepList list, const Step& step) {
  const auto& known = *state_.step(list, step.title);
  const auto* open = open_attempt(list, step.title);
  front_.likely += retry_left(step, known, state_.time(now_)).value_or(Microseconds{0});
  switch (step.kind) {
    case StepKind::Wait:
      add_wait(step, known, open);
      return;
    case StepKind::Prompt:
      add_question(step, open);
      return;
    case StepKind::Builtin:
    case StepKind::Python:
    case StepKind::Command:
      add_process(step, known, open);
      return;
  }
}

void Expectation::add_wait(const Step& step, const StepState& known, const AttemptState* open) {
  const auto* until = find_argument(step, "until");
  const auto moment = until == nullptr ? std::nullopt : parse_local_time(*until);
  if (moment) {
    front_.not_before({*moment, *moment, *moment});
    return;
  }
  const auto* duration = find_argument(step, "duration");
  auto left = duration == nullptr ? std::nullopt : parse_duration(*duration);
  if (open != nullptr && open->start.wait) {
    left = open->since + *open->start.wait - state_.time(now_);
  } else if (known.wait_due) {
    left = *known.wait_due - state_.time(now_);
  }
  front_.likely += std::max(left.value_or(Microseconds{0}), Microseconds{0});
}

void Expectation::add_question(const Step& step, const AttemptState* open) {
  if (open != nullptr) {
    return;  // counted with the open prompts
  }
  ++eta.questions_ahead;
  if (!eta.next_person) {
    eta.next_person = {
        .step = step.title, .what = manual_input_question(step).text, .when = range()};
  }
}

void Expectation::add_process(const Step& step, const StepState& known, const AttemptState* open) {
  auto durations = past_(step);
  if (durations.empty() && step.estimate) {
    durations.push_back(*step.estimate);
  }
  if (durations.empty()) {
    eta.unknown_steps += 1;
    return;
  }
  std::ranges::sort(durations);
  Quantiles lasts{quantile(durations, 0.1), quantile(durations, 0.5), quantile(durations, 0.9)};
  if (open != nullptr && known.open) {
    const auto ran = state_.time(now_) - open->since;
    for (auto& length : lasts) {
      length = std::max(length - ran, Microseconds{0});
    }
  }
  front_.likely += lasts[1];
  front_.below += square(lasts[1] - lasts[0]);
  front_.above += square(lasts[2] - lasts[1]);
}

/// Whoever is waited for already.
void add_open_questions(Eta& eta, const RunState& state, const Instant& now) {
  const TimeRange at_once{.early = now.wall, .likely = now.wall, .late = now.wall};
  eta.questions_ahead = static_cast<int>(state.prompts.size());
  if (!state.prompts.empty()) {
    const auto& prompt = state.prompts.begin()->second.asked.prompt;
    eta.next_person = {.step = prompt.step, .what = prompt.text, .when = at_once};
  } else if (state.paused) {
    eta.next_person = {.step = {}, .what = "the run is paused", .when = at_once};
  }
}

std::string range_text(const TimeRange& range) {
  return range.early == range.late ? to_local_text(range.likely)
                                   : fmt::format("{} ({} to {})",
                                                 to_local_text(range.likely),
                                                 to_local_text(range.early),
                                                 to_local_text(range.late));
}

}  // namespace

Eta expect(const Plan& plan, const RunState& state, const Instant& now, const PastDurations& past) {
  if (state.ended) {
    return {};
  }
  Expectation expectation{state, now, past};
  add_open_questions(expectation.eta, state, now);
  for (auto i = state.set_up_cursor(); i < plan.on_resume.size(); ++i) {
    expectation.add(StepList::OnResume, plan.on_resume[i]);
  }
  const auto until = find_step(plan.steps, state.scheduler.until);
  const auto end = until ? *until + 1 : plan.steps.size();
  for (auto i = state.cursor(); i < end; ++i) {
    if (!state.main_step(i).outcome && !state.is_jumped_over(i)) {
      expectation.add_in_its_lane(plan.steps[i]);
    }
  }
  expectation.wait_for_all();
  for (const auto& action : plan.safe_state) {
    expectation.add(StepList::SafeState, action);
  }
  expectation.eta.end = expectation.range();
  return expectation.eta;
}

std::string to_text(const Eta& eta) {
  if (!eta.end) {
    return "the run has ended";
  }
  auto text = fmt::format("end expected {}", range_text(*eta.end));
  if (eta.questions_ahead > 0) {
    text += fmt::format(", plus the time until {} question{} answered",
                        eta.questions_ahead,
                        eta.questions_ahead == 1 ? " is" : "s are");
  }
  if (eta.unknown_steps > 0) {
    text += fmt::format("; {} step{} never ran here and {} not counted",
                        eta.unknown_steps,
                        eta.unknown_steps == 1 ? "" : "s",
                        eta.unknown_steps == 1 ? "is" : "are");
  }
  if (eta.next_person) {
    text += fmt::format(". A person is needed {}: {}{}{}",
                        range_text(eta.next_person->when),
                        eta.next_person->step,
                        eta.next_person->step.empty() ? "" : ": ",
                        eta.next_person->what);
  }
  return text;
}

}  // namespace fat
