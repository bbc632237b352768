// "polynomial 273.15, 1" -> a calibration, or what is wrong with it.
#pragma once

#include <filesystem>
#include <string>

#include "fat/model/calibration.hpp"

namespace fat {

struct ParsedCalibration {
  Calibration calibration;
  std::string problem;  ///< empty: usable
};

/// "polynomial A, B, C": A + B x + C x^2. "table pt100", "table pt1000": IEC 60751, ohm to degC.
/// "table FILE": lines of two numbers, what the instrument says and what that is; relative to
/// `folder`. "formula TEXT": of x.
ParsedCalibration parse_calibration(const std::string& text, const std::filesystem::path& folder);

}  // namespace fat
