#include "fat/model/interlock_state.hpp"

#include <algorithm>
#include <type_traits>

#include <fmt/format.h>

#include "fat/model/plain_text.hpp"
#include "model/stored_instant.hpp"
#include "model/words.hpp"

namespace fat {

template <>
inline constexpr auto kParseWord<InterlockPhase> = &parse_interlock_phase;
template <>
inline constexpr auto kParseWord<InterlockAction> = &parse_interlock_action;

void describe(auto& fields, std::type_identity<InterlockOverride>) {
  fields("who", &InterlockOverride::who, Keep::Always);
  fields("reason", &InterlockOverride::reason, Keep::Always);
  fields("since", &InterlockOverride::since, Keep::Always);
  fields("length_us", &InterlockOverride::length, Keep::Always);
}

void describe(auto& fields, std::type_identity<InterlockMemory>) {
  fields("phase", &InterlockMemory::phase, Keep::Always);
  fields("tripped_at", &InterlockMemory::tripped_at);
  fields("why", &InterlockMemory::why);
  fields("trips", &InterlockMemory::trips, Keep::Always);
  fields("acted", &InterlockMemory::acted);
  fields("escalation", &InterlockMemory::escalation);
  fields("escalated", &InterlockMemory::escalated);
  fields("override", &InterlockMemory::overriding);
}

void describe(auto& fields, std::type_identity<InterlockState>) {
  fields("name", &InterlockState::name, Keep::Always);
  fields("action", &InterlockState::action, Keep::Always);
  fields("objection", &InterlockState::objection);
  fields("memory", &InterlockState::memory, Keep::Always);
}

void describe(auto& fields, std::type_identity<StationState>) {
  fields("at", &StationState::at, Keep::Always);
  fields("pid", &StationState::pid, Keep::Always);
  fields("interlocks", &StationState::interlocks, Keep::Always);
}

namespace {

constexpr JsonLimits kStateLimits{.max_bytes = 4U << 20U, .max_depth = 8};
constexpr std::size_t kLongestShownWhy = 400;

std::string phase_in_words(const InterlockMemory& memory) {
  switch (memory.phase) {
    case InterlockPhase::Clear:
      return "clear";
    case InterlockPhase::Tripped:
      return "TRIPPED: " + plain_text(memory.why, kLongestShownWhy);
    case InterlockPhase::Latched:
      return "LATCHED: " + plain_text(memory.why, kLongestShownWhy);
  }
  return {};
}

}  // namespace

std::string_view to_string(InterlockPhase phase) {
  switch (phase) {
    case InterlockPhase::Clear:
      return "clear";
    case InterlockPhase::Tripped:
      return "tripped";
    case InterlockPhase::Latched:
      return "latched";
  }
  return kNoSuchWord;
}

std::optional<InterlockPhase> parse_interlock_phase(std::string_view text) {
  return parse_word(text, InterlockPhase::Latched);
}

std::string to_json_text(const StationState& state) {
  return dump_text(encode_fields(state));
}

std::optional<StationState> station_state_from_json_text(std::string_view text) {
  return decode_stored<StationState>(text, kStateLimits);
}

std::string in_words(const InterlockState& interlock, const Instant& now) {
  const auto& memory = interlock.memory;
  auto text = fmt::format(
      "{:<20} {:<12} {}", interlock.name, to_string(interlock.action), phase_in_words(memory));
  if (memory.phase == InterlockPhase::Clear && !interlock.objection.empty()) {
    text += "; " + plain_text(interlock.objection, kLongestShownWhy);
  }
  const auto left = override_left(memory, now);
  if (memory.overriding && left > Microseconds{0}) {
    text += fmt::format("; OVERRIDDEN by {} for another {}: {}",
                        memory.overriding->who,
                        to_text(left),
                        plain_text(memory.overriding->reason, kLongestShownWhy));
  }
  return text;
}

Microseconds override_left(const InterlockMemory& memory, const Instant& now) {
  if (!memory.overriding) {
    return Microseconds{0};
  }
  return std::max(Microseconds{0},
                  memory.overriding->length - elapsed(memory.overriding->since, now));
}

}  // namespace fat
