// Wrong log-ins -> how long the next one has to wait.
#include "web/login_limits.hpp"

#include <algorithm>

namespace fat {

namespace {

constexpr std::size_t kMostRows = 1024;
constexpr std::chrono::minutes kForgotten{15};
constexpr std::chrono::seconds kFirstWait{2};
constexpr std::size_t kMostDoublings = 16;

}  // namespace

void LoginLimits::count(Table& table, const std::string& name, Microseconds now) {
  if (table.size() >= kMostRows && !table.contains(name)) {
    table.erase(
        std::ranges::min_element(table, {}, [](const auto& row) { return row.second.last; }));
  }
  auto& tries = table[name];
  tries.count = tries.last + kForgotten < now ? 1 : tries.count + 1;
  tries.last = now;
}

Microseconds LoginLimits::left(const Table& table,
                               const std::string& name,
                               std::size_t free,
                               Microseconds now) const {
  const auto found = table.find(name);
  if (found == table.end() || found->second.count < free || found->second.last + kForgotten < now) {
    return Microseconds{0};
  }
  const auto doublings = std::min(found->second.count - free, kMostDoublings);
  const auto pause = std::min<std::chrono::seconds>(kFirstWait * (1UL << doublings), longest_);
  return found->second.last + pause - now;
}

std::optional<std::chrono::seconds> LoginLimits::wait(const std::string& user,
                                                      const std::string& address,
                                                      Microseconds now) const {
  const auto longer =
      std::max(left(users_, user, of_user_, now), left(addresses_, address, of_address_, now));
  if (longer <= Microseconds{0}) {
    return std::nullopt;
  }
  return std::chrono::ceil<std::chrono::seconds>(longer);
}

void LoginLimits::tried(const std::string& user, const std::string& address, Microseconds now) {
  count(users_, user, now);
  count(addresses_, address, now);
}

void LoginLimits::was_right(const std::string& user, const std::string& address) {
  users_.erase(user);
  const auto found = addresses_.find(address);
  if (found != addresses_.end() && --found->second.count == 0) {
    addresses_.erase(found);
  }
}

}  // namespace fat
