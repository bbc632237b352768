// Plan, state, past durations -> when the run is expected to end, and to need a person. Pure.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "fat/engine/run_state.hpp"

namespace fat {

/// Durations of past attempts of a step that ended done, in any order; empty when it never ran.
using PastDurations = std::function<std::vector<Microseconds>(const Step&)>;

/// 10, 50 and 90 % of what the past suggests.
struct TimeRange {
  WallTime early, likely, late;
};

struct HumanAction {
  std::string step;  ///< title; empty when the run as a whole waits
  std::string what;  ///< the question, or "the run is paused"
  TimeRange when;    ///< now when somebody is waited for already
};

/// The time until people answer cannot be known and is not counted.
struct Eta {
  std::optional<TimeRange> end;  ///< absent when the run has ended
  std::optional<HumanAction> next_person;
  int questions_ahead = 0;  ///< asked or still to be asked before the end
  int unknown_steps = 0;    ///< neither a past nor an estimate: counted as nothing
};

/// `past` is asked once for each step still to come. Steps that never ran count with
/// Step::estimate.
Eta expect(const Plan& plan, const RunState& state, const Instant& now, const PastDurations& past);

/// One or two sentences in local time, with what is not counted.
std::string to_text(const Eta& eta);

}  // namespace fat
