// What the channels of a chiller show -> its state, and what may be commanded in it. Pure; nothing
// is derived from what was commanded.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "fat/engine/machine_table.hpp"
#include "fat/model/interlock_entry.hpp"
#include "fat/model/machine_entry.hpp"

namespace fat {

/// Alarm: it says so itself, or it controls by a sensor that shows nothing.
enum class ChillerState { Unknown, Alarm, Off, OnInternal, OnExternal };

/// "UNKNOWN", "ALARM", "OFF", "ON_INTERNAL", "ON_EXTERNAL".
std::string_view to_string(ChillerState state);

enum class ChillerCommand { Start, Stop, UseExternal, UseInternal };

std::string_view to_string(ChillerCommand command);

/// SensorShows: the sensor by which it would control has a reading.
enum class ChillerGuard { Always, Never, SensorShows };

std::string_view to_string(ChillerGuard guard);

struct ChillerTransition {
  ChillerState from;
  ChillerCommand command;
  ChillerState to;
  ChillerGuard guard = ChillerGuard::Always;
  std::string_view refusal;
};

/// One row for each state and command. This table is what is enforced.
std::span<const ChillerTransition> chiller_transitions();

/// The state and, of Unknown and Alarm, why.
struct ChillerView {
  ChillerState state = ChillerState::Unknown;
  std::string why;
};

ChillerView chiller_view(const ChillerEntry& entry, const ReadingOf& reading_of);

/// What setting that channel would mean to it; nullopt: nothing.
std::optional<ChillerCommand> chiller_command(const ChillerEntry& entry,
                                              const ActuatorSetting& setting);

/// True when no state forbids it: the direction of safety.
bool is_never_refused(ChillerCommand command);

/// Why that channel must not be set to that now; "" when it may.
std::string chiller_objection(const ChillerEntry& entry,
                              const ActuatorSetting& setting,
                              const ReadingOf& reading_of);

}  // namespace fat
