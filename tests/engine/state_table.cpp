#include "engine/state_table.hpp"

#include <algorithm>
#include <stdexcept>
#include <utility>

#include <fmt/format.h>

namespace fat {

namespace {

template <std::size_t... kIndex>
std::vector<EventBody> all_bodies(std::index_sequence<kIndex...>) {
  return {EventBody{std::in_place_index<kIndex>}...};
}

using RunTargets = std::array<std::array<std::string_view, kStatuses>, kKinds>;
using StepTargets = std::array<std::array<std::string_view, kPhases>, kCauses>;

RunTargets read_run_table() {
  RunTargets all{};
  for (const auto& row : run_table()) {
    const auto found = std::ranges::find_if(
        bodies(), [&](const EventBody& body) { return kind_of(body) == row.event; });
    if (found == bodies().end()) {
      throw std::logic_error{fmt::format("the table has an unknown event {}", row.event)};
    }
    all.at(found->index()) = row.to;
  }
  return all;
}

StepTargets read_step_table(StepList list) {
  StepTargets all{};
  for (const auto& row : step_table(list)) {
    all.at(number(row.cause)) = row.to;
  }
  return all;
}

Phase final_phase(Outcome outcome) {
  switch (outcome) {
    case Outcome::Done:
      return Phase::Done;
    case Outcome::Errored:
      return Phase::Errored;
    case Outcome::Skipped:
      return Phase::Skipped;
    case Outcome::Aborted:
      return Phase::Aborted;
    case Outcome::Interrupted:
      break;
  }
  throw std::logic_error{"a step's outcome is 'interrupted'"};
}

/// Between two attempts.
Phase phase_between(const StepState& step) {
  if (step.after_abort) {
    return Phase::Undecided;
  }
  switch (step.doubt) {
    case Doubt::Open:
      return Phase::Interrupted;
    case Doubt::Absent:
      return Phase::Absent;
    case Doubt::CannotTell:
      return Phase::CannotTell;
    case Doubt::None:
      break;
  }
  const bool failed = step.last_end && step.last_end->outcome == Outcome::Errored;
  return failed ? Phase::Failed : Phase::Pending;
}

}  // namespace

const std::vector<EventBody>& bodies() {
  static const auto all = all_bodies(std::make_index_sequence<kKinds>{});
  return all;
}

const std::array<std::string_view, kStatuses>& run_targets(std::size_t kind) {
  static const auto targets = read_run_table();
  return targets.at(kind);
}

const std::array<std::string_view, kPhases>& step_targets(StepList list, Cause cause) {
  static const std::array targets{read_step_table(StepList::Main),
                                  read_step_table(StepList::SafeState),
                                  read_step_table(StepList::OnResume)};
  return targets.at(number(list)).at(number(cause));
}

bool is_reachable(StepList list, Phase phase) {
  const auto leads_there = [phase](const StepRow& row) {
    return std::ranges::any_of(row.to, [phase](std::string_view cell) {
      return cell.find(kPhaseLetters.at(number(phase))) != std::string_view::npos;
    });
  };
  return phase == Phase::Pending || std::ranges::any_of(step_table(list), leads_there);
}

const std::vector<Step>& steps_of(const Plan& plan, StepList list) {
  if (list == StepList::Main) {
    return plan.steps;
  }
  return list == StepList::SafeState ? plan.safe_state : plan.on_resume;
}

Phase phase_of(const RunState& state, StepList list, const std::string& title) {
  const auto* step = state.step(list, title);
  if (step == nullptr) {
    return Phase::Pending;
  }
  const bool verifies =
      step->open && std::ranges::any_of(state.open, [&](const auto& one) {
        return one.start.verify && one.start.key.title == title && one.start.key.list == list;
      });
  if (step->open) {
    return verifies ? Phase::Verifying : Phase::Running;
  }
  return step->outcome ? final_phase(*step->outcome) : phase_between(*step);
}

std::string_view to_string(Phase phase) {
  constexpr std::array<std::string_view, kPhases> words{"pending",
                                                        "running",
                                                        "verifying",
                                                        "failed",
                                                        "interrupted",
                                                        "cannot tell",
                                                        "absent",
                                                        "undecided",
                                                        "done",
                                                        "skipped",
                                                        "errored",
                                                        "aborted"};
  return words.at(number(phase));
}

std::string_view to_string(Cause cause) {
  constexpr std::array<std::string_view, kCauses> words{"start",
                                                        "verify",
                                                        "ends done",
                                                        "ends errored",
                                                        "ends skipped",
                                                        "ends interrupted",
                                                        "ends aborted",
                                                        "resolved done",
                                                        "resolved errored",
                                                        "resolved skipped",
                                                        "resolved aborted",
                                                        "reopened",
                                                        "imported",
                                                        "redo",
                                                        "scheduler starts",
                                                        "safe state begins"};
  return words.at(number(cause));
}

}  // namespace fat
