// A report's modules -> tables: verdicts, and every measurement against its limits.
#pragma once

#include <string>

#include "fat/people/run_report.hpp"

namespace fat {

/// One row per module: its verdict, that of each PMT, what was not run.
std::string verdict_table(const RunReport& report);

/// What counts and is not passed, or that there is nothing.
std::string unpassed_table(const RunReport& report);

/// A heading and a table per module; one row per measurement of it, with the values of all steps.
std::string module_tables(const RunReport& report);

/// "<span class="failed">✗ failed</span>": a word and a sign, not only a colour.
std::string badge(Verdict verdict);

}  // namespace fat
