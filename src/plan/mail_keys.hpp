// The keys of a [sink NAME] of kind mail, and the address of a person.
#pragma once

#include "fat/plan/station_file.hpp"
#include "plan/section_report.hpp"

namespace fat {

void read_person_mail(const IniKey& key, StationFile& file, SectionReport& report);
void read_mail_from(const IniKey& key, StationFile& file, SectionReport& report);
void read_mail_to(const IniKey& key, StationFile& file, SectionReport& report);
void read_mail_user(const IniKey& key, StationFile& file, SectionReport& report);
void read_password_file(const IniKey& key, StationFile& file, SectionReport& report);
void read_password_environment(const IniKey& key, StationFile& file, SectionReport& report);
void read_ca_file(const IniKey& key, StationFile& file, SectionReport& report);
void read_starttls(const IniKey& key, StationFile& file, SectionReport& report);

/// What can be said of a mail sink only when all sections have been read.
void check_mail_sink(const IniSection& section, const Station& station, SectionReport& report);

/// Reports the keys of mail in a section of another kind.
void refuse_mail_keys(const IniSection& section, SectionReport& report);

}  // namespace fat
