#include "fat/engine/chiller_machine.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>

namespace fat {

namespace {

constexpr std::string_view kChillerNotKnown = "nobody knows what it does";
constexpr std::string_view kInAlarm = "it is not started in an alarm: mend what it complains of";
constexpr std::string_view kSensorFirst =
    "it would control by a sensor that shows nothing: mend the sensor, or let it use the other one";

// clang-format off: a table
constexpr auto make_chiller_transitions() {
  using enum ChillerState;
  using enum ChillerCommand;
  using enum ChillerGuard;
  return std::array{
      ChillerTransition{Unknown, Start, Unknown, Never, kChillerNotKnown},
      ChillerTransition{Unknown, Stop, Unknown},
      ChillerTransition{Unknown, UseExternal, Unknown, Never, kChillerNotKnown},
      ChillerTransition{Unknown, UseInternal, Unknown},
      ChillerTransition{Alarm, Start, Alarm, Never, kInAlarm},
      ChillerTransition{Alarm, Stop, Alarm},
      ChillerTransition{Alarm, UseExternal, Alarm, SensorShows, kSensorFirst},
      ChillerTransition{Alarm, UseInternal, Alarm},
      ChillerTransition{Off, Start, OnInternal, SensorShows, kSensorFirst},
      ChillerTransition{Off, Stop, Off},
      ChillerTransition{Off, UseExternal, Off, SensorShows, kSensorFirst},
      ChillerTransition{Off, UseInternal, Off},
      ChillerTransition{OnInternal, Start, OnInternal},
      ChillerTransition{OnInternal, Stop, Off},
      ChillerTransition{OnInternal, UseExternal, OnExternal, SensorShows, kSensorFirst},
      ChillerTransition{OnInternal, UseInternal, OnInternal},
      ChillerTransition{OnExternal, Start, OnExternal},
      ChillerTransition{OnExternal, Stop, Off},
      ChillerTransition{OnExternal, UseExternal, OnExternal, SensorShows, kSensorFirst},
      ChillerTransition{OnExternal, UseInternal, OnInternal},
  };
}

constexpr std::array kChillerDrifts{
    MachineDrift{"OFF", "ON_EXTERNAL", "started with the external sensor chosen"},
    MachineDrift{"", "ALARM", "it says so; it controls by a sensor that shows nothing"},
    MachineDrift{"", "UNKNOWN", "a reading is missing, stale or not to be believed"},
};
// clang-format on

constexpr auto kChillerTransitions = make_chiller_transitions();
constexpr std::array kChillerStates{ChillerState::Unknown,
                                    ChillerState::Alarm,
                                    ChillerState::Off,
                                    ChillerState::OnInternal,
                                    ChillerState::OnExternal};

/// nullopt: it is not known by which sensor.
std::optional<bool> uses_external(const ChillerEntry& entry,
                                  const ReadingOf& reading_of,
                                  std::string& unknown) {
  if (entry.external_control.empty()) {
    return false;
  }
  const auto shown = shown_number(entry.external_control, reading_of, unknown);
  return shown ? std::optional{*shown != 0} : std::nullopt;
}

/// "" when the sensor shows something, or nobody said which it is.
std::string why_blind(const ChillerEntry& entry, bool external, const ReadingOf& reading_of) {
  const auto& sensor = external ? entry.external_temperature : entry.internal_temperature;
  std::string why;
  if (!sensor.empty()) {
    shown_number(sensor, reading_of, why);
  }
  return why;
}

std::string own_alarm(const ChillerEntry& entry,
                      const ReadingOf& reading_of,
                      std::string& unknown) {
  if (!entry.status.empty()) {
    const auto status = shown_number(entry.status, reading_of, unknown);
    if (status && *status < 0) {
      return fmt::format("it complains: {} shows {:.6g}", entry.status, *status);
    }
  }
  for (const auto& channel : entry.alarms) {
    const auto shown = shown_number(channel, reading_of, unknown);
    if (shown && *shown != 0) {
      return fmt::format("it complains: {} shows {:.6g}", channel, *shown);
    }
  }
  return {};
}

bool sensor_shows(const ChillerEntry& entry, ChillerCommand command, const ReadingOf& reading_of) {
  std::string ignored;
  const auto external = command == ChillerCommand::UseExternal
                            ? std::optional{true}
                            : uses_external(entry, reading_of, ignored);
  return external && why_blind(entry, *external, reading_of).empty();
}

}  // namespace

std::string_view to_string(ChillerState state) {
  switch (state) {
    case ChillerState::Unknown:
      return "UNKNOWN";
    case ChillerState::Alarm:
      return "ALARM";
    case ChillerState::Off:
      return "OFF";
    case ChillerState::OnInternal:
      return "ON_INTERNAL";
    case ChillerState::OnExternal:
      return "ON_EXTERNAL";
  }
  return "";
}

std::string_view to_string(ChillerCommand command) {
  switch (command) {
    case ChillerCommand::Start:
      return "start";
    case ChillerCommand::Stop:
      return "stop";
    case ChillerCommand::UseExternal:
      return "use the external sensor";
    case ChillerCommand::UseInternal:
      return "use the internal sensor";
  }
  return "";
}

std::string_view to_string(ChillerGuard guard) {
  switch (guard) {
    case ChillerGuard::Always:
      return "always";
    case ChillerGuard::Never:
      return "never";
    case ChillerGuard::SensorShows:
      return "the sensor shows a value";
  }
  return "";
}

std::span<const ChillerTransition> chiller_transitions() {
  return kChillerTransitions;
}

ChillerView chiller_view(const ChillerEntry& entry, const ReadingOf& reading_of) {
  std::string unknown;
  if (auto alarm = own_alarm(entry, reading_of, unknown); !alarm.empty()) {
    return {ChillerState::Alarm, std::move(alarm)};
  }
  const auto running = shown_number(entry.running, reading_of, unknown);
  const auto external = uses_external(entry, reading_of, unknown);
  if (!running || !external || !unknown.empty()) {
    return {ChillerState::Unknown, std::move(unknown)};
  }
  if (*running == 0) {
    return {ChillerState::Off, {}};
  }
  if (const auto blind = why_blind(entry, *external, reading_of); !blind.empty()) {
    return {ChillerState::Alarm,
            fmt::format(
                "it controls by its {} sensor: {}", *external ? "external" : "internal", blind)};
  }
  return {*external ? ChillerState::OnExternal : ChillerState::OnInternal, {}};
}

std::optional<ChillerCommand> chiller_command(const ChillerEntry& entry,
                                              const ActuatorSetting& setting) {
  const bool on = setting.value != 0;
  if (setting.channel == entry.running) {
    return on ? ChillerCommand::Start : ChillerCommand::Stop;
  }
  if (!entry.external_control.empty() && setting.channel == entry.external_control) {
    return on ? ChillerCommand::UseExternal : ChillerCommand::UseInternal;
  }
  return std::nullopt;
}

bool is_never_refused(ChillerCommand command) {
  return std::ranges::none_of(kChillerTransitions, [&](const ChillerTransition& row) {
    return row.command == command && row.guard != ChillerGuard::Always;
  });
}

std::string chiller_objection(const ChillerEntry& entry,
                              const ActuatorSetting& setting,
                              const ReadingOf& reading_of) {
  const auto command = chiller_command(entry, setting);
  if (!command) {
    return {};
  }
  const auto [state, why] = chiller_view(entry, reading_of);
  const auto* const row =
      std::ranges::find_if(kChillerTransitions, [state = state, command](const auto& one) {
        return one.from == state && one.command == *command;
      });
  const bool granted =
      row->guard == ChillerGuard::Always ||
      (row->guard == ChillerGuard::SensorShows && sensor_shows(entry, *command, reading_of));
  return granted ? std::string{}
                 : fmt::format("{} is {}{}{}: {}",
                               entry.name,
                               to_string(state),
                               why.empty() ? "" : ", ",
                               why,
                               row->refusal);
}

MachineTable chiller_table() {
  MachineTable table{.kind = "chiller", .states = {}, .rows = {}, .drifts = {}};
  for (const auto state : kChillerStates) {
    table.states.push_back(to_string(state));
  }
  for (const auto& row : kChillerTransitions) {
    table.rows.push_back({to_string(row.from),
                          to_string(row.command),
                          to_string(row.to),
                          to_string(row.guard),
                          row.refusal,
                          {}});
  }
  table.drifts.assign(kChillerDrifts.begin(), kChillerDrifts.end());
  return table;
}

}  // namespace fat
