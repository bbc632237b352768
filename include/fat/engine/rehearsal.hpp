// A plan and what its steps took before -> the whole campaign in virtual time, by the same engine;
// nothing is executed. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "fat/engine/lengths.hpp"
#include "fat/model/eta.hpp"
#include "fat/model/event.hpp"
#include "fat/model/run_status.hpp"

namespace fat {

struct RehearsalRequest {
  Instant start;
  Microseconds answer_after = std::chrono::minutes{10};  ///< a question was asked
  std::vector<std::string> fail;  ///< titles: every attempt fails until a person has looked at it
  std::vector<std::string> kill;  ///< titles: the scheduler dies in the middle, and is resumed
  std::vector<std::string> power_cut;  ///< titles: the machine dies in the middle, back in 10 min
  std::optional<std::uint64_t> dice;   ///< lengths and trouble are thrown instead
};

/// One attempt, as it would be.
struct RehearsedAttempt {
  AttemptKey key;
  int index = 0;
  StepKind kind = StepKind::Command;
  Claims needs;  ///< empty: the whole bench
  WallTime began, ended;
  Outcome outcome = Outcome::Done;
};

enum class MilestoneKind { Temperature, Person, Trouble, End };

std::string_view to_string(MilestoneKind kind);

/// What a shifter wants to know of beforehand.
struct Milestone {
  MilestoneKind kind = MilestoneKind::End;
  WallTime at;
  std::string step;                ///< title; may be empty
  std::string text;                ///< "-40 degC", the question, what went wrong
  std::optional<double> celsius;   ///< of Temperature
  std::optional<TimeRange> range;  ///< absent when dice were thrown
};

struct Rehearsal {
  WallTime start, end;
  RunStatus status = RunStatus::Idle;  ///< in which it ends; not an end: it would hang
  std::string reason;
  std::vector<RehearsedAttempt> attempts;       ///< in order of their start
  std::vector<Milestone> milestones;            ///< in order of time, the end last
  std::vector<std::size_t> never_started;       ///< indices of main steps
  std::vector<std::size_t> guessed, estimated;  ///< indices of main steps that never ran here
  Microseconds waited_for_people{0};
  std::optional<Microseconds> saved;  ///< by steps in the background; absent without any
  int futures = 0;                    ///< played for the ranges
};

/// Plays it once with expected lengths, and some dozen times with lengths that vary for the ranges.
/// O(steps).
Rehearsal rehearse(const Plan& plan, const Past& past, const RehearsalRequest& request);

}  // namespace fat
