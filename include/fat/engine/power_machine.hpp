// What the channels of a module's low and high voltage show -> its state, and what may be commanded
// in it. Pure; nothing is derived from what was commanded.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "fat/engine/machine_table.hpp"
#include "fat/model/interlock_entry.hpp"
#include "fat/model/machine_entry.hpp"

namespace fat {

/// Unknown: something that tells about it has no reading that may be believed: never taken for
/// off. Error: it has tripped, has high voltage without low, or a voltage that does not arrive.
enum class PowerState { Unknown, Error, LvOff, LvRamp, LvOn, HvRamp, HvOn };

/// "UNKNOWN", "ERROR", "LV_OFF", "LV_RAMP", "LV_ON", "HV_RAMP", "HV_ON".
std::string_view to_string(PowerState state);

/// HighRaise: a higher setpoint of the high voltage.
enum class PowerCommand { LowOn, LowOff, HighOn, HighOff, HighRaise };

std::string_view to_string(PowerCommand command);

enum class PowerGuard { Always, Never, HighIsOff };

std::string_view to_string(PowerGuard guard);

struct PowerTransition {
  PowerState from;
  PowerCommand command;
  PowerState to;
  PowerGuard guard = PowerGuard::Always;
  std::string_view refusal;
  std::optional<PowerCommand> first = std::nullopt;  ///< what to do before
};

/// One row for each state and command. This table is what is enforced.
std::span<const PowerTransition> power_transitions();

/// Between: on its way, or the switch and the voltage contradict each other.
enum class SupplyLevel { Unknown, Off, Between, On };

struct PowerFacts {
  SupplyLevel low = SupplyLevel::Unknown, high = SupplyLevel::Unknown;
  std::string trip;     ///< what says that it has tripped; empty: nothing
  std::string unknown;  ///< what has no reading; empty: nothing

  bool operator==(const PowerFacts&) const = default;
};

PowerFacts power_facts(const PowerEntry& entry, const ReadingOf& reading_of);
PowerState power_state(const PowerFacts& facts);

/// The state and, of Unknown and Error, why.
struct PowerView {
  PowerState state = PowerState::Unknown;
  std::string why;
};

/// As it stands at one moment, without memory.
PowerView power_view(const PowerEntry& entry, const ReadingOf& reading_of);

/// What setting that channel would mean to it; a crate's main switch may be both voltages'.
std::vector<PowerCommand> power_commands(const PowerEntry& entry,
                                         const ActuatorSetting& setting,
                                         const ReadingOf& reading_of);

/// True when no state forbids it: the direction of safety.
bool is_never_refused(PowerCommand command);

/// The state of a group: ERROR and UNKNOWN win; ERROR too when one has high voltage while another
/// has its low voltage off; what differs otherwise is LV_MIX or HV_MIX.
std::string_view power_group_state(std::span<const PowerState> members);

/// One module's power, as time passes.
class PowerMachine {
 public:
  explicit PowerMachine(PowerEntry entry) : entry_(std::move(entry)) {}

  const PowerEntry& entry() const { return entry_; }

  /// Takes the readings as they stand at `now`. A voltage that is on its way for longer than
  /// `ramp_within` is an Error until it has arrived or gone.
  void look(const ReadingOf& reading_of, const Instant& now);

  const PowerView& view() const { return view_; }

  /// Why that channel must not be set to that now, with what to do first; "" when it may. Levels
  /// count, not what was seen before.
  std::string objection(const ActuatorSetting& setting, const ReadingOf& reading_of) const;

 private:
  PowerEntry entry_;
  PowerView view_;
  std::optional<Instant> on_its_way_;  ///< since when a voltage is between off and on
  bool overdue_ = false;
};

}  // namespace fat
