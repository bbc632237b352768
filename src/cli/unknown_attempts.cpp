#include "cli/unknown_attempts.hpp"

#include <filesystem>

#include <fmt/format.h>

#include "fat/model/run_paths.hpp"

namespace fat {

namespace {

/// The step's first folder that no attempt of the journal accounts for: that of the next attempt.
bool next_folder_exists(const std::filesystem::path& folder,
                        const Step& step,
                        std::size_t index,
                        const StepState* known) {
  const AttemptKey next{.list = StepList::Main,
                        .title = step.title,
                        .attempt = known == nullptr ? 1 : known->attempts + 1};
  return std::filesystem::exists(attempt_folder(folder, next, static_cast<int>(index)));
}

}  // namespace

std::vector<EventBody> find_unknown_attempts(const RunState& state, const Plan& plan) {
  const auto folder = run_folder(plan.run_file);
  std::vector<EventBody> events;
  std::string titles;
  for (std::size_t index = 0; index < plan.steps.size(); ++index) {
    const auto& step = plan.steps[index];
    const auto* known = state.step(step.title);
    if (!next_folder_exists(folder, step, index, known) ||
        (known != nullptr && (known->open || known->outcome))) {
      continue;
    }
    AttemptStarted started;
    started.key = {.list = StepList::Main,
                   .title = step.title,
                   .attempt = known == nullptr ? 1 : known->attempts + 1};
    started.index = static_cast<int>(index);
    started.plan_version = state.plan_version;
    started.kind = step.kind;
    AttemptEnded ended;
    ended.key = started.key;
    ended.outcome = Outcome::Interrupted;
    ended.cause = EndCause::Lost;
    ended.reason = "the journal does not know this attempt";
    if (state.open
            .empty()) {  // else that one is settled first; the next start finds this one again
      events.emplace_back(std::move(started));
      events.emplace_back(std::move(ended));
    }
    titles += fmt::format("{}'{}'", titles.empty() ? "" : ", ", step.title);
  }
  if (!titles.empty()) {
    events.emplace_back(BreakRequested{fmt::format(
        "attempt folders exist that the journal does not know (steps {}): it has lost its end",
        titles)});
  }
  return events;
}

}  // namespace fat
