// What station.ini says about the bench, as far as the run itself needs it.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "fat/model/device_info.hpp"
#include "fat/model/instant.hpp"

namespace fat {

struct BackupTarget {
  std::string name;
  std::filesystem::path target;  ///< absolute folder, may be a mount
  int keep = 100;                ///< newest snapshots kept per run; 0 keeps all
  Microseconds timeout = std::chrono::minutes{10};
};

/// All paths absolute. Defaults stand where station.ini is absent or silent (DESIGN 5).
struct Station {
  std::filesystem::path folder;
  bool has_file = false;        ///< station.ini exists
  std::string name;             ///< default: the folder's name
  std::string time_zone;        ///< IANA name; empty: the machine's
  std::string group;            ///< owner group of files and socket; empty: the user alone
  std::string quiet_hours;      ///< "22:00-07:00"; empty: none
  std::filesystem::path runs;   ///< default FOLDER/runs
  std::filesystem::path state;  ///< folder of fatmaster.db and the socket; default FOLDER
  std::filesystem::path data;   ///< default FOLDER/data
  std::filesystem::path locks;  ///< of the wires, for all stations of this machine; default
                                ///< /run/lock/fatmaster
  std::vector<std::filesystem::path> python;  ///< folders of Python packages
  std::vector<BackupTarget> backups;
  std::vector<DeviceEntry> devices;  ///< in the order of the file
};

}  // namespace fat
