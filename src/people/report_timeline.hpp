// A run's attempts, questions and readings -> a drawing over time.
#pragma once

#include <string>

#include "fat/people/run_report.hpp"

namespace fat {

/// An SVG element: temperatures above, steps below, questions as marks; hovering tells more. Empty
/// when nothing has started.
std::string report_timeline(const RunReport& report, WallTime now);

}  // namespace fat
