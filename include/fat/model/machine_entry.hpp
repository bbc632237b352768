// [module_power NAME] and [chiller NAME] of station.ini: which channels tell their states, and
// which switch them.
#pragma once

#include <string>
#include <vector>

#include "fat/model/instant.hpp"

namespace fat {

/// The low or the high voltage of a module. Channels by name; empty: there is none.
struct SupplyEntry {
  std::string output;                ///< its switch: 1 is on, as it reads back
  std::vector<std::string> feeds;    ///< switches that it hangs on, such as a crate's main switch
  std::string voltage;               ///< measured; without it the switch alone tells
  std::string setpoint;              ///< of the voltage
  std::string ramping;               ///< not 0: the voltage is on its way
  std::vector<std::string> tripped;  ///< any of them not 0: it has tripped
  double off = 0;                    ///< V; up to it there is no voltage
  double on = 0;                     ///< V; from there on it has arrived
};

/// One [module_power NAME].
struct PowerEntry {
  std::string name;
  std::string group;  ///< with which it has a state in common; empty: none
  SupplyEntry low, high;
  Microseconds ramp_within = std::chrono::minutes{2};  ///< so long a voltage may be on its way
};

/// One [chiller NAME].
struct ChillerEntry {
  std::string name;
  std::string running;               ///< its switch, as it reads back
  std::string status;                ///< below 0: an alarm; empty: none
  std::vector<std::string> alarms;   ///< any of them not 0: an alarm
  std::string external_control;      ///< not 0: it controls by the external sensor; empty: never
  std::string internal_temperature;  ///< what it controls by otherwise; empty: not looked at
  std::string external_temperature;  ///< of the external sensor; empty: not looked at
};

/// Every channel that tells about it, each once.
std::vector<std::string> channels_of(const PowerEntry& power);
std::vector<std::string> channels_of(const ChillerEntry& chiller);

}  // namespace fat
