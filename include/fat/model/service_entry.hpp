// One [service NAME] of station.ini: which process is kept alive, and how.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "fat/model/instant.hpp"

namespace fat {

/// Whether a service that has ended by itself is started again.
enum class ServiceRestart { Never, OnFailure, Always };

/// "never", "on-failure", "always".
std::string_view to_string(ServiceRestart policy);
std::optional<ServiceRestart> parse_service_restart(std::string_view text);

struct ServiceEntry {
  std::string name;
  std::string group;                 ///< empty: it stands alone
  std::vector<std::string> command;  ///< words, program first; stays in the foreground
  std::filesystem::path directory;   ///< in which it runs; absolute
  /// Set on top of what every child of ours gets. Without a value: our own variable of that name is
  /// passed on, even a secret.
  std::vector<std::pair<std::string, std::optional<std::string>>> environment;
  int order = 999;        ///< lower ones are started first and stopped last
  bool autostart = true;  ///< as long as no person has said otherwise

  // It counts as started when its output holds the line, when the port answers, or else when it has
  // stayed up for `started_after`.
  std::string started_line;  ///< a part of a line; empty: not asked for
  int started_port = 0;      ///< of this machine; 0: not asked for
  Microseconds started_after = std::chrono::seconds{1};
  Microseconds started_within = std::chrono::seconds{30};  ///< else it is ended: a failed start

  ServiceRestart restart = ServiceRestart::OnFailure;
  int restarts = 3;  ///< so often in a row it is started again; then it is FATAL
  Microseconds restart_delay =
      std::chrono::seconds{1};  ///< doubled each time, up to kLongestBackoff
  Microseconds steady_after = std::chrono::minutes{1};  ///< having run that long, it counts anew
  Microseconds stop_within = std::chrono::seconds{10};  ///< from TERM to KILL
  int keep_logs = 30;                                   ///< days
};

constexpr Microseconds kLongestBackoff = std::chrono::minutes{5};

/// "daq:camera", or "camera" of one without a group.
std::string shown_name(const ServiceEntry& service);

/// "daq:camera", "camera", "daq:*" and "all" may mean it.
bool is_meant(const ServiceEntry& service, std::string_view pattern);

/// What could have been meant, for "did you mean": the shown names, then "GROUP:*".
std::vector<std::string> service_patterns(const std::vector<ServiceEntry>& services);

}  // namespace fat
