// An open descriptor (socket, terminal) -> bytes sent and received within a time.
#pragma once

#include <string_view>

#include "devices/exchange.hpp"
#include "fat/model/instant.hpp"
#include "fat/ports/link_wait.hpp"

namespace fat {

/// "Connection refused" for ECONNREFUSED.
std::string error_text(int code);

Exchange link_failure(DeviceFault fault, std::string why);

/// True when `events` of poll (or an error, which the next call names) came in time.
bool wait_for(int descriptor, short events, Microseconds timeout);

/// The descriptor must be non-blocking.
Exchange send_bytes(int descriptor, std::string_view bytes, Microseconds timeout);

/// What is there, at most 4 KiB, after at least one byte came; waited for as `wait` does, or on the
/// machine.
Exchange receive_bytes(int descriptor, Microseconds timeout, LinkWait* wait = nullptr);

}  // namespace fat
