// Values of [backup NAME] -> the newest backup target of the station, or what is wrong with them.
#pragma once

#include "fat/plan/station_file.hpp"
#include "plan/section_report.hpp"

namespace fat {

/// A folder (relative ones follow the station folder), or "ssh user@host:/folder".
void read_backup_target(const IniKey& key, StationFile& file, SectionReport& report);
/// "100", "last 20", "daily 30", "last 20, daily 30"; 0 keeps all.
void read_backup_keep(const IniKey& key, StationFile& file, SectionReport& report);
void read_backup_timeout(const IniKey& key, StationFile& file, SectionReport& report);

}  // namespace fat
