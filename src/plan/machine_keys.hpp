// Values of [module_power NAME] and [chiller NAME] -> the newest one of the station, or what is
// wrong with them.
#pragma once

#include "fat/plan/station_file.hpp"
#include "plan/section_report.hpp"

namespace fat {

void read_power_channel(const IniKey& key, StationFile& file, SectionReport& report);
void read_power_channels(const IniKey& key, StationFile& file, SectionReport& report);
void read_power_group(const IniKey& key, StationFile& file, SectionReport& report);
void read_power_ramp(const IniKey& key, StationFile& file, SectionReport& report);
/// `low_off` and the like carry the unit of a channel: `check_module_power` reads them.
void read_power_level(const IniKey& key, StationFile& file, SectionReport& report);
void read_chiller_channel(const IniKey& key, StationFile& file, SectionReport& report);
void read_chiller_alarms(const IniKey& key, StationFile& file, SectionReport& report);

/// When all channels and interlocks are known: those it names are there and fit, and no interlock
/// takes the low voltage away from under the high one.
void check_module_power(const IniSection& section, Station& station, SectionReport& report);
void check_chiller(const IniSection& section, Station& station, SectionReport& report);

}  // namespace fat
