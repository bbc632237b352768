#include "cli/service_guard.hpp"

#include <algorithm>
#include <iterator>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "fat/model/plain_text.hpp"
#include "fat/store/station_lock.hpp"

namespace fat {

namespace {

/// Published once a second: then nobody supervises any more.
constexpr Microseconds kSupervisionLost = std::chrono::seconds{5};
constexpr std::size_t kLongestDownWhy = 200;

constexpr const char* kNobodySupervises =
    "nobody supervises the services of station.ini: start `fatmaster station`";

bool is_meant(const ServiceState& service, std::string_view pattern) {
  ServiceEntry entry;
  entry.name = service.name;
  entry.group = service.group;
  return fat::is_meant(entry, pattern);
}

bool is_as_wanted(const ServiceState& service) {
  return service.wanted ? service.memory.phase == ServicePhase::Running ||
                              service.memory.phase == ServicePhase::Exited
                        : service.memory.phase == ServicePhase::Stopped;
}

std::string in_words_for_a_run(const ServiceState& service) {
  const auto name = shown_name(service);
  const auto why = plain_text(service.memory.why, kLongestDownWhy);
  return fmt::format("service {} is {}{}; `fatmaster services start {}`",
                     name,
                     to_string(service.memory.phase),
                     why.empty() ? "" : " (" + why + ")",
                     name);
}

/// What does not run of what one pattern means.
std::vector<std::string> down_of(const std::string& pattern,
                                 const std::vector<ServiceState>& services) {
  std::vector<std::string> down;
  bool found = false;
  for (const auto& service : services) {
    const bool needed = is_meant(service, pattern);
    found = found || needed;
    if (needed && service.memory.phase != ServicePhase::Running) {
      down.push_back(in_words_for_a_run(service));
    }
  }
  if (!found) {
    down.push_back(fmt::format(
        "nobody supervises service {}: `fatmaster station` was started before it was declared",
        pattern));
  }
  return down;
}

}  // namespace

std::optional<ServicesState> living_services_state(const Station& station,
                                                   const BenchFiles& files,
                                                   bool virtual_bench,
                                                   const Instant& now) {
  if (!who_holds(files.readings.parent_path(), files.lock)) {
    return std::nullopt;
  }
  auto state = newest_services_state(service_files(station, virtual_bench));
  const bool lives = state && state->at.boot_id == now.boot_id && state->at.boot <= now.boot &&
                     now.boot - state->at.boot < kSupervisionLost;
  return lives ? std::move(state) : std::nullopt;
}

std::string service_objection(const std::vector<std::string>& needs,
                              const std::optional<ServicesState>& living) {
  if (needs.empty()) {
    return {};
  }
  if (!living) {
    return fmt::format(
        "the run needs services ({}), and {}", fmt::join(needs, ", "), kNobodySupervises);
  }
  std::vector<std::string> down;
  for (const auto& pattern : needs) {
    std::ranges::move(down_of(pattern, living->services), std::back_inserter(down));
  }
  return fmt::format("{}", fmt::join(down, "; "));
}

std::string service_lines(const Station& station,
                          const BenchFiles& files,
                          bool virtual_bench,
                          const Instant& now) {
  if (station.services.empty()) {
    return {};
  }
  const auto living = living_services_state(station, files, virtual_bench, now);
  if (!living) {
    return fmt::format("services: {}\n", kNobodySupervises);
  }
  std::vector<ServiceState> noteworthy;
  std::ranges::copy_if(living->services,
                       std::back_inserter(noteworthy),
                       [](const ServiceState& service) { return !is_as_wanted(service); });
  return services_in_words(noteworthy, now);
}

}  // namespace fat
