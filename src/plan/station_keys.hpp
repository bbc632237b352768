// The keys of station.ini as one table: which section has which key, and how it is read.
#pragma once

#include <string_view>
#include <vector>

#include "fat/plan/station_file.hpp"
#include "plan/section_report.hpp"

namespace fat {

/// Reads one key into the station.
using StationKeyReader = void (*)(const IniKey&, StationFile&, SectionReport&);

/// A row of the table. Each part of the project adds its rows (DESIGN 5).
struct StationKey {
  std::string_view section;  ///< "backup " stands for every [backup NAME]
  std::string_view key;      ///< "attribute." stands for every key that begins so
  StationKeyReader read;
  bool required = false;
};

/// Empty when this version knows no such section.
std::vector<StationKey> station_keys_of(std::string_view section);

/// "station", "paths", "backup NAME", ...
std::vector<std::string> station_sections();

}  // namespace fat
