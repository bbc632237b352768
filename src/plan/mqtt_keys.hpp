// Values of [mqtt_topic NAME] and [mqtt_command NAME] -> the newest of them, or what is wrong.
#pragma once

#include "fat/plan/station_file.hpp"
#include "plan/section_report.hpp"

namespace fat {

/// `broker`, `topic`, `bare`.
void read_mqtt_topic_word(const IniKey& key, StationFile& file, SectionReport& report);
/// `constant.KEY`, `value.KEY`, `state.KEY`.
void read_mqtt_constant(const IniKey& key, StationFile& file, SectionReport& report);
void read_mqtt_value(const IniKey& key, StationFile& file, SectionReport& report);
void read_mqtt_state(const IniKey& key, StationFile& file, SectionReport& report);
/// `every`, `everything_every`.
void read_mqtt_span(const IniKey& key, StationFile& file, SectionReport& report);
void read_mqtt_changed_only(const IniKey& key, StationFile& file, SectionReport& report);

/// `broker`, `topic`, `value`, `field`, `purpose`, `answers`.
void read_mqtt_command_word(const IniKey& key, StationFile& file, SectionReport& report);
void read_mqtt_command_set(const IniKey& key, StationFile& file, SectionReport& report);
/// `where.KEY`.
void read_mqtt_command_where(const IniKey& key, StationFile& file, SectionReport& report);
void read_mqtt_command_refresh(const IniKey& key, StationFile& file, SectionReport& report);

/// What can be said of a section only when all have been read.
void check_mqtt_topic(const IniSection& section, const Station& station, SectionReport& report);
void check_mqtt_command(const IniSection& section, const Station& station, SectionReport& report);

}  // namespace fat
