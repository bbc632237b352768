// Where a virtual station that runs as a process of its own is found again: address file and lock
// in the state folder.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace fat {

/// An instrument as station.ini would declare it.
struct InstrumentAddress {
  std::string name, kind, link;

  bool operator==(const InstrumentAddress&) const = default;
};

/// Content of STATE/virtual_station.json.
struct StationAddress {
  int pid = 0;
  std::string boot_id;
  std::uint64_t start_ticks =
      0;  ///< of the process, since boot: with pid and boot id it names one process for ever
  std::uint32_t seed = 1;
  double speed = 1;        ///< of the physics
  int control = 0;         ///< port on 127.0.0.1 for fault orders; 0: none
  std::vector<int> ports;  ///< by module number, on 127.0.0.1
  std::vector<InstrumentAddress> instruments;

  bool operator==(const StationAddress&) const = default;
};

std::string to_json_text(const StationAddress& address);
/// nullopt when the text is not an address file; for hostile text too.
std::optional<StationAddress> parse_station_address(std::string_view text);

/// What the address file says, whether that station lives or not; nullopt when there is none.
std::optional<StationAddress> last_virtual_station(const std::filesystem::path& state_folder);

/// The virtual station of that state folder if it lives now: its lock is held and its process is
/// the one that wrote the file.
std::optional<StationAddress> find_virtual_station(const std::filesystem::path& state_folder);

/// As find_virtual_station, but waits for it to come up, at most `patience`. To be called after
/// starting `fatmaster sim`.
std::optional<StationAddress> wait_for_virtual_station(const std::filesystem::path& state_folder,
                                                       std::chrono::milliseconds patience);

/// Ends it (SIGTERM, after `patience` SIGKILL) and waits until it is gone. True when none lives
/// afterwards.
bool end_virtual_station(const std::filesystem::path& state_folder,
                         std::chrono::milliseconds patience);

}  // namespace fat
