// A station -> the systemd user unit that takes its campaign up after a reboot.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "fat/engine/run_state.hpp"
#include "fat/ports/journal.hpp"

namespace fat {

/// "fatmaster-lab-station\x201.service" for /lab/station 1: as systemd-escape --path does.
std::string unit_name(const std::filesystem::path& station);

struct ServiceUnit {
  std::filesystem::path program;  ///< fatmaster
  std::filesystem::path station;  ///< folder, absolute
  std::string name;               ///< of the station, for people
};

/// "fatmaster-lab-station\x201-station.service": of the process that reads the bench.
std::string bench_unit_name(const std::filesystem::path& station);

/// Content of the unit for `fatmaster station`: always alive, and watched. Throws as unit_text().
std::string bench_unit_text(const ServiceUnit& unit);

/// Content of the unit. Throws std::invalid_argument when a path holds a line end.
std::string unit_text(const ServiceUnit& unit);

/// Whether the service takes the run up, and why or why not.
struct TakeUp {
  bool resume = false;
  std::string why;
};

/// An unfinished run is taken up; so is one that was stopped because the machine went down. What a
/// person ended stays ended.
TakeUp decide_take_up(const RunState& state, const std::vector<StoredEvent>& events);

}  // namespace fat
