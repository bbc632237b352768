// The keys of [modules] in station.ini -> where the modules are and how they are asked.
#pragma once

#include "fat/plan/station_file.hpp"
#include "plan/section_report.hpp"

namespace fat {

// Readers of one key each, for the table of keys.
void read_module_addresses(const IniKey& key, StationFile& file, SectionReport& report);
void read_module_list_path(const IniKey& key, StationFile& file, SectionReport& report);
void read_module_database(const IniKey& key, StationFile& file, SectionReport& report);
void read_identify_command(const IniKey& key, StationFile& file, SectionReport& report);
void read_probe_command(const IniKey& key, StationFile& file, SectionReport& report);
void read_module_timeout(const IniKey& key, StationFile& file, SectionReport& report);
void read_fpga_version(const IniKey& key, StationFile& file, SectionReport& report);

}  // namespace fat
