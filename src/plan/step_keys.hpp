// The reserved keys of a step's section: what each means, for which kinds of steps, and how it is
// read.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "fat/model/plan.hpp"
#include "plan/section_report.hpp"

namespace fat {

/// Prefix of a parameter whose name is a reserved key.
inline constexpr std::string_view kArgumentPrefix = "arg.";

bool is_reserved(std::string_view key);
const std::vector<std::string>& reserved_keys();

/// Reads one reserved key into the step, whose kind is known already. A key that has no meaning for
/// this kind is an error, unless it comes from [DEFAULT]. Keys that say what a step is (task,
/// command, ...) are left alone.
void apply_reserved_key(const IniKey& key, Step& step, SectionReport& report);

/// Copies what all reserved keys but those named say. Keys that say what a step is are left alone.
void keep_reserved_keys(const Step& from, Step& to, const std::vector<std::string>& changed);

}  // namespace fat
