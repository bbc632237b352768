// Values of [service NAME] -> the newest service of the station, or what is wrong with them; names
// of services that a schedule needs.
#pragma once

#include <string>
#include <vector>

#include "fat/plan/station_file.hpp"
#include "plan/problem_list.hpp"
#include "plan/section_report.hpp"

namespace fat {

void read_service_command(const IniKey& key, StationFile& file, SectionReport& report);
void read_service_group(const IniKey& key, StationFile& file, SectionReport& report);
void read_service_order(const IniKey& key, StationFile& file, SectionReport& report);
void read_service_autostart(const IniKey& key, StationFile& file, SectionReport& report);
void read_service_directory(const IniKey& key, StationFile& file, SectionReport& report);
void read_service_environment(const IniKey& key, StationFile& file, SectionReport& report);
void read_service_line(const IniKey& key, StationFile& file, SectionReport& report);
void read_service_port(const IniKey& key, StationFile& file, SectionReport& report);
/// started_after, started_within, restart_delay, steady_after, stop_within.
void read_service_span(const IniKey& key, StationFile& file, SectionReport& report);
void read_service_restart(const IniKey& key, StationFile& file, SectionReport& report);
/// restarts, keep_logs.
void read_service_count(const IniKey& key, StationFile& file, SectionReport& report);

/// When the whole section is known: what contradicts itself, what is not there.
void check_service(const IniSection& section, const Station& station, SectionReport& report);

/// Each of `patterns` ("daq:*", "camera", "all") must mean a service of the station.
void check_needed_services(const std::vector<std::string>& patterns,
                           const SourceLine& where,
                           const Station& station,
                           ProblemList& problems);

}  // namespace fat
