// The tables of transitions of module power and chillers, as rows of words: for people, pictures
// and tests. What is enforced are the same rows.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "fat/model/reading.hpp"

namespace fat {

/// A channel's reading as it stands now, by the channel's name.
using ReadingOf = std::function<Reading(const std::string& channel)>;

/// What a person may command in a state. Where it is not permitted, `refusal` says why.
struct MachineRow {
  std::string_view from, command;
  std::string_view to;     ///< where it leads, once what was read has settled
  std::string_view guard;  ///< "always", "never", or what has to be read first
  std::string_view refusal;
  std::string_view first;  ///< the command that comes before it; empty: none would help
};

/// What readings do by themselves.
struct MachineDrift {
  std::string_view from;  ///< empty: any state
  std::string_view to, by;
};

struct MachineTable {
  std::string_view kind;  ///< "module_power", "chiller": the section of station.ini
  std::vector<std::string_view> states;
  std::vector<MachineRow> rows;  ///< one for each state and command
  std::vector<MachineDrift> drifts;
};

MachineTable power_table();
MachineTable chiller_table();

/// The number that a channel shows; nullopt when it shows none that may be believed, and then `why`
/// says so if it was empty.
std::optional<double> shown_number(const std::string& channel,
                                   const ReadingOf& reading_of,
                                   std::string& why);

}  // namespace fat
