// This process's environment -> what the lab's processes may know of it, without secrets. No other
// place of this layer hands `environ` on.
#pragma once

#include <string>
#include <vector>

#include "fat/devices/module_command.hpp"
#include "fat/model/station.hpp"

namespace fat {

/// Every place of station.ini where a secret stands.
std::vector<SecretPlace> secret_places(const Station& station);

/// "NAME=value" for what the lab has written (steps, probe and identify commands, imports): all of
/// ours but variables that hold a secret.
std::vector<std::string> child_environment(const Station& station);

/// Where the module commands of the station run.
CommandPlace command_place(const Station& station);

/// Takes the secrets out of this process's own environment: of one that delivers no messages. Call
/// it while there is one thread.
void forget_secrets(const Station& station);

}  // namespace fat
