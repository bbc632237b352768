// The machines of a station (module power, chillers) and what was read, as time passes -> their
// states, what is to be said, and whether a setting may be made. Pure.
#pragma once

#include <string>
#include <vector>

#include "fat/engine/chiller_machine.hpp"
#include "fat/engine/power_machine.hpp"
#include "fat/model/machine_state.hpp"

namespace fat {

/// Something that has changed.
struct MachineNews {
  std::string text;
  bool grave = false;  ///< people are called
};

/// Whose table a setting must pass. No machine: nobody's, or its direction is never refused.
struct MachineGuard {
  std::vector<std::string> machines;
  std::vector<std::string> channels;  ///< that tell about them: to be read anew before
};

class MachineBoard {
 public:
  MachineBoard(const std::vector<PowerEntry>& powers, std::vector<ChillerEntry> chillers);

  /// To be called on a timer, whether anything was read or not. An error, an alarm, and what is
  /// unknown for 10 s are grave, and so is their end.
  std::vector<MachineNews> look(const ReadingOf& reading_of, const Instant& now);

  /// As of the last look.
  MachinesState state(const Instant& now) const;

  /// Whatever is read: a setpoint of the high voltage may always turn out to be a higher one.
  MachineGuard guard_of(const ActuatorSetting& setting) const;

  /// Why the setting must not be made, by what is read now: state, reason, what to do first. ""
  /// when it may.
  std::string objection(const ActuatorSetting& setting, const ReadingOf& reading_of) const;

  /// For what brings the bench into safety and is not refused: a setting that takes a low voltage
  /// away waits for so long at most until the high one is down; zero when it need not.
  Microseconds wait_for_high(const ActuatorSetting& setting, const ReadingOf& reading_of) const;

 private:
  struct Seen {
    MachineState state;
    bool told_unknown = false;
    bool grave = false;  ///< its state is one that people were called for
  };

  static void take(Seen& seen,
                   std::string state,
                   std::string why,
                   const Instant& now,
                   std::vector<MachineNews>& news);
  void look_at_groups(std::vector<MachineNews>& news);

  std::vector<PowerMachine> powers_;
  std::vector<ChillerEntry> chillers_;
  std::vector<Seen> seen_;  ///< powers, then chillers
  std::vector<GroupState> groups_;
};

/// The states without memory: as one round of readings shows them.
MachinesState machines_as_read(const std::vector<PowerEntry>& powers,
                               const std::vector<ChillerEntry>& chillers,
                               const ReadingOf& reading_of,
                               const Instant& now);

}  // namespace fat
