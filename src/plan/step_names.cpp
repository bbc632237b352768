// `steps` of [safe_state] and [on_resume] -> the names of steps.
#include "plan/step_names.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "plan/raw_text.hpp"

namespace fat {

StepNames read_step_names(const IniKey& key, SectionReport& report) {
  constexpr std::size_t most = 200;
  StepNames result{{}, key.line};
  for (auto& name : list_items(key.value)) {
    if (result.names.size() == most) {
      report.error(key, fmt::format("names more than {} steps", most));
      break;
    }
    if (std::ranges::find(result.names, name) != result.names.end()) {
      report.error(key, fmt::format("names {} twice", in_quotes(name)));
      continue;
    }
    result.names.push_back(std::move(name));
  }
  return result;
}

}  // namespace fat
