// station.ini -> what the bench is made of, and the steps that leave it harmless.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "fat/model/device_info.hpp"
#include "fat/model/plan.hpp"
#include "fat/model/problem.hpp"
#include "fat/model/station.hpp"
#include "fat/plan/ini_file.hpp"

namespace fat {

/// Steps in the order in which a list names them. Their sections stand in `StationFile::steps`.
struct StepNames {
  std::vector<std::string> names;
  int line = 0;
};

/// What station.ini says. Usable even when there are errors: what could not be read has its
/// default.
struct StationFile {
  Station station;
  StepNames safe_state, on_resume;
  std::vector<Argument> settings;  ///< "[section] key" and value of every key it has, as written
  IniFile steps;  ///< the sections those lists name, checked by `load_plan`; without problems
  std::vector<Problem> problems;
};

/// Reads FOLDER/station.ini by the table of keys this version knows (DESIGN 5). Without the file
/// everything has its default. Never touches a backup target: a dead mount would hold it up.
/// `kinds`: what [device ...] may be; without any, every device is of an unknown kind.
StationFile load_station_file(const std::filesystem::path& folder, const DeviceCatalog& kinds = {});

/// The same from a file of any name; its folder is the station's.
StationFile read_station_file(const std::filesystem::path& file, const DeviceCatalog& kinds);

/// The same from text; `folder` must be absolute.
StationFile parse_station_file(std::string_view text,
                               const std::string& shown_name,
                               const std::filesystem::path& folder,
                               const DeviceCatalog& kinds = {});

}  // namespace fat
