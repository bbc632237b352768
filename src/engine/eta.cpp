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

/// Walks through what is still to come. Steps vary independently: their deviations add up as
/// squares.
class Expectation {
 public:
  Expectation(const RunState& state, const Instant& now, const PastDurations& past)
      : state_(state), now_(now), past_(past), likely_(now.wall) {}

  void add(StepList list, const Step& step);
  TimeRange range() const;

  Eta eta;

 private:
  void add_wait(const Step& step, const StepState& known, const AttemptState* open);
  void add_process(const Step& step, const StepState& known, const AttemptState* open);
  void add_question(const Step& step, const AttemptState* open);
  void not_before(WallTime when);
  const AttemptState* open_attempt(StepList list, const std::string& title) const;

  const RunState& state_;
  const Instant& now_;
  const PastDurations& past_;
  WallTime likely_;
  double below_ = 0, above_ = 0;  ///< squares of the deviations, us^2
};

TimeRange Expectation::range() const {
  return {.early = likely_ - Microseconds{std::llround(std::sqrt(below_))},
          .likely = likely_,
          .late = likely_ + Microseconds{std::llround(std::sqrt(above_))}};
}

void Expectation::not_before(WallTime when) {
  const auto range = this->range();
  likely_ = std::max(likely_, when);
  const auto square = [](Microseconds deviation) {
    return std::pow(static_cast<double>(deviation.count()), 2);
  };
  below_ = square(likely_ - std::max(range.early, when));
  above_ = square(std::max(range.late, when) - likely_);
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
  likely_ += retry_left(step, known, state_.time(now_)).value_or(Microseconds{0});
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
    not_before(*moment);
    return;
  }
  const auto* duration = find_argument(step, "duration");
  auto left = duration == nullptr ? std::nullopt : parse_duration(*duration);
  if (open != nullptr && open->start.wait) {
    left = open->since + *open->start.wait - state_.time(now_);
  } else if (known.wait_due) {
    left = *known.wait_due - state_.time(now_);
  }
  likely_ += std::max(left.value_or(Microseconds{0}), Microseconds{0});
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
  likely_ += lasts[1];
  below_ += std::pow(static_cast<double>((lasts[1] - lasts[0]).count()), 2);
  above_ += std::pow(static_cast<double>((lasts[2] - lasts[1]).count()), 2);
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
      expectation.add(StepList::Main, plan.steps[i]);
    }
  }
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
