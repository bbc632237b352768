// One [interlock NAME] of station.ini: over which channels it watches, and what it does.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "fat/model/instant.hpp"

namespace fat {

/// How many of its channels must be tripped.
enum class InterlockVote { Any, All, TwoOfThree };

/// "any", "all", "2 of 3".
std::string_view to_string(InterlockVote vote);
std::optional<InterlockVote> parse_interlock_vote(std::string_view text);

enum class InterlockAction { Warn, SuspendRun, AbortStep, Set, SafeState };

/// "warn", "suspend run", "abort step", "set", "safe state".
std::string_view to_string(InterlockAction action);
std::optional<InterlockAction> parse_interlock_action(std::string_view text);

/// At which a channel trips; it is good again only past `reset`.
struct InterlockLevel {
  bool above = true;  ///< false: it trips below
  double trip = 0, reset = 0;
};

/// What a channel is set to: heater_1 to 0 is "off".
struct ActuatorSetting {
  std::string channel;
  double value = 0;
};

struct InterlockEntry {
  std::string name;
  std::vector<std::string> channels;
  InterlockVote vote = InterlockVote::Any;
  std::optional<InterlockLevel> level;  ///< without: only silence and invalid readings trip it
  Microseconds settle{0};               ///< so long beyond the level before it trips
  Microseconds invalid_after = std::chrono::seconds{10};  ///< so long without a valid reading
  bool latching = true;  ///< stays tripped until a person resets it
  InterlockAction action = InterlockAction::Warn;
  std::vector<ActuatorSetting> settings;                    ///< of Set; each is read back
  Microseconds confirm_within = std::chrono::seconds{5};    ///< then a setting is repeated
  int attempts = 3;                                         ///< then the safe state is ordered
  Microseconds maximum_suspension = std::chrono::hours{1};  ///< of a run; then the safe state
};

}  // namespace fat
