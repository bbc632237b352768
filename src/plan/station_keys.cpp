// The keys of station.ini as one table.
#include "plan/station_keys.hpp"

#include <algorithm>
#include <array>
#include <system_error>

#include <fmt/format.h>
#include <grp.h>

#include "fat/model/quantity.hpp"
#include "fat/model/quiet_hours.hpp"
#include "plan/backup_keys.hpp"
#include "plan/channel_keys.hpp"
#include "plan/interlock_keys.hpp"
#include "plan/logbook_keys.hpp"
#include "plan/machine_keys.hpp"
#include "plan/mail_keys.hpp"
#include "plan/module_keys.hpp"
#include "plan/mqtt_keys.hpp"
#include "plan/people_keys.hpp"
#include "plan/raw_text.hpp"
#include "plan/service_keys.hpp"
#include "plan/step_names.hpp"
#include "plan/telemetry_keys.hpp"
#include "plan/web_keys.hpp"

namespace fat {

namespace {

void read_name(const IniKey& key, StationFile& file, SectionReport& report) {
  constexpr std::size_t longest = 100;
  if (key.value.empty() || has_control_character(key.value) || key.value.size() > longest) {
    report.wrong(key, "a name of one line");
    return;
  }
  file.station.name = key.value;
}

void read_time_zone(const IniKey& key, StationFile& file, SectionReport& report) {
  const std::filesystem::path zones{"/usr/share/zoneinfo"};
  const bool plain = !key.value.empty() && key.value.front() != '/' &&
                     key.value.find("..") == std::string::npos && !has_control_character(key.value);
  std::error_code ignored;
  const bool known = !std::filesystem::is_directory(zones, ignored) ||
                     std::filesystem::is_regular_file(zones / key.value, ignored);
  if (!plain || !known) {
    report.wrong(key, "a time zone such as 'Europe/Berlin' or 'Asia/Tokyo'");
    return;
  }
  file.station.time_zone = key.value;
}

void read_group(const IniKey& key, StationFile& file, SectionReport& report) {
  if (key.value.empty() || ::getgrnam(key.value.c_str()) == nullptr) {
    report.wrong(key, "a group of this machine");
    return;
  }
  file.station.group = key.value;
}

void read_quiet_hours(const IniKey& key, StationFile& file, SectionReport& report) {
  const auto hours = parse_quiet_hours(key.value);
  if (!hours) {
    report.wrong(key, "a span such as '22:00-07:00'");
    return;
  }
  file.station.quiet_hours = to_text(*hours);
}

/// Relative paths follow the station folder. nullopt after a report.
std::optional<std::filesystem::path> read_path(const std::string& value,
                                               const IniKey& key,
                                               const StationFile& file,
                                               SectionReport& report) {
  if (value.empty() || has_control_character(value)) {
    report.wrong(key, "a path");
    return std::nullopt;
  }
  auto path = (file.station.folder / value).lexically_normal();
  return path.has_filename() ? path : path.parent_path();
}

void read_runs(const IniKey& key, StationFile& file, SectionReport& report) {
  if (auto path = read_path(key.value, key, file, report)) {
    file.station.runs = *path;
  }
}

void read_state(const IniKey& key, StationFile& file, SectionReport& report) {
  if (auto path = read_path(key.value, key, file, report)) {
    file.station.state = *path;
  }
}

void read_data(const IniKey& key, StationFile& file, SectionReport& report) {
  if (auto path = read_path(key.value, key, file, report)) {
    file.station.data = *path;
  }
}

void read_locks(const IniKey& key, StationFile& file, SectionReport& report) {
  if (auto path = read_path(key.value, key, file, report)) {
    file.station.locks = *path;
  }
}

void read_python(const IniKey& key, StationFile& file, SectionReport& report) {
  for (const auto& item : list_items(key.value, ":,\n")) {
    const auto path = read_path(item, key, file, report);
    std::error_code ignored;
    if (path && !std::filesystem::is_directory(*path, ignored)) {
      report.error(key, fmt::format("no folder {}", in_quotes(path->string())));
    } else if (path) {
      file.station.python.push_back(*path);
    }
  }
}

void read_safe_state(const IniKey& key, StationFile& file, SectionReport& report) {
  file.safe_state = read_step_names(key, report);
}

void read_on_resume(const IniKey& key, StationFile& file, SectionReport& report) {
  file.on_resume = read_step_names(key, report);
}

void read_kind(const IniKey& key, StationFile& file, SectionReport& /*report*/) {
  file.station.devices.back().kind = key.value;
}

void read_link(const IniKey& key, StationFile& file, SectionReport& report) {
  auto [link, problem] = parse_link(key.value);
  if (!link) {
    report.error(key, problem);
  }
  file.station.devices.back().link = std::move(link);
}

// clang-format off: a table
constexpr std::array kTable{
    StationKey{"station", "name", read_name},
    StationKey{"station", "time_zone", read_time_zone},
    StationKey{"station", "group", read_group},
    StationKey{"station", "quiet_hours", read_quiet_hours},
    StationKey{"paths", "runs", read_runs},
    StationKey{"paths", "state", read_state},
    StationKey{"paths", "data", read_data},
    StationKey{"paths", "python", read_python},
    StationKey{"paths", "locks", read_locks},
    StationKey{"safe_state", "steps", read_safe_state, true},
    StationKey{"on_resume", "steps", read_on_resume, true},
    StationKey{"backup ", "target", read_backup_target, true},
    StationKey{"backup ", "keep", read_backup_keep},
    StationKey{"backup ", "timeout", read_backup_timeout},
    StationKey{"modules", "addresses", read_module_addresses},
    StationKey{"modules", "list", read_module_list_path},
    StationKey{"modules", "database", read_module_database},
    StationKey{"modules", "identify", read_identify_command},
    StationKey{"modules", "probe", read_probe_command},
    StationKey{"modules", "timeout", read_module_timeout},
    StationKey{"modules", "fpga_version", read_fpga_version},
    StationKey{"device ", "kind", read_kind, true},
    StationKey{"device ", "link", read_link},
    StationKey{"channel ", "instrument", read_channel_instrument, true},
    StationKey{"channel ", "quantity", read_channel_quantity, true},
    StationKey{"channel ", "unit", read_channel_unit},
    StationKey{"channel ", "period", read_channel_period},
    StationKey{"channel ", "maximum_age", read_channel_age},
    StationKey{"channel ", "valid", read_later},
    StationKey{"channel ", "dead_band", read_later},
    StationKey{"channel ", "calibration", read_channel_calibration},
    StationKey{"channel ", "may_be_lent", read_channel_lending},
    StationKey{"interlock ", "channels", read_interlock_channels, true},
    StationKey{"interlock ", "vote", read_interlock_vote},
    StationKey{"interlock ", "trip", read_interlock_later},
    StationKey{"interlock ", "reset", read_interlock_later},
    StationKey{"interlock ", "settle", read_interlock_settle},
    StationKey{"interlock ", "invalid_after", read_interlock_invalid_after},
    StationKey{"interlock ", "latching", read_interlock_latching},
    StationKey{"interlock ", "action", read_interlock_action, true},
    StationKey{"interlock ", "set", read_interlock_later},
    StationKey{"interlock ", "confirm_within", read_interlock_confirm_within},
    StationKey{"interlock ", "attempts", read_interlock_attempts},
    StationKey{"interlock ", "maximum_suspension", read_interlock_suspension},
    StationKey{"module_power ", "group", read_power_group},
    StationKey{"module_power ", "low_output", read_power_channel, true},
    StationKey{"module_power ", "low_feeds", read_power_channels},
    StationKey{"module_power ", "low_voltage", read_power_channel},
    StationKey{"module_power ", "low_setpoint", read_power_channel},
    StationKey{"module_power ", "low_ramping", read_power_channel},
    StationKey{"module_power ", "low_tripped", read_power_channels},
    StationKey{"module_power ", "low_off", read_power_level},
    StationKey{"module_power ", "low_on", read_power_level},
    StationKey{"module_power ", "high_output", read_power_channel, true},
    StationKey{"module_power ", "high_feeds", read_power_channels},
    StationKey{"module_power ", "high_voltage", read_power_channel},
    StationKey{"module_power ", "high_setpoint", read_power_channel},
    StationKey{"module_power ", "high_ramping", read_power_channel},
    StationKey{"module_power ", "high_tripped", read_power_channels},
    StationKey{"module_power ", "high_off", read_power_level},
    StationKey{"module_power ", "high_on", read_power_level},
    StationKey{"module_power ", "ramp_within", read_power_ramp},
    StationKey{"chiller ", "running", read_chiller_channel, true},
    StationKey{"chiller ", "status", read_chiller_channel},
    StationKey{"chiller ", "alarms", read_chiller_alarms},
    StationKey{"chiller ", "external_control", read_chiller_channel},
    StationKey{"chiller ", "internal_temperature", read_chiller_channel},
    StationKey{"chiller ", "external_temperature", read_chiller_channel},
    StationKey{"person ", "slack", read_person_slack},
    StationKey{"person ", "mail", read_person_mail},
    StationKey{"person ", "may_answer", read_may_answer},
    StationKey{"shift", "shifter", read_shifter},
    StationKey{"shift", "expert", read_expert},
    StationKey{"shift", "backup", read_backup_shifter},
    StationKey{"shift", "escalate", read_escalate},
    StationKey{"shift", "escalate_after", read_escalate_after},
    StationKey{"sink ", "kind", read_sink_kind, true},
    StationKey{"sink ", "url", refuse_secret},
    StationKey{"sink ", "url_file", read_url_file},
    StationKey{"sink ", "url_env", read_url_environment},
    StationKey{"sink ", "token", refuse_secret},
    StationKey{"sink ", "token_file", read_token_file},
    StationKey{"sink ", "token_env", read_token_environment},
    StationKey{"sink ", "channel", read_slack_channel},
    StationKey{"sink ", "server", read_server},
    StationKey{"sink ", "from", read_mail_from},
    StationKey{"sink ", "to", read_mail_to},
    StationKey{"sink ", "user", read_mail_user},
    StationKey{"sink ", "password", refuse_secret},
    StationKey{"sink ", "password_file", read_password_file},
    StationKey{"sink ", "password_env", read_password_environment},
    StationKey{"sink ", "ca_file", read_ca_file},
    StationKey{"sink ", "starttls", read_starttls},
    StationKey{"sink ", "level", read_sink_level},
    StationKey{"sink ", "everyone", read_everyone},
    StationKey{"sink ", "posts_per_minute", read_posts_per_minute},
    StationKey{"logbook", "url", read_logbook_url, true},
    StationKey{"logbook", "logbook", read_logbook_name, true},
    StationKey{"logbook", "user", read_logbook_user},
    StationKey{"logbook", "password", refuse_secret},
    StationKey{"logbook", "password_file", read_logbook_password_file},
    StationKey{"logbook", "password_env", read_logbook_password_environment},
    StationKey{"logbook", "level", read_logbook_level},
    StationKey{"logbook", "attribute.", read_logbook_attribute},
    StationKey{"telemetry ", "kind", read_telemetry_kind, true},
    StationKey{"telemetry ", "server", read_telemetry_server, true},
    StationKey{"telemetry ", "database", read_telemetry_word},
    StationKey{"telemetry ", "topic", read_telemetry_word},
    StationKey{"telemetry ", "commands", read_telemetry_commands},
    StationKey{"telemetry ", "reply_topic", read_telemetry_reply_topic},
    StationKey{"telemetry ", "user", read_telemetry_word},
    StationKey{"telemetry ", "password", refuse_secret},
    StationKey{"telemetry ", "password_file", read_telemetry_password_file},
    StationKey{"telemetry ", "organization", read_telemetry_word},
    StationKey{"telemetry ", "bucket", read_telemetry_word},
    StationKey{"telemetry ", "token", refuse_secret},
    StationKey{"telemetry ", "token_file", read_telemetry_token_file},
    StationKey{"telemetry ", "site", read_telemetry_word},
    StationKey{"telemetry ", "every", read_telemetry_every},
    StationKey{"mqtt_topic ", "broker", read_mqtt_topic_word, true},
    StationKey{"mqtt_topic ", "topic", read_mqtt_topic_word, true},
    StationKey{"mqtt_topic ", "bare", read_mqtt_topic_word},
    StationKey{"mqtt_topic ", "constant.", read_mqtt_constant},
    StationKey{"mqtt_topic ", "value.", read_mqtt_value},
    StationKey{"mqtt_topic ", "state.", read_mqtt_state},
    StationKey{"mqtt_topic ", "every", read_mqtt_span},
    StationKey{"mqtt_topic ", "changed_only", read_mqtt_changed_only},
    StationKey{"mqtt_topic ", "everything_every", read_mqtt_span},
    StationKey{"mqtt_command ", "broker", read_mqtt_command_word, true},
    StationKey{"mqtt_command ", "topic", read_mqtt_command_word, true},
    StationKey{"mqtt_command ", "set", read_mqtt_command_set},
    StationKey{"mqtt_command ", "value", read_mqtt_command_word},
    StationKey{"mqtt_command ", "field", read_mqtt_command_word},
    StationKey{"mqtt_command ", "where.", read_mqtt_command_where},
    StationKey{"mqtt_command ", "purpose", read_mqtt_command_word},
    StationKey{"mqtt_command ", "answers", read_mqtt_command_word},
    StationKey{"mqtt_command ", "refresh", read_mqtt_command_refresh},
    StationKey{"service ", "command", read_service_command, true},
    StationKey{"service ", "group", read_service_group},
    StationKey{"service ", "order", read_service_order},
    StationKey{"service ", "autostart", read_service_autostart},
    StationKey{"service ", "directory", read_service_directory},
    StationKey{"service ", "environment", read_service_environment},
    StationKey{"service ", "started_after", read_service_span},
    StationKey{"service ", "started_line", read_service_line},
    StationKey{"service ", "started_port", read_service_port},
    StationKey{"service ", "started_within", read_service_span},
    StationKey{"service ", "restart", read_service_restart},
    StationKey{"service ", "restarts", read_service_count},
    StationKey{"service ", "restart_delay", read_service_span},
    StationKey{"service ", "steady_after", read_service_span},
    StationKey{"service ", "stop_within", read_service_span},
    StationKey{"service ", "keep_logs", read_service_count},
    StationKey{"listen", "address", read_listen_address},
    StationKey{"listen", "certificate", read_listen_certificate},
    StationKey{"listen", "key", read_listen_key},
    StationKey{"listen", "names", read_listen_names},
    StationKey{"users", "file", read_users_file},
    StationKey{"users", "session", read_session},
};

// clang-format on

bool is_of(std::string_view row_section, std::string_view section) {
  return row_section.ends_with(' ') ? section.starts_with(row_section) : section == row_section;
}

}  // namespace

std::vector<StationKey> station_keys_of(std::string_view section) {
  std::vector<StationKey> rows;
  std::ranges::copy_if(kTable, std::back_inserter(rows), [&](const StationKey& row) {
    return is_of(row.section, section);
  });
  return rows;
}

std::vector<std::string> station_sections() {
  std::vector<std::string> names;
  for (const StationKey& row : kTable) {
    auto name = std::string{row.section} + (row.section.ends_with(' ') ? "NAME" : "");
    if (names.empty() || names.back() != name) {
      names.push_back(std::move(name));
    }
  }
  return names;
}

}  // namespace fat
