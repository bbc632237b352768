// The keys of [listen] and [users].
#pragma once

#include "fat/plan/station_file.hpp"
#include "plan/section_report.hpp"

namespace fat {

void read_listen_address(const IniKey& key, StationFile& file, SectionReport& report);
void read_listen_certificate(const IniKey& key, StationFile& file, SectionReport& report);
void read_listen_key(const IniKey& key, StationFile& file, SectionReport& report);
void read_listen_names(const IniKey& key, StationFile& file, SectionReport& report);
void read_users_file(const IniKey& key, StationFile& file, SectionReport& report);
void read_session(const IniKey& key, StationFile& file, SectionReport& report);

/// What can be said only when the whole section has been read.
void check_listen(const IniSection& section, SectionReport& report);

}  // namespace fat
