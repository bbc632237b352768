// This process's environment -> what programs of the system may know of it.
#pragma once

#include <string>
#include <vector>

namespace fat {

/// "NAME=value", all of it.
std::vector<std::string> own_environment();

/// For programs of the system (git, ssh, rsync, systemctl, python3 --version) and our own: where
/// things are, who we are, which language; nothing else, so no secret.
std::vector<std::string> plain_environment();

}  // namespace fat
