// `steps` of [safe_state] and [on_resume] -> the names of steps.
#pragma once

#include "fat/plan/station_file.hpp"
#include "plan/section_report.hpp"

namespace fat {

/// A name that stands there twice is reported and kept once.
StepNames read_step_names(const IniKey& key, SectionReport& report);

}  // namespace fat
