// Values of [channel NAME] -> the newest channel of the station, or what is wrong with them.
#pragma once

#include "fat/plan/station_file.hpp"
#include "plan/section_report.hpp"

namespace fat {

void read_channel_instrument(const IniKey& key, StationFile& file, SectionReport& report);
void read_channel_quantity(const IniKey& key, StationFile& file, SectionReport& report);
void read_channel_unit(const IniKey& key, StationFile& file, SectionReport& report);
void read_channel_period(const IniKey& key, StationFile& file, SectionReport& report);
void read_channel_age(const IniKey& key, StationFile& file, SectionReport& report);
void read_channel_lending(const IniKey& key, StationFile& file, SectionReport& report);
void read_channel_calibration(const IniKey& key, StationFile& file, SectionReport& report);
/// `valid` and `dead_band` carry the channel's unit: `check_channel` reads them.
void read_later(const IniKey& key, StationFile& file, SectionReport& report);

/// When all devices are known: instrument, quantity and units fit, the rest has its defaults.
void check_channel(const IniSection& section,
                   const DeviceCatalog& kinds,
                   Station& station,
                   SectionReport& report);

}  // namespace fat
