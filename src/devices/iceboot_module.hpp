// A link to a board with iceboot -> the board as tasks see it.
#pragma once

#include <memory>

#include "devices/session.hpp"
#include "fat/ports/bench.hpp"

namespace fat {

/// Opens the session; `boot`: as of `IcebootTimeouts`.
std::unique_ptr<DetectorModule> open_iceboot(SessionParts parts, Microseconds boot);

}  // namespace fat
