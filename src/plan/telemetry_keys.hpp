// Values of [telemetry NAME] -> the newest publisher of the station, or what is wrong with them.
#pragma once

#include "fat/plan/station_file.hpp"
#include "plan/section_report.hpp"

namespace fat {

void read_telemetry_kind(const IniKey& key, StationFile& file, SectionReport& report);
void read_telemetry_server(const IniKey& key, StationFile& file, SectionReport& report);
/// Whether channels are set over it, too.
void read_telemetry_commands(const IniKey& key, StationFile& file, SectionReport& report);
void read_telemetry_reply_topic(const IniKey& key, StationFile& file, SectionReport& report);
/// `topic`, `database`, `user`, `organization`, `bucket`, `site`.
void read_telemetry_word(const IniKey& key, StationFile& file, SectionReport& report);
void read_telemetry_password_file(const IniKey& key, StationFile& file, SectionReport& report);
void read_telemetry_token_file(const IniKey& key, StationFile& file, SectionReport& report);
void read_telemetry_every(const IniKey& key, StationFile& file, SectionReport& report);

/// What can be said of a section only when it has been read.
void check_telemetry(const IniSection& section, Station& station, SectionReport& report);

}  // namespace fat
