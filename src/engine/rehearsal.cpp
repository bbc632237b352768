#include "fat/engine/rehearsal.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <tuple>

#include <fmt/format.h>

#include "engine/virtual_bench.hpp"

namespace fat {

namespace {

/// Futures that are played for the ranges: fewer for long plans, whose sums vary less.
constexpr std::size_t kAttempts = 60'000, kFewest = 10, kMost = 100;

/// The kinds of all steps of a plan, by list.
class StepKinds {
 public:
  StepKinds(Lengths& lengths, const Plan& plan)
      : main_(kinds(lengths, plan.steps)),
        safe_(kinds(lengths, plan.safe_state)),
        on_resume_(kinds(lengths, plan.on_resume)) {
    if (plan.backup) {
      backup_ = lengths.kind_of(*plan.backup);
    }
  }

  std::size_t of(StepList list, std::size_t index) const {
    switch (list) {
      case StepList::Main:
        return main_[index];
      case StepList::SafeState:
        return safe_[index];
      case StepList::OnResume:
        return on_resume_[index];
      case StepList::Backup:
        break;
    }
    return backup_;
  }

 private:
  static std::vector<std::size_t> kinds(Lengths& lengths, const std::vector<Step>& steps) {
    std::vector<std::size_t> found;
    found.reserve(steps.size());
    for (const auto& step : steps) {
      const bool process = step.kind != StepKind::Wait && step.kind != StepKind::Prompt;
      found.push_back(process ? lengths.kind_of(step) : 0);
    }
    return found;
  }

  std::vector<std::size_t> main_, safe_, on_resume_;
  std::size_t backup_ = 0;
};

/// Nobody reads signals in virtual time: all lie in their windows.
Plan always_valid(Plan plan) {
  for (auto& step : plan.steps) {
    step.valid_when.clear();
  }
  return plan;
}

Microseconds within_timeout(Microseconds length, const Step& step) {
  return step.timeout ? std::min(length, *step.timeout) : length;
}

/// Moments of the same milestone in many futures.
class Ranges {
 public:
  void add(const std::vector<Milestone>& milestones, WallTime start) {
    std::map<Key, int> seen;
    for (const auto& one : milestones) {
      const auto count = seen[key(one, 0)]++;
      moments_[key(one, count)].push_back(Seconds{one.at - start}.count());
    }
  }

  void fill(std::vector<Milestone>& milestones, WallTime start) {
    std::map<Key, int> seen;
    for (auto& one : milestones) {
      auto& moments = moments_[key(one, seen[key(one, 0)]++)];
      if (moments.size() >= kFewest) {
        std::ranges::sort(moments);
        one.range = TimeRange{.early = start + quantile(moments, 0.1),
                              .likely = start + quantile(moments, 0.5),
                              .late = start + quantile(moments, 0.9)};
      }
    }
  }

 private:
  using Key = std::tuple<MilestoneKind, std::string, std::string, int>;

  static Key key(const Milestone& one, int count) { return {one.kind, one.step, one.text, count}; }

  static Microseconds quantile(const std::vector<double>& sorted, double part) {
    const auto place =
        static_cast<std::size_t>(std::lround(part * static_cast<double>(sorted.size() - 1)));
    return std::chrono::round<Microseconds>(Seconds{sorted[place]});
  }

  std::map<Key, std::vector<double>> moments_;
};

class Rehearser {
 public:
  Rehearser(const Plan& plan, const Past& past, const RehearsalRequest& request)
      : plan_(always_valid(plan)), request_(request), lengths_(past), kinds_(lengths_, plan) {}

  Rehearsal rehearse();

 private:
  VirtualBench as_expected(const Plan& plan);
  VirtualBench drawn(std::uint64_t seed);
  static std::vector<Milestone> milestones_of(const VirtualBench& bench);
  void describe_steps(const RunState& state);
  void add_ranges();
  void add_saving();

  const Plan plan_;
  const RehearsalRequest& request_;
  Lengths lengths_;
  StepKinds kinds_;
  Rehearsal result_;
};

VirtualBench Rehearser::as_expected(const Plan& plan) {
  VirtualBench bench{plan, request_, [this](StepList list, std::size_t index, const Step& step) {
                       return within_timeout(lengths_.expected(kinds_.of(list, index)), step);
                     }};
  bench.play();
  return bench;
}

VirtualBench Rehearser::drawn(std::uint64_t seed) {
  VirtualBench bench{plan_,
                     request_,
                     [this, draw = Draw{lengths_, seed}](
                         StepList list, std::size_t index, const Step& step) mutable {
                       const auto length = draw.length(kinds_.of(list, index));
                       return within_timeout(std::chrono::round<Microseconds>(length), step);
                     }};
  bench.play();
  return bench;
}

std::vector<Milestone> Rehearser::milestones_of(const VirtualBench& bench) {
  auto milestones = bench.milestones();
  const auto& state = bench.state();
  std::string text = "nothing would ever happen again";
  if (state.ended) {
    text = fmt::format("the run is {}{}{}",
                       to_string(*state.ended),
                       state.end_reason.empty() ? "" : ": ",
                       state.end_reason);
  }
  milestones.push_back(
      {.kind = MilestoneKind::End, .at = bench.now().wall, .step = {}, .text = std::move(text)});
  return milestones;
}

void Rehearser::describe_steps(const RunState& state) {
  for (std::size_t i = 0; i < plan_.steps.size(); ++i) {
    const auto& known = state.main_step(i);
    if (known.attempts == 0 && !known.outcome) {
      result_.never_started.push_back(i);
    }
    const auto kind = plan_.steps[i].kind;
    if (kind == StepKind::Wait || kind == StepKind::Prompt) {
      continue;
    }
    const auto basis = lengths_.basis(kinds_.of(StepList::Main, i));
    if (basis == LengthBasis::Guess) {
      result_.guessed.push_back(i);
    } else if (basis == LengthBasis::Estimate) {
      result_.estimated.push_back(i);
    }
  }
}

Rehearsal Rehearser::rehearse() {
  const auto bench = request_.dice ? drawn(*request_.dice) : as_expected(plan_);
  result_.start = request_.start.wall;
  result_.end = bench.now().wall;
  result_.status = bench.state().ended.value_or(bench.state().status());
  result_.reason = bench.state().end_reason;
  result_.attempts = bench.attempts();
  result_.milestones = milestones_of(bench);
  result_.waited_for_people = bench.waited_for_people();
  describe_steps(bench.state());
  if (request_.dice) {
    return std::move(result_);
  }
  add_ranges();
  add_saving();
  return std::move(result_);
}

void Rehearser::add_ranges() {
  const auto futures = std::clamp(kAttempts / (plan_.steps.size() + 1), kFewest, kMost);
  Ranges ranges;
  for (std::size_t seed = 1; seed <= futures; ++seed) {
    ranges.add(milestones_of(drawn(seed)), result_.start);
  }
  ranges.fill(result_.milestones, result_.start);
  result_.futures = static_cast<int>(futures);
}

/// The same with one step after the other.
void Rehearser::add_saving() {
  auto one_by_one = plan_;
  bool any = false;
  for (auto& step : one_by_one.steps) {
    any = any || step.background;
    step.background = false;
    step.after.clear();
  }
  if (any) {
    result_.saved = as_expected(one_by_one).now().wall - result_.end;
  }
}

}  // namespace

std::string_view to_string(MilestoneKind kind) {
  switch (kind) {
    case MilestoneKind::Temperature:
      return "temperature";
    case MilestoneKind::Person:
      return "person";
    case MilestoneKind::Trouble:
      return "trouble";
    case MilestoneKind::End:
      return "end";
  }
  return "";
}

Rehearsal rehearse(const Plan& plan, const Past& past, const RehearsalRequest& request) {
  return Rehearser{plan, past, request}.rehearse();
}

}  // namespace fat
