// "freezer in -40 +- 2 degC" -> windows in which readings of the station have to lie.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "fat/model/instant.hpp"

namespace fat {

/// A reading older than this says nothing, unless the window gives its own age.
constexpr Microseconds kReadingAge = std::chrono::minutes{10};

struct Window {
  std::string signal;  ///< name of a reading, or "file:PATH"
  std::optional<double> low, high;
  std::string unit;
  Microseconds max_age = kReadingAge;

  bool operator==(const Window&) const = default;
};

/// "freezer in -40 +- 2 degC, humidity in [0, 40] % not older than 1 h" -> the windows. nullopt
/// when it is not of that form.
std::optional<std::vector<Window>> parse_windows(std::string_view text);

/// "[-42, -38] degC"
std::string range_text(const Window& window);

/// Inside the window. A value without unit has the window's; one in another unit never is.
bool is_inside(const Window& window, double value, std::string_view unit);

}  // namespace fat
