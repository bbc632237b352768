// A step -> the section of a schedule that says it.
#pragma once

#include <string>
#include <vector>

#include "fat/model/plan.hpp"

namespace fat {

/// Reads back as the same step, one after the other: `background` and `after` are left out. With
/// `backups`, run_backup is written too (the station has a target).
std::string section_text(const Step& step, bool backups);

/// "key = value" as a schedule has it: percent signs doubled, further lines indented.
std::string option_text(const std::string& key, const std::string& value);

}  // namespace fat
