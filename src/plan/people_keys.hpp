// The keys of [person NAME], [shift] and [sink NAME].
#pragma once

#include "fat/plan/station_file.hpp"
#include "plan/section_report.hpp"

namespace fat {

void read_person_slack(const IniKey& key, StationFile& file, SectionReport& report);
void read_may_answer(const IniKey& key, StationFile& file, SectionReport& report);
void read_shifter(const IniKey& key, StationFile& file, SectionReport& report);
void read_expert(const IniKey& key, StationFile& file, SectionReport& report);
void read_backup_shifter(const IniKey& key, StationFile& file, SectionReport& report);
void read_escalate(const IniKey& key, StationFile& file, SectionReport& report);
void read_escalate_after(const IniKey& key, StationFile& file, SectionReport& report);
void read_sink_kind(const IniKey& key, StationFile& file, SectionReport& report);
void read_url_file(const IniKey& key, StationFile& file, SectionReport& report);
void read_url_environment(const IniKey& key, StationFile& file, SectionReport& report);
void read_token_file(const IniKey& key, StationFile& file, SectionReport& report);
void read_token_environment(const IniKey& key, StationFile& file, SectionReport& report);
void read_slack_channel(const IniKey& key, StationFile& file, SectionReport& report);
void read_server(const IniKey& key, StationFile& file, SectionReport& report);
void read_sink_level(const IniKey& key, StationFile& file, SectionReport& report);
void read_everyone(const IniKey& key, StationFile& file, SectionReport& report);
void read_posts_per_minute(const IniKey& key, StationFile& file, SectionReport& report);
/// Where a secret stands; a file's path begins at `folder`.
void read_secret_file(const IniKey& key,
                      const std::filesystem::path& folder,
                      SecretPlace& place,
                      SectionReport& report);
void read_variable(const IniKey& key, SecretPlace& place, SectionReport& report);
/// Reports that a secret does not belong there.
void refuse_secret(const IniKey& key, StationFile& file, SectionReport& report);

/// What can be said of a [sink NAME] or [shift] only when all sections have been read.
void check_people(const IniSection& section, const Station& station, SectionReport& report);

}  // namespace fat
