// What became of the services of a station -> text that outlives a process, and lines for people.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "fat/model/instant.hpp"

namespace fat {

/// As supervisord names them. Exited: it ended and is not to be started again. Fatal: it failed too
/// often in a row. Unknown: something of it cannot be ended, or looked at.
enum class ServicePhase { Stopped, Starting, Running, Backoff, Stopping, Exited, Fatal, Unknown };

/// "STOPPED", "STARTING", ...
std::string_view to_string(ServicePhase phase);
std::optional<ServicePhase> parse_service_phase(std::string_view text);

/// A process of it may live.
bool is_alive(ServicePhase phase);

/// What has to survive any end of the process: written down before it is acted on.
struct ServiceMemory {
  std::optional<bool> said;  ///< a person's word that it is to run, or not; else station.ini's
  std::string who;           ///< that person
  ServicePhase phase = ServicePhase::Stopped;
  Instant since;                 ///< it entered that phase
  std::uint64_t number = 0;      ///< of its newest start; 0: none yet
  std::string token;             ///< of its newest start
  Instant started;               ///< the newest start
  std::optional<Instant> begun;  ///< its first start since it was told to; until it has stopped
  bool again = false;            ///< a person wants it ended and started again
  bool gave_up = false;          ///< it is being ended, as it did not count as started
  int failures = 0;              ///< in a row
  std::int64_t restarted = 0;    ///< how often it was started again by itself
  std::string why;               ///< how it ended last; empty: as it should, or not at all

  bool operator==(const ServiceMemory&) const = default;
};

/// One service as the process that supervises it tells others.
struct ServiceState {
  std::string name, group;
  bool wanted = false;
  int pid = 0;  ///< of its command; 0: none
  ServiceMemory memory;

  bool operator==(const ServiceState&) const = default;
};

/// All of them in the order in which they are started.
struct ServicesState {
  Instant at;
  int pid = 0;  ///< of the supervising process
  std::vector<ServiceState> services;

  bool operator==(const ServicesState&) const = default;
};

std::string shown_name(const ServiceState& service);

std::string to_json_text(const ServicesState& state);
/// nullopt when the text is not one, or longer than any could be.
std::optional<ServicesState> services_state_from_json_text(std::string_view text);

/// "daq:camera                       RUNNING   pid 123, uptime 1 day, 2:03:04", one line for each,
/// as supervisorctl prints them.
std::string services_in_words(const std::vector<ServiceState>& services, const Instant& now);

/// "1 day, 2:03:04".
std::string uptime_text(Microseconds uptime);

}  // namespace fat
