// Light behind each filter of a wheel -> which filters are not what they should be.
#include "filters.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <stdexcept>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace fat {
namespace {

constexpr double kRelative = 0.1, kAbsolute = 0.02;

bool is_right(double declared, double found) {
  return std::abs(found - declared) <= kRelative * declared + kAbsolute;
}

/// The nearest other one.
int look_alike(std::span<const double> declared, std::size_t own, double found) {
  int position = 0;
  double nearest = std::numeric_limits<double>::infinity();
  for (std::size_t i = 0; i < declared.size(); ++i) {
    const double distance = std::abs(found - declared[i]);
    if (i != own && is_right(declared[i], found) && distance < nearest) {
      position = static_cast<int>(i) + 1;
      nearest = distance;
    }
  }
  return position;
}

bool are_exchanged(const std::vector<WrongFilter>& wrong) {
  return wrong.size() == 2 && wrong[0].looks_like == wrong[1].position &&
         wrong[1].looks_like == wrong[0].position;
}

}  // namespace

std::vector<WrongFilter> wrong_filters(std::span<const double> declared,
                                       std::span<const double> light) {
  const double all_light = std::accumulate(light.begin(), light.end(), 0.0);
  const double all_declared = std::accumulate(declared.begin(), declared.end(), 0.0);
  if (declared.size() != light.size() || !(all_light > 0) || !(all_declared > 0)) {
    throw std::invalid_argument{"no light behind any filter"};
  }
  std::vector<WrongFilter> wrong;
  for (std::size_t i = 0; i < declared.size(); ++i) {
    const double found = light[i] * all_declared / all_light;
    if (!is_right(declared[i], found)) {
      wrong.push_back({.position = static_cast<int>(i) + 1,
                       .declared = declared[i],
                       .found = found,
                       .looks_like = look_alike(declared, i, found)});
    }
  }
  return wrong;
}

std::string describe(const std::vector<WrongFilter>& wrong) {
  if (are_exchanged(wrong)) {
    return fmt::format(
        "the filters at {} and {} are exchanged", wrong[0].position, wrong[1].position);
  }
  std::vector<std::string> all;
  all.reserve(wrong.size());
  for (const auto& one : wrong) {
    all.push_back(fmt::format(
        "the filter at {} lets {:.3f} through instead of {:g}{}",
        one.position,
        one.found,
        one.declared,
        one.looks_like == 0 ? "" : fmt::format(" (as the one at {} should)", one.looks_like)));
  }
  return fmt::format("{}", fmt::join(all, ", "));
}

}  // namespace fat
