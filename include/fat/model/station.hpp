// What station.ini says about the bench, as far as the run itself needs it.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "fat/model/channel_entry.hpp"
#include "fat/model/device_info.hpp"
#include "fat/model/instant.hpp"
#include "fat/model/interlock_entry.hpp"
#include "fat/model/listen_entry.hpp"
#include "fat/model/logbook_entry.hpp"
#include "fat/model/machine_entry.hpp"
#include "fat/model/module_address.hpp"
#include "fat/model/mqtt_topic_entry.hpp"
#include "fat/model/people_entry.hpp"
#include "fat/model/service_entry.hpp"
#include "fat/model/telemetry_entry.hpp"

namespace fat {

/// Which snapshots of a run are kept: the newest ones, and of each of the newest days (UTC) that
/// have any its newest. Both 0: all.
struct Retention {
  int last = 100;
  int daily = 0;

  bool operator==(const Retention&) const = default;
};

struct BackupTarget {
  std::string name;
  std::string host;              ///< "user@host", as ssh takes it; empty: this machine
  std::filesystem::path target;  ///< absolute folder there, may be a mount
  Retention keep;
  Microseconds timeout = std::chrono::minutes{10};
};

/// "/mnt/nas" or "anna@nas:/backup".
inline std::string shown_place(const BackupTarget& target) {
  return target.host.empty() ? target.target.string() : target.host + ":" + target.target.string();
}

/// [modules]: where they are and how to ask those that do not speak iceboot. The commands are
/// words, program first; "{serial}", "{host}", "{port}" and "{address}" in them stand for the
/// module's.
struct StationModules {
  std::vector<ModuleAddress> addresses;
  std::filesystem::path list;         ///< CSV with an Address for each module; empty: none
  std::filesystem::path database;     ///< CSV that knows who is who; empty: the list does
  std::vector<std::string> identify;  ///< prints who answers there; empty: iceboot is asked
  std::vector<std::string> probe;     ///< exit status 0: it answers; empty: iceboot is asked
  Microseconds timeout = std::chrono::seconds{30};  ///< of one such command
  std::optional<int> fpga_version;                  ///< that the modules should have
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
  std::vector<ChannelEntry> channels;
  std::vector<InterlockEntry> interlocks;
  std::vector<PowerEntry> module_powers;  ///< in the order of the file
  std::vector<ChillerEntry> chillers;     ///< in the order of the file
  std::vector<ServiceEntry> services;     ///< in the order of the file
  StationModules modules;
  std::vector<Person> people;
  Shift shift;
  std::vector<SinkEntry> sinks;
  std::optional<RemoteLogbook> logbook;
  std::vector<TelemetryEntry> telemetry;
  std::vector<MqttTopicEntry> mqtt_topics;
  std::vector<MqttCommandEntry> mqtt_commands;
  ListenEntry listen;
  UsersEntry users;
};

}  // namespace fat
