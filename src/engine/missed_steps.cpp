#include "fat/engine/missed_steps.hpp"

#include <algorithm>

#include "fat/engine/target_temperature.hpp"

namespace fat {

bool is_complete(const Step& step, const ModuleResult& result) {
  return std::ranges::all_of(step.measurements, [&](const auto& promised) {
    return result.names.contains(promised.name);
  });
}

bool concerns_modules(const Step& step, const StepState& known) {
  return !step.measurements.empty() || !known.modules.empty() ||
         (step.kind == StepKind::Python && !target_temperature(step));
}

bool has_missed(const Step& step, const StepState& known, const std::string& serial) {
  if (!known.outcome || known.waived || !known.without.contains(serial) ||
      !concerns_modules(step, known)) {
    return false;
  }
  const auto found = known.modules.find(serial);
  return step.measurements.empty() || found == known.modules.end() ||
         !is_complete(step, found->second);
}

}  // namespace fat
