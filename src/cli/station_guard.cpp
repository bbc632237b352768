#include "cli/station_guard.hpp"

#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "cli/service_guard.hpp"
#include "fat/store/station_lock.hpp"

namespace fat {

namespace {

/// Written five times a second: then nobody evaluates the interlocks any more.
constexpr Microseconds kHeartbeatLost = std::chrono::seconds{5};

constexpr const char* kNobodyWatches =
    "nobody watches the interlocks of station.ini: `fatmaster station` does not run, or hangs";

}  // namespace

std::optional<StationState> living_station_state(const BenchFiles& files, const Instant& now) {
  const auto owner = who_holds(files.readings.parent_path(), files.lock);
  if (!owner || owner->ends) {
    return std::nullopt;  // what it left behind is of the past, however young
  }
  auto state = newest_station_state(files.state);
  const bool lives = state && state->at.boot_id == now.boot_id && state->at.boot <= now.boot &&
                     now.boot - state->at.boot < kHeartbeatLost;
  return lives ? std::move(state) : std::nullopt;
}

BenchWord StationGuard::ask(const Instant& now) {
  auto word = station_.interlocks.empty() ? BenchWord{} : ask_interlocks(now);
  if (!needs_.empty()) {
    const auto down =
        service_objection(needs_, living_services_state(station_, files_, virtual_bench_, now));
    word.objection += (word.objection.empty() || down.empty() ? "" : "; ") + down;
  }
  return word;
}

BenchWord StationGuard::ask_interlocks(const Instant& now) const {
  const auto owner = who_holds(files_.readings.parent_path(), files_.lock);
  const bool is_of_another_run = owner && owner->run != 0 && owner->run != run_;
  const auto state = living_station_state(files_, now);
  if (!state || is_of_another_run) {
    return {.objection = kNobodyWatches, .overrides = {}};
  }
  BenchWord word;
  std::vector<std::string> objections;
  for (const auto& entry : station_.interlocks) {
    const auto found = std::ranges::find(state->interlocks, entry.name, &InterlockState::name);
    if (found == state->interlocks.end()) {
      objections.push_back(fmt::format(
          "interlock {} is not watched: `fatmaster station` was started before it was declared",
          entry.name));
      continue;
    }
    if (!found->objection.empty()) {
      objections.push_back(found->objection);
    }
    const auto& overriding = found->memory.overriding;
    if (overriding && override_left(found->memory, now) > Microseconds{0}) {
      word.overrides.push_back(
          fmt::format("interlock {} by {}: {}", entry.name, overriding->who, overriding->reason));
    }
  }
  word.objection = fmt::format("{}", fmt::join(objections, "; "));
  return word;
}

std::string interlock_lines(const Station& station,
                            const BenchFiles& files,
                            const Instant& now,
                            bool all) {
  if (station.interlocks.empty()) {
    return {};
  }
  const auto living = living_station_state(files, now);
  const auto state = living ? living : read_interlock_memory(files.state).state;
  std::string lines = living ? "" : fmt::format("interlocks: {}\n", kNobodyWatches);
  for (const auto& entry : station.interlocks) {
    InterlockState shown{.name = entry.name, .action = entry.action, .objection = {}, .memory = {}};
    if (state) {
      const auto found = std::ranges::find(state->interlocks, entry.name, &InterlockState::name);
      shown = found == state->interlocks.end() ? shown : *found;
    }
    const bool noteworthy = shown.memory.phase != InterlockPhase::Clear ||
                            !shown.objection.empty() ||
                            override_left(shown.memory, now) > Microseconds{0};
    if (all || noteworthy) {
      lines += fmt::format("interlock {}\n", in_words(shown, now));
    }
  }
  return lines;
}

}  // namespace fat
