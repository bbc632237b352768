#include "cli/plan_change.hpp"

#include <array>

#include <fmt/format.h>
#include <unistd.h>

#include "cli/child_environment.hpp"
#include "cli/exit_code.hpp"
#include "cli/preflight.hpp"
#include "fat/engine/drift.hpp"

namespace fat {

std::vector<Problem> problems_of_edits(const EditReader& reader,
                                       const Plan& plan,
                                       const Station& station,
                                       const ImportCheck& imports) {
  auto problems = reader.problems();
  if (has_errors(problems)) {
    return problems;
  }
  Plan fresh = plan;
  fresh.steps = reader.fresh();
  fresh.safe_state.clear();
  fresh.on_resume.clear();
  const auto found = imports.left_out ? preflight_left_out(fresh)
                                      : preflight(fresh,
                                                  {.station = station.folder,
                                                   .environment = child_environment(station),
                                                   .as_original = imports.as_original})
                                            .problems;
  problems.insert(problems.end(), found.begin(), found.end());
  return problems;
}

/// The plan before that edit is in the journal.
PlanChange take_back_newest(Verb verb, const KnownRun& run, const Journal& journal) {
  const auto& state = run.campaign->state();
  if (state.undoable.empty()) {
    throw CommandError{kExitRefused,
                       "there is no edit to take back since the schedule was read last"};
  }
  const auto [version, count] = state.undoable.back();
  const std::vector<PlanEdit> last{state.edits.end() - static_cast<std::ptrdiff_t>(count),
                                   state.edits.end()};
  auto before = journal.plan(run.run, version - 1);
  if (!before) {
    throw CommandError{kExitFileWrong,
                       fmt::format("the journal holds no version {} of the plan", version - 1)};
  }
  verb.edits = inverse(std::move(*before), last);
  verb.undoes = version;
  auto after = replay(run.campaign->plan(), verb.edits).plan;
  return {.verb = std::move(verb), .after = std::move(after)};
}

std::vector<std::string> differences(const Plan& before, const Plan& after) {
  constexpr std::array words{"changed", "new", "gone", "moved"};
  std::vector<std::string> lines;
  for (const auto& drift : compare(before, after)) {
    const auto index = find_step(after.steps, drift.what);
    lines.push_back(fmt::format("{:<8} {}{}{}{}",
                                words.at(static_cast<std::size_t>(drift.kind)),
                                index ? fmt::format("[{}] ", *index) : "",
                                drift.what,
                                drift.text.empty() ? "" : ": ",
                                drift.text));
  }
  return lines;
}

VerbReply try_out(const KnownRun& run, Verb verb, const Instant& now) {
  verb.who = fmt::format("{} (uid {})", verb.who, getuid());
  return run.campaign->request(verb, now);
}

}  // namespace fat
