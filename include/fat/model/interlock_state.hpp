// What became of the interlocks of a station -> text that outlives a process, and back.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "fat/model/instant.hpp"
#include "fat/model/interlock_entry.hpp"

namespace fat {

/// Latched: the condition is gone, a person has to reset it. Its action is held all the same.
enum class InterlockPhase { Clear, Tripped, Latched };

/// "clear", "tripped", "latched".
std::string_view to_string(InterlockPhase phase);
std::optional<InterlockPhase> parse_interlock_phase(std::string_view text);

/// A person's decision that the interlock does nothing for a while; nothing is hidden by it.
struct InterlockOverride {
  std::string who, reason;
  Instant since;
  Microseconds length{0};

  bool operator==(const InterlockOverride&) const = default;
};

/// What has to survive any end of the process: written down before its orders are carried out.
struct InterlockMemory {
  InterlockPhase phase = InterlockPhase::Clear;
  std::optional<Instant> tripped_at;
  std::string why;         ///< it tripped
  int trips = 0;           ///< how often it has tripped
  bool acted = false;      ///< what is done once was carried out: not only ordered
  std::string escalation;  ///< why the safe state is owed; empty: it is not
  bool escalated = false;  ///< and it was carried out
  std::optional<InterlockOverride> overriding;

  bool operator==(const InterlockMemory&) const = default;
};

/// One interlock as the process that evaluates it tells others.
struct InterlockState {
  std::string name;
  InterlockAction action = InterlockAction::Warn;
  std::string objection;  ///< against the next step; empty: none
  InterlockMemory memory;

  bool operator==(const InterlockState&) const = default;
};

/// All of them, as they were evaluated at a moment.
struct StationState {
  Instant at;
  int pid = 0;
  std::vector<InterlockState> interlocks;

  bool operator==(const StationState&) const = default;
};

std::string to_json_text(const StationState& state);
/// nullopt when the text is not one, or longer than any could be.
std::optional<StationState> station_state_from_json_text(std::string_view text);

/// "heating     set         LATCHED: top_plate shows 274 K, which is not below 273 K", with what is
/// overridden by whom, why, and until when.
std::string in_words(const InterlockState& interlock, const Instant& now);

/// What is left of an override; zero when it is over, or when there is none.
Microseconds override_left(const InterlockMemory& memory, const Instant& now);

}  // namespace fat
