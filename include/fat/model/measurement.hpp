// One measured value of one module with its limits, and the verdict that follows.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "fat/model/outcome.hpp"

namespace fat {

/// Limits are inclusive (reference 1e: all comparisons of the goalposts are). `warn_*` make a value
/// marginal.
struct Limits {
  std::optional<double> min, max, warn_min, warn_max;

  bool operator==(const Limits&) const = default;
};

struct Measurement {
  std::string module;   ///< serial number, e.g. "DEgg2021-3-133"
  std::string channel;  ///< "upper", "lower" or empty for the whole module
  std::string name;     ///< e.g. "dark_rate"
  double value = 0;     ///< in `unit`; not finite means inconclusive
  std::string unit;
  Limits limits;

  bool operator==(const Measurement&) const = default;
};

/// nullopt when the measurement declares no limit at all: it is a record, not a judgement.
std::optional<Verdict> judge(const Measurement& measurement);

/// What a step promises in its `measurements` key: "dark_rate [0, 2600] Hz".
struct PromisedMeasurement {
  std::string name;
  std::optional<double> min, max;
  std::string unit;

  bool operator==(const PromisedMeasurement&) const = default;
};

/// "dark_rate [0, 2600] Hz, gain" -> the list. Either bound may be left out: "[, 2600]". nullopt
/// when it is not of that form or names one twice.
std::optional<std::vector<PromisedMeasurement>> parse_promised_measurements(std::string_view text);

}  // namespace fat
