// Newest first: by number, then by day.
#include "store/retention.hpp"

#include <algorithm>
#include <chrono>
#include <functional>

#include "store/snapshot_names.hpp"

namespace fat::store {

std::vector<std::string> superseded(int run,
                                    std::vector<std::string> names,
                                    const Retention& keep,
                                    const std::set<std::string>& needed) {
  if (keep.last == 0 && keep.daily == 0) {
    return {};
  }
  std::erase_if(names, [&](const std::string& name) { return !snapshot_time(run, name); });
  std::ranges::sort(names, std::greater<>());
  std::vector<std::string> result;
  std::set<std::chrono::sys_days> days;
  for (std::size_t index = 0; index < names.size(); ++index) {
    const auto day = std::chrono::floor<std::chrono::days>(
        snapshot_time(run, names[index]).value_or(WallTime{}));
    const bool of_new_day = days.insert(day).second;
    const bool is_daily = of_new_day && days.size() <= static_cast<std::size_t>(keep.daily);
    const bool is_last = index < static_cast<std::size_t>(std::max(keep.last, 1));
    if (!is_daily && !is_last && !needed.contains(names[index])) {
      result.push_back(names[index]);
    }
  }
  return result;
}

}  // namespace fat::store
