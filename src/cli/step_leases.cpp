#include "cli/step_leases.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "fat/engine/lease_book.hpp"
#include "fat/model/lower_case.hpp"

namespace fat {

std::vector<Problem> links_never_lent(const Plan& plan, const Station& station) {
  const LeaseBook book{station};
  std::vector<Problem> problems;
  for (const auto* list : {&plan.steps, &plan.on_resume}) {
    for (const auto& step : *list) {
      for (const auto& claim : step.needs) {
        const auto device = std::ranges::find_if(station.devices, [&](const DeviceEntry& one) {
          return wants_link(claim) && lower_case(one.name) == resource_of(claim);
        });
        const auto why =
            device == station.devices.end() ? std::string{} : book.why_never_lent(device->name);
        if (!why.empty()) {
          problems.push_back({.severity = Severity::Error,
                              .where = step.source,
                              .message = fmt::format("[{}] needs {}: {}", step.title, claim, why)});
        }
      }
    }
  }
  return problems;
}

}  // namespace fat
