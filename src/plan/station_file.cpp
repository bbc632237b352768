// station.ini -> the station, by the table of keys; the sections its lists name are kept for the
// plan.
#include "fat/plan/station_file.hpp"

#include <algorithm>
#include <functional>
#include <system_error>

#include <fmt/format.h>

#include "plan/channel_keys.hpp"
#include "plan/device_section.hpp"
#include "plan/interlock_keys.hpp"
#include "plan/logbook_keys.hpp"
#include "plan/machine_keys.hpp"
#include "plan/mqtt_keys.hpp"
#include "plan/people_keys.hpp"
#include "plan/raw_text.hpp"
#include "plan/read_file.hpp"
#include "plan/section_report.hpp"
#include "plan/service_keys.hpp"
#include "plan/station_keys.hpp"
#include "plan/telemetry_keys.hpp"
#include "plan/web_keys.hpp"

namespace fat {

namespace {

constexpr std::string_view kBackupPrefix = "backup ";
constexpr std::string_view kDevicePrefix = "device ";
constexpr std::string_view kChannelPrefix = "channel ";
constexpr std::string_view kInterlockPrefix = "interlock ";
constexpr std::string_view kPowerPrefix = "module_power ";
constexpr std::string_view kChillerPrefix = "chiller ";
constexpr std::string_view kPersonPrefix = "person ";
constexpr std::string_view kSinkPrefix = "sink ";
constexpr std::string_view kTelemetryPrefix = "telemetry ";
constexpr std::string_view kMqttTopicPrefix = "mqtt_topic ";
constexpr std::string_view kMqttCommandPrefix = "mqtt_command ";
constexpr std::string_view kServicePrefix = "service ";
constexpr std::string_view kShiftSection = "shift";
constexpr std::string_view kLogbookSection = "logbook";
constexpr std::string_view kListenSection = "listen";

/// Who is told what.
bool is_of_people(const std::string& section) {
  return section.starts_with(kPersonPrefix) || section.starts_with(kSinkPrefix) ||
         section == kShiftSection || section == kLogbookSection;
}

/// Where the dashboard is, and for whom.
bool is_of_the_web(const std::string& section) {
  return section == kListenSection || section == "users";
}

/// Who is told what, and what is watched, may change within a run: that is no drift.
bool may_change(const std::string& section) {
  return section.starts_with(kChannelPrefix) || section.starts_with(kInterlockPrefix) ||
         section.starts_with(kPowerPrefix) || section.starts_with(kChillerPrefix) ||
         section.starts_with(kTelemetryPrefix) || section.starts_with(kServicePrefix) ||
         section.starts_with(kMqttTopicPrefix) || section.starts_with(kMqttCommandPrefix) ||
         is_of_people(section) || is_of_the_web(section);
}

Station default_station(const std::filesystem::path& folder) {
  Station station;
  auto normal = folder.lexically_normal();
  station.folder = normal.has_filename() ? normal : normal.parent_path();
  station.name = station.folder.filename().string();
  station.runs = station.folder / "runs";
  station.state = station.folder;
  station.data = station.folder / "data";
  station.locks = "/run/lock/fatmaster";
  station.users.file = station.folder / "users.json";
  return station;
}

/// Reads one parsed station.ini.
class StationReader {
 public:
  StationReader(IniFile ini, const DeviceCatalog& kinds, StationFile& result)
      : ini_(std::move(ini)), kinds_(kinds), result_(result) {}

  void read() {
    for (Problem& problem : ini_.problems) {
      problems_.add(std::move(problem));
    }
    for (const IniSection& section : ini_.sections) {
      if (const auto rows = station_keys_of(section.name); !rows.empty()) {
        read_section(section, rows);
      }
    }
    check_all();
    keep_steps();
    result_.problems = problems_.take();
  }

 private:
  void read_section(const IniSection& section, const std::vector<StationKey>& rows) {
    SectionReport report{ini_.name, section, problems_};
    if (section.name.starts_with(kBackupPrefix)) {
      open_backup(section.name.substr(kBackupPrefix.size()));
    }
    const bool device = section.name.starts_with(kDevicePrefix);
    if (device) {
      DeviceEntry entry;
      entry.name = section.name.substr(kDevicePrefix.size());
      result_.station.devices.push_back(std::move(entry));
    }
    open_entry(section);
    for (const IniKey& key : section.keys) {
      if (key.name != "steps" && !may_change(section.name)) {  // steps are compared as such
        result_.settings.push_back(
            {fmt::format("[{}] {}", section.name, key.name), key.value, key.line});
      }
      const auto row = std::ranges::find_if(rows, [&](const StationKey& known) {
        return known.key.ends_with('.') ? key.name.starts_with(known.key) : known.key == key.name;
      });
      if (row != rows.end()) {
        row->read(key, result_, report);
      } else if (!key.inherited && !device) {
        report.error(key, "unknown key" + report.suggest(key.name, names_of(rows)));
      }
    }
    report_missing(section, rows, report);
    if (section.name.starts_with(kBackupPrefix) && result_.station.backups.back().target.empty()) {
      result_.station.backups.pop_back();
    }
  }

  static void report_missing(const IniSection& section,
                             const std::vector<StationKey>& rows,
                             SectionReport& report) {
    for (const StationKey& row : rows) {
      if (row.required && find_key(section, row.key) == nullptr) {
        report.error(fmt::format("lacks '{}'", row.key));
      }
    }
  }

  void open_backup(const std::string& name) {
    BackupTarget target;
    target.name = name;
    result_.station.backups.push_back(std::move(target));
  }

  void open_entry(const IniSection& section) {
    auto& station = result_.station;
    if (section.name.starts_with(kChannelPrefix)) {
      ChannelEntry entry;
      entry.name = section.name.substr(kChannelPrefix.size());
      station.channels.push_back(std::move(entry));
    } else if (section.name.starts_with(kInterlockPrefix)) {
      InterlockEntry entry;
      entry.name = section.name.substr(kInterlockPrefix.size());
      station.interlocks.push_back(std::move(entry));
    } else if (section.name.starts_with(kPowerPrefix)) {
      PowerEntry entry;
      entry.name = section.name.substr(kPowerPrefix.size());
      station.module_powers.push_back(std::move(entry));
    } else if (section.name.starts_with(kChillerPrefix)) {
      ChillerEntry entry;
      entry.name = section.name.substr(kChillerPrefix.size());
      station.chillers.push_back(std::move(entry));
    } else if (section.name.starts_with(kPersonPrefix)) {
      station.people.push_back(
          {.name = section.name.substr(kPersonPrefix.size()), .slack = {}, .mail = {}});
    } else if (section.name.starts_with(kSinkPrefix)) {
      station.sinks.push_back({.name = section.name.substr(kSinkPrefix.size()), .url = {}});
    } else if (section.name.starts_with(kTelemetryPrefix)) {
      station.telemetry.push_back({.name = section.name.substr(kTelemetryPrefix.size())});
    } else if (section.name.starts_with(kMqttTopicPrefix)) {
      station.mqtt_topics.push_back({.name = section.name.substr(kMqttTopicPrefix.size())});
    } else if (section.name.starts_with(kMqttCommandPrefix)) {
      station.mqtt_commands.push_back({.name = section.name.substr(kMqttCommandPrefix.size())});
    } else if (section.name.starts_with(kServicePrefix)) {
      ServiceEntry entry;
      entry.name = section.name.substr(kServicePrefix.size());
      entry.directory = station.folder;
      station.services.push_back(std::move(entry));
    }
  }

  /// What can be said only when all sections have been read: one may name another, and a channel
  /// needs its device's parameters, an interlock its channels' units.
  void check_all() {
    auto& station = result_.station;
    check_sections(kDevicePrefix, [&](const IniSection& section, SectionReport& report) {
      check_device(section, kinds_, station.devices, report);
    });
    check_sections(kChannelPrefix, [&](const IniSection& section, SectionReport& report) {
      check_channel(section, kinds_, station, report);
    });
    check_sections(kInterlockPrefix, [&](const IniSection& section, SectionReport& report) {
      check_interlock(section, station, report);
    });
    check_sections(kPowerPrefix, [&](const IniSection& section, SectionReport& report) {
      check_module_power(section, station, report);
    });
    check_sections(kChillerPrefix, [&](const IniSection& section, SectionReport& report) {
      check_chiller(section, station, report);
    });
    for (const auto people : {kPersonPrefix, kSinkPrefix, kShiftSection, kLogbookSection}) {
      check_sections(people, [&](const IniSection& section, SectionReport& report) {
        check_people(section, station, report);
      });
    }
    check_sections(kLogbookSection, check_logbook);
    check_sections(kTelemetryPrefix, [&](const IniSection& section, SectionReport& report) {
      check_telemetry(section, station, report);
    });
    check_sections(kMqttTopicPrefix, [&](const IniSection& section, SectionReport& report) {
      check_mqtt_topic(section, station, report);
    });
    check_sections(kMqttCommandPrefix, [&](const IniSection& section, SectionReport& report) {
      check_mqtt_command(section, station, report);
    });
    check_sections(kServicePrefix, [&](const IniSection& section, SectionReport& report) {
      check_service(section, station, report);
    });
    check_sections(kListenSection, check_listen);
  }

  void check_sections(std::string_view which,
                      const std::function<void(const IniSection&, SectionReport&)>& check) {
    for (const IniSection& section : ini_.sections) {
      if (which.ends_with(' ') ? section.name.starts_with(which) : section.name == which) {
        SectionReport report{ini_.name, section, problems_};
        check(section, report);
      }
    }
  }

  static std::vector<std::string> names_of(const std::vector<StationKey>& rows) {
    std::vector<std::string> names;
    names.reserve(rows.size());
    for (const StationKey& row : rows) {
      names.emplace_back(row.key);
    }
    return names;
  }

  /// Every section that is not of the table must be a step that one of the lists names.
  void keep_steps() {
    result_.steps.name = ini_.name;
    std::vector<std::string> candidates = station_sections();
    for (const StepNames* list : {&result_.safe_state, &result_.on_resume}) {
      candidates.insert(candidates.end(), list->names.begin(), list->names.end());
    }
    for (IniSection& section : ini_.sections) {
      if (!station_keys_of(section.name).empty()) {
        continue;
      }
      if (is_named(section.name)) {
        result_.steps.sections.push_back(std::move(section));
      } else {
        problems_.error({ini_.name, section.line},
                        fmt::format("this version knows no section [{}] in a station file, and no "
                                    "list of steps names it{}",
                                    shortened(section.name),
                                    problems_.suggest(section.name, candidates)));
      }
    }
  }

  bool is_named(const std::string& name) const {
    const auto names = [&](const StepNames& list) {
      return std::ranges::find(list.names, name) != list.names.end();
    };
    return names(result_.safe_state) || names(result_.on_resume);
  }

  IniFile ini_;
  const DeviceCatalog& kinds_;
  StationFile& result_;
  ProblemList problems_;
};

}  // namespace

StationFile parse_station_file(std::string_view text,
                               const std::string& shown_name,
                               const std::filesystem::path& folder,
                               const DeviceCatalog& kinds) {
  StationFile result;
  result.station = default_station(folder);
  result.station.has_file = true;
  StationReader{parse_ini(text, shown_name), kinds, result}.read();
  return result;
}

StationFile load_station_file(const std::filesystem::path& folder, const DeviceCatalog& kinds) {
  return read_station_file(folder / "station.ini", kinds);
}

StationFile read_station_file(const std::filesystem::path& file, const DeviceCatalog& kinds) {
  const auto shown_name = file.lexically_normal().string();
  std::error_code ignored;
  const auto absolute = std::filesystem::absolute(file, ignored).parent_path();
  const auto [text, problem] = read_file(absolute / file.filename());
  if (problem.empty()) {
    return parse_station_file(text, shown_name, absolute, kinds);
  }
  StationFile result;
  result.station = default_station(absolute);
  result.steps.name = shown_name;
  if (problem != kNoSuchFile) {
    result.station.has_file = true;
    result.problems.push_back({Severity::Error, {shown_name, 0}, problem});
  }
  return result;
}

}  // namespace fat
