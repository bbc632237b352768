// The keys of [logbook].
#pragma once

#include "fat/plan/station_file.hpp"
#include "plan/section_report.hpp"

namespace fat {

void read_logbook_url(const IniKey& key, StationFile& file, SectionReport& report);
void read_logbook_name(const IniKey& key, StationFile& file, SectionReport& report);
void read_logbook_user(const IniKey& key, StationFile& file, SectionReport& report);
void read_logbook_password_file(const IniKey& key, StationFile& file, SectionReport& report);
void read_logbook_password_environment(const IniKey& key, StationFile& file, SectionReport& report);
void read_logbook_attribute(const IniKey& key, StationFile& file, SectionReport& report);
void read_logbook_level(const IniKey& key, StationFile& file, SectionReport& report);

/// What can be said only when the whole section has been read.
void check_logbook(const IniSection& section, SectionReport& report);

}  // namespace fat
