// The states of a bench's machines (module power, chillers) -> text for other processes, and lines.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "fat/model/instant.hpp"

namespace fat {

/// One [module_power ...] or [chiller ...] as it is now, from what was read.
struct MachineState {
  std::string name;
  std::string kind;   ///< "module_power", "chiller"
  std::string group;  ///< empty: none
  std::string state;  ///< "HV_ON", "ALARM", ...: the words of its table
  std::string why;    ///< of UNKNOWN, ERROR, ALARM, in words
  Instant since;      ///< it is in that state, as far as this process has seen

  bool operator==(const MachineState&) const = default;
};

/// What the modules of one group have in common: the worst of them, or a mix.
struct GroupState {
  std::string name, state;

  bool operator==(const GroupState&) const = default;
};

struct MachinesState {
  Instant at;
  std::vector<MachineState> machines;  ///< in the order of station.ini, module power first
  std::vector<GroupState> groups;

  bool operator==(const MachinesState&) const = default;
};

std::string to_json_text(const MachinesState& state);
/// nullopt when the text is not one, or longer than any could be.
std::optional<MachinesState> machines_state_from_json_text(std::string_view text);

/// nullptr: there is none of that name.
const MachineState* find_machine(const MachinesState& state, std::string_view name);

/// "m1           HV_ON    (stave)", one line for each machine and group, with why.
std::string in_words(const MachinesState& state);

}  // namespace fat
