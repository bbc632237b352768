#include "engine/validity.hpp"

#include <fmt/format.h>

namespace fat {

namespace {

std::optional<std::string> why_not(const Window& window, const Signals& signals, RunTime at) {
  const auto found = signals.find(window.signal);
  if (found == signals.end()) {
    return fmt::format("nobody has read {}", window.signal);
  }
  const auto& [value, unit, since] = found->second;
  if (!is_inside(window, value, unit)) {
    return fmt::format("{} is at {:g}{}{}, not in {}",
                       window.signal,
                       value,
                       unit.empty() ? "" : " ",
                       unit,
                       range_text(window));
  }
  if (at - since > window.max_age) {
    return fmt::format("{} was last read {} before, more than {}",
                       window.signal,
                       to_text(at - since),
                       to_text(window.max_age));
  }
  return std::nullopt;
}

}  // namespace

std::optional<std::string> why_not_valid(const std::vector<Window>& windows,
                                         const Signals& signals,
                                         RunTime at) {
  for (const auto& window : windows) {
    if (auto why = why_not(window, signals, at)) {
      return why;
    }
  }
  return std::nullopt;
}

}  // namespace fat
