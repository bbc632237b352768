// Light behind each filter of a wheel -> which filters are not what they should be.
#pragma once

#include <span>
#include <string>
#include <vector>

namespace fat {

/// A position of a wheel whose light is not that of the filter declared there. Positions count
/// from 1.
struct WrongFilter {
  int position = 0;
  double declared = 0, found = 0;  ///< transmission
  int looks_like = 0;              ///< the position whose filter it may be; 0: none
};

/// `light`, in any unit, behind the filters that should let `declared` (0 to 1) through. Only the
/// light's shape counts: filters that were exchanged do not change its sum. A filter is right
/// within 10 % and 0.02. Empty when all are. Throws std::invalid_argument when there is no light
/// or the lists are not of the same length.
std::vector<WrongFilter> wrong_filters(std::span<const double> declared,
                                       std::span<const double> light);

/// "the filters at 2 and 3 are exchanged", or each with what was found. For people.
std::string describe(const std::vector<WrongFilter>& wrong);

}  // namespace fat
