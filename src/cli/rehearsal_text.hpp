// A rehearsal -> what a shifter reads, and what a program does.
#pragma once

#include <optional>
#include <string>

#include "fat/engine/rehearsal.hpp"
#include "fat/model/plan.hpp"
#include "fat/model/quiet_hours.hpp"

namespace fat {

/// What is shown.
struct RehearsalReport {
  const Plan& plan;
  const Rehearsal& rehearsal;
  std::optional<QuietHours> quiet;
  Microseconds answer_after;
};

/// The timeline and what is worth knowing about it. Times in the station's zone.
std::string rehearsal_text(const RehearsalReport& report);

/// Stable and documented (man page); times in UTC.
std::string rehearsal_json(const RehearsalReport& report);

/// "[3] measure_gain_0"; the bare title when no main step has it.
std::string step_label(const Plan& plan, const std::string& title);

}  // namespace fat
