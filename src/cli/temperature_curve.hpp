// The temperatures of a rehearsal -> a curve in a drawing.
#pragma once

#include <functional>
#include <string>

#include "cli/rehearsal_text.hpp"

namespace fat {

/// Where the curve has its place, px.
struct CurvePlace {
  double left = 0, right = 0, top = 0, bottom = 0;
  std::function<double(WallTime)> x;
};

/// SVG elements: the curve, a dot with a tooltip for each temperature, and its value where there is
/// room. REQUIRES: some milestone is a temperature.
std::string temperature_curve(const RehearsalReport& report, const CurvePlace& place);

/// Safe within an element; cut to what a label may be long.
std::string escaped(const std::string& text);

/// "2026-11-21 03:20", local time.
std::string minute_text(WallTime when);

}  // namespace fat
