// Usual durations -> expected ones of what is open and of what lies before the next question.
#include "people/expected_times.hpp"

#include <algorithm>

#include "people/step_counts.hpp"

namespace fat {
namespace {

constexpr int kQuestionsPerDraw = 20;

}  // namespace

void ExpectedTimes::fill(ViewOptions& options, const Plan& plan, const RunSummary& summary) {
  questions_left_ = kQuestionsPerDraw;
  options.expected.clear();
  for (const OpenAttempt& attempt : summary.open) {
    options.expected.push_back(of(plan, attempt.key.list, attempt.key.title));
  }
  const auto ahead = steps_ahead(summary);
  const auto person = std::ranges::find_if(
      ahead, [](const StepSummary* step) { return step->kind == StepKind::Prompt; });
  if (person == ahead.end()) {
    return;
  }
  Sum sum = rest_of_open(options, summary);
  for (auto step = ahead.begin(); step != person; ++step) {
    const auto expected = of(plan, StepList::Main, (*step)->title);
    sum.complete = sum.complete && expected.has_value();
    sum.time += expected.value_or(Microseconds{0});
  }
  if (sum.complete || sum.time > Microseconds{0}) {
    options.until_person = sum.time;
    options.at_least = !sum.complete;
  }
}

ExpectedTimes::Sum ExpectedTimes::rest_of_open(const ViewOptions& options,
                                               const RunSummary& summary) {
  Sum sum;
  for (std::size_t i = 0; i < summary.open.size(); ++i) {
    const OpenAttempt& attempt = summary.open[i];
    if (attempt.remaining) {
      sum.time += *attempt.remaining;
      continue;
    }
    sum.complete = sum.complete && options.expected[i].has_value();
    const Microseconds ran = elapsed(attempt.started, options.now);
    sum.time += std::max(Microseconds{0}, options.expected[i].value_or(Microseconds{0}) - ran);
  }
  return sum;
}

std::optional<Microseconds> ExpectedTimes::of(const Plan& plan,
                                              StepList list,
                                              const std::string& title) {
  const auto found = known_.find({list, title});
  if (found != known_.end()) {
    return found->second;
  }
  const Step* step = find_step(plan, list, title);
  if (step == nullptr) {
    return std::nullopt;
  }
  if (!source_ || questions_left_ == 0) {
    return step->estimate;
  }
  --questions_left_;
  auto expected = source_(*step);
  expected = expected ? expected : step->estimate;
  known_.emplace(std::pair{list, title}, expected);
  return expected;
}

}  // namespace fat
