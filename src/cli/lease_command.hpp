// `fatmaster lease`: who holds which instrument; take, renew, free, take over, run.
#pragma once

#include "cli/command.hpp"

namespace fat {

Command lease_command();

}  // namespace fat
