// What a service tells the systemd that watches it.
#pragma once

#include <string_view>

namespace fat {

/// "READY=1", "WATCHDOG=1", "STOPPING=1": to the socket that NOTIFY_SOCKET names. Without one, or
/// when nobody listens there, nothing happens. Never waits.
void tell_service_manager(std::string_view state);

}  // namespace fat
