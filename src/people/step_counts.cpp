// Steps -> counts and words.
#include "people/step_counts.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "people/words.hpp"

namespace fat {

StepCounts count(const std::vector<StepSummary>& steps) {
  StepCounts counts;
  for (const StepSummary& step : steps) {
    if (!step.outcome) {
      ++counts.left;
      continue;
    }
    switch (*step.outcome) {
      case Outcome::Done:
        ++counts.done;
        break;
      case Outcome::Errored:
        ++counts.errored;
        break;
      case Outcome::Skipped:
        ++counts.skipped;
        break;
      case Outcome::Interrupted:
        ++counts.interrupted;
        break;
      case Outcome::Aborted:
        ++counts.aborted;
        break;
    }
  }
  return counts;
}

std::string to_text(const StepCounts& counts) {
  std::string text = fmt::format("{} done", counts.done);
  const auto add = [&](int number, const char* word) {
    if (number > 0) {
      text += fmt::format(", {} {}", number, word);
    }
  };
  add(counts.errored, "errored");
  add(counts.skipped, "skipped");
  add(counts.interrupted, "interrupted");
  add(counts.aborted, "aborted");
  add(counts.left, "not run");
  return text;
}

std::string label(const StepSummary& step) {
  return fmt::format("[{}] {}", step.index, printable(step.title));
}

std::vector<const StepSummary*> steps_ahead(const RunSummary& summary) {
  std::vector<const StepSummary*> ahead;
  for (const StepSummary& step : summary.steps) {
    const bool open = std::ranges::any_of(summary.open, [&](const OpenAttempt& attempt) {
      return attempt.key.list == StepList::Main && attempt.key.title == step.title;
    });
    if (!step.outcome && !open) {
      ahead.push_back(&step);
    }
  }
  return ahead;
}

Microseconds total_time(const RunSummary& summary, WallTime now) {
  if (!summary.started) {
    return Microseconds{0};
  }
  return std::max(Microseconds{0}, summary.ended.value_or(now) - *summary.started);
}

}  // namespace fat
