// A step -> the section of a schedule that says it.
#pragma once

#include <string>
#include <vector>

#include "fat/model/plan.hpp"

namespace fat {

/// What a section says besides the step itself.
struct SectionStyle {
  bool backups = false;  ///< run_backup: the station has a target
  bool lanes = false;    ///< `background` and `after`: all the steps they name are written, too
  bool station = false;  ///< the steps of station.ini, too: for a station that does not have them
};

/// Reads back as the same step.
std::string section_text(const Step& step, const SectionStyle& style);

/// [constants] of a schedule for `run_file` with what the plan says of Python, verbosity, safety.
std::string constants_text(const Plan& plan, const std::string& run_file);

/// [safe_state] and [on_resume] with their steps.
std::string safety_text(const Plan& plan, const SectionStyle& style);

/// "key = value" as a schedule has it: percent signs doubled, further lines indented.
std::string option_text(const std::string& key, const std::string& value);

}  // namespace fat
