// Values of [interlock NAME] -> the newest interlock of the station, or what is wrong with them.
#pragma once

#include "fat/plan/station_file.hpp"
#include "plan/section_report.hpp"

namespace fat {

void read_interlock_channels(const IniKey& key, StationFile& file, SectionReport& report);
void read_interlock_vote(const IniKey& key, StationFile& file, SectionReport& report);
void read_interlock_action(const IniKey& key, StationFile& file, SectionReport& report);
void read_interlock_latching(const IniKey& key, StationFile& file, SectionReport& report);
void read_interlock_settle(const IniKey& key, StationFile& file, SectionReport& report);
void read_interlock_invalid_after(const IniKey& key, StationFile& file, SectionReport& report);
void read_interlock_confirm_within(const IniKey& key, StationFile& file, SectionReport& report);
void read_interlock_attempts(const IniKey& key, StationFile& file, SectionReport& report);
void read_interlock_suspension(const IniKey& key, StationFile& file, SectionReport& report);
/// `trip`, `reset` and `set` carry units of channels: `check_interlock` reads them.
void read_interlock_later(const IniKey& key, StationFile& file, SectionReport& report);

/// When all channels are known: those it names are there, levels and settings fit them.
void check_interlock(const IniSection& section, Station& station, SectionReport& report);

}  // namespace fat
