// [telemetry NAME] with `commands = yes`, and what [mqtt_topic NAME] and [mqtt_command NAME] name
// at its broker -> the threads that hear settings there and publish for others.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "cli/lease_desk.hpp"
#include "cli/setting_desk.hpp"
#include "fat/model/machine_state.hpp"
#include "fat/model/station.hpp"
#include "fat/people/mqtt_commands.hpp"
#include "fat/ports/clock.hpp"

namespace fat {

/// Whom a broker's settings go to. What is borrowed outlives the threads.
struct MqttWiring {
  const Station& station;
  SettingDesk& settings;
  const LeaseDesk& leases;
  const Clock& clock;
  std::function<Reading(const std::string& channel)> reading;  ///< called by the threads, as all
  std::function<std::string(const std::string& name)> state;   ///< of a machine, or of a group
  std::function<void(const std::string&)> say;
};

/// "HV_ON" of a machine, or of the group of that name.
std::string state_word(const MachinesState& machines, const std::string& name);

/// A setting goes the way of `fatmaster set`, under the lease whose number it shows, or whose
/// purpose its section names.
std::vector<std::unique_ptr<MqttCommands>> start_mqtt_commands(const MqttWiring& wiring);

}  // namespace fat
