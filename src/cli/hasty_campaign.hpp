// A plan and how long its steps would take -> the schedule and station.ini of the same campaign for
// a virtual bench whose time runs fast.
#pragma once

#include <string>
#include <vector>

#include "fat/engine/rehearsal.hpp"
#include "fat/model/plan.hpp"
#include "fat/model/station.hpp"

namespace fat {

struct HastyOptions {
  double speed = 1;      ///< of the virtual bench
  bool foreign = false;  ///< Python functions and commands run too: they may reach real hardware
  std::string run_file;  ///< of the virtual modules
};

struct HastyCampaign {
  std::string schedule;               ///< a config.ini
  std::vector<std::string> foreign;   ///< titles of steps that only wait
  std::vector<std::string> windows;   ///< titles of steps without a limit on what a file says
  std::vector<std::string> channels;  ///< of steps that only wait: nobody reads this bench
};

/// Every step under its title and in its place. What waits does so `speed` times shorter than in
/// `rehearsal`, questions are answered with yes where nobody else answers, and a step that fails
/// does not stop the others. Time-outs stay: the machine is as fast as ever. Pure.
HastyCampaign hasty_campaign(const Plan& plan,
                             const Rehearsal& rehearsal,
                             const HastyOptions& options);

/// The station's devices, under their names; nothing of what it backs up to or whom it tells. A
/// freezer that a person sets becomes one that is set by its wire. Pure.
std::string hasty_station(const Station& station);

}  // namespace fat
