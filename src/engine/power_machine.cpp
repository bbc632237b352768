#include "fat/engine/power_machine.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include <fmt/format.h>

namespace fat {

namespace {

constexpr std::string_view kHighFirst = "the high voltage is not known to be off";
constexpr std::string_view kHighIsUp = "the low voltage never goes off under high voltage";
constexpr std::string_view kLowFirst =
    "the high voltage goes on only when the low voltage has arrived";
constexpr std::string_view kNotKnown = "nobody knows what is on";
constexpr std::string_view kInError = "nothing is raised in an error: mend it";

// clang-format off: a table
constexpr auto make_transitions() {
  using enum PowerState;
  using enum PowerCommand;
  using enum PowerGuard;
  return std::array{
      PowerTransition{Unknown, LowOn, Unknown, HighIsOff, kHighFirst, HighOff},
      PowerTransition{Unknown, LowOff, Unknown, HighIsOff, kHighFirst, HighOff},
      PowerTransition{Unknown, HighOn, Unknown, Never, kNotKnown},
      PowerTransition{Unknown, HighOff, Unknown},
      PowerTransition{Unknown, HighRaise, Unknown, Never, kNotKnown},
      PowerTransition{Error, LowOn, Error, HighIsOff, kHighFirst, HighOff},
      PowerTransition{Error, LowOff, Error, HighIsOff, kHighFirst, HighOff},
      PowerTransition{Error, HighOn, Error, Never, kInError, HighOff},
      PowerTransition{Error, HighOff, Error},
      PowerTransition{Error, HighRaise, Error, Never, kInError, HighOff},
      PowerTransition{LvOff, LowOn, LvOn},
      PowerTransition{LvOff, LowOff, LvOff},
      PowerTransition{LvOff, HighOn, HvOn, Never, kLowFirst, LowOn},
      PowerTransition{LvOff, HighOff, LvOff},
      PowerTransition{LvOff, HighRaise, LvOff},
      PowerTransition{LvRamp, LowOn, LvOn},
      PowerTransition{LvRamp, LowOff, LvOff},
      PowerTransition{LvRamp, HighOn, HvOn, Never, kLowFirst, LowOn},
      PowerTransition{LvRamp, HighOff, LvRamp},
      PowerTransition{LvRamp, HighRaise, LvRamp},
      PowerTransition{LvOn, LowOn, LvOn},
      PowerTransition{LvOn, LowOff, LvOff},
      PowerTransition{LvOn, HighOn, HvOn},
      PowerTransition{LvOn, HighOff, LvOn},
      PowerTransition{LvOn, HighRaise, LvOn},
      PowerTransition{HvRamp, LowOn, HvRamp},
      PowerTransition{HvRamp, LowOff, LvOff, Never, kHighIsUp, HighOff},
      PowerTransition{HvRamp, HighOn, HvOn},
      PowerTransition{HvRamp, HighOff, LvOn},
      PowerTransition{HvRamp, HighRaise, HvRamp},
      PowerTransition{HvOn, LowOn, HvOn},
      PowerTransition{HvOn, LowOff, LvOff, Never, kHighIsUp, HighOff},
      PowerTransition{HvOn, HighOn, HvOn},
      PowerTransition{HvOn, HighOff, LvOn},
      PowerTransition{HvOn, HighRaise, HvOn},
  };
}

constexpr std::array kPowerDrifts{
    MachineDrift{"LV_OFF", "LV_RAMP", "low voltage on its way"},
    MachineDrift{"LV_RAMP", "LV_ON", "low voltage has arrived"},
    MachineDrift{"LV_ON", "LV_RAMP", "low voltage falls"},
    MachineDrift{"LV_RAMP", "LV_OFF", "low voltage is gone"},
    MachineDrift{"LV_ON", "HV_RAMP", "high voltage on its way"},
    MachineDrift{"HV_RAMP", "HV_ON", "high voltage has arrived"},
    MachineDrift{"HV_ON", "HV_RAMP", "high voltage moves"},
    MachineDrift{"HV_RAMP", "LV_ON", "high voltage is gone"},
    MachineDrift{"", "ERROR", "a trip; high voltage without low; a voltage that does not arrive"},
    MachineDrift{"", "UNKNOWN", "a reading is missing, stale or not to be believed"},
};
// clang-format on

constexpr auto kPowerTransitions = make_transitions();
constexpr std::array kPowerStates{PowerState::Unknown,
                                  PowerState::Error,
                                  PowerState::LvOff,
                                  PowerState::LvRamp,
                                  PowerState::LvOn,
                                  PowerState::HvRamp,
                                  PowerState::HvOn};

const PowerTransition& row_of(PowerState from, PowerCommand command) {
  return *std::ranges::find_if(kPowerTransitions, [&](const PowerTransition& row) {
    return row.from == from && row.command == command;
  });
}

bool has_tripped(const SupplyEntry& supply, const ReadingOf& reading_of, PowerFacts& facts) {
  for (const auto& channel : supply.tripped) {
    const auto shown = shown_number(channel, reading_of, facts.unknown);
    if (shown && *shown != 0) {
      facts.trip = fmt::format("it has tripped: {} shows {:.6g}", channel, *shown);
      return true;
    }
  }
  return false;
}

/// Asked of all of them: each that has no reading is a reason.
SupplyLevel level_of(const SupplyEntry& supply, const ReadingOf& reading_of, std::string& unknown) {
  const auto output = shown_number(supply.output, reading_of, unknown);
  const auto ramping = supply.ramping.empty() ? std::optional{0.0}
                                              : shown_number(supply.ramping, reading_of, unknown);
  const auto volts = supply.voltage.empty() ? std::optional{0.0}
                                            : shown_number(supply.voltage, reading_of, unknown);
  if (!output || !ramping || !volts) {
    return SupplyLevel::Unknown;
  }
  const bool is_on = *output != 0;
  if (*ramping != 0) {
    return SupplyLevel::Between;
  }
  if (supply.voltage.empty()) {
    return is_on ? SupplyLevel::On : SupplyLevel::Off;
  }
  if (is_on) {
    return std::abs(*volts) >= supply.on ? SupplyLevel::On : SupplyLevel::Between;
  }
  return std::abs(*volts) <= supply.off ? SupplyLevel::Off : SupplyLevel::Between;
}

bool is_known_and_not_on(SupplyLevel level) {
  return level == SupplyLevel::Off || level == SupplyLevel::Between;
}

bool has_voltage(SupplyLevel level) {
  return level == SupplyLevel::Between || level == SupplyLevel::On;
}

bool is_high_without_low(const PowerFacts& facts) {
  return has_voltage(facts.high) && is_known_and_not_on(facts.low);
}

PowerView view_of(const PowerFacts& facts) {
  const auto state = power_state(facts);
  if (state == PowerState::Error) {
    return {state, facts.trip.empty() ? "it has high voltage without low voltage" : facts.trip};
  }
  return {state, state == PowerState::Unknown ? facts.unknown : std::string{}};
}

bool is_switch(const SupplyEntry& supply, const std::string& channel) {
  return supply.output == channel || std::ranges::find(supply.feeds, channel) != supply.feeds.end();
}

/// A setpoint below what counts as on is low voltage off by another way.
bool is_low_taken_away(const SupplyEntry& low, const ActuatorSetting& setting) {
  return !low.setpoint.empty() && low.setpoint == setting.channel &&
         (setting.value == 0 || std::abs(setting.value) < low.on);
}

bool is_raised(const SupplyEntry& high,
               const ActuatorSetting& setting,
               const ReadingOf& reading_of) {
  if (high.setpoint.empty() || high.setpoint != setting.channel || setting.value == 0) {
    return false;
  }
  std::string ignored;
  const auto now = shown_number(high.setpoint, reading_of, ignored);
  const bool turns = now && (*now < 0) != (setting.value < 0);
  return !now || turns || std::abs(setting.value) > std::abs(*now);
}

std::string what_to_do(const PowerEntry& entry, PowerCommand command) {
  switch (command) {
    case PowerCommand::LowOn:
      return fmt::format("; first `fatmaster set {} on`", entry.low.output);
    case PowerCommand::HighOff:
      return fmt::format("; first `fatmaster set {} off`, and wait until it is down",
                         entry.high.output);
    case PowerCommand::LowOff:
    case PowerCommand::HighOn:
    case PowerCommand::HighRaise:
      break;
  }
  return {};
}

}  // namespace

std::string_view to_string(PowerState state) {
  switch (state) {
    case PowerState::Unknown:
      return "UNKNOWN";
    case PowerState::Error:
      return "ERROR";
    case PowerState::LvOff:
      return "LV_OFF";
    case PowerState::LvRamp:
      return "LV_RAMP";
    case PowerState::LvOn:
      return "LV_ON";
    case PowerState::HvRamp:
      return "HV_RAMP";
    case PowerState::HvOn:
      return "HV_ON";
  }
  return "";
}

std::string_view to_string(PowerCommand command) {
  switch (command) {
    case PowerCommand::LowOn:
      return "low voltage on";
    case PowerCommand::LowOff:
      return "low voltage off";
    case PowerCommand::HighOn:
      return "high voltage on";
    case PowerCommand::HighOff:
      return "high voltage off";
    case PowerCommand::HighRaise:
      return "raise the high voltage";
  }
  return "";
}

std::string_view to_string(PowerGuard guard) {
  switch (guard) {
    case PowerGuard::Always:
      return "always";
    case PowerGuard::Never:
      return "never";
    case PowerGuard::HighIsOff:
      return "the high voltage reads off";
  }
  return "";
}

std::span<const PowerTransition> power_transitions() {
  return kPowerTransitions;
}

PowerFacts power_facts(const PowerEntry& entry, const ReadingOf& reading_of) {
  PowerFacts facts;
  facts.low = level_of(entry.low, reading_of, facts.unknown);
  facts.high = level_of(entry.high, reading_of, facts.unknown);
  if (!has_tripped(entry.high, reading_of, facts)) {
    has_tripped(entry.low, reading_of, facts);
  }
  return facts;
}

PowerState power_state(const PowerFacts& facts) {
  if (!facts.trip.empty() || is_high_without_low(facts)) {
    return PowerState::Error;
  }
  const bool known = facts.low != SupplyLevel::Unknown && facts.high != SupplyLevel::Unknown;
  if (!known || !facts.unknown.empty()) {
    return PowerState::Unknown;
  }
  if (facts.high != SupplyLevel::Off) {
    return facts.high == SupplyLevel::Between ? PowerState::HvRamp : PowerState::HvOn;
  }
  if (facts.low == SupplyLevel::Between) {
    return PowerState::LvRamp;
  }
  return facts.low == SupplyLevel::Off ? PowerState::LvOff : PowerState::LvOn;
}

PowerView power_view(const PowerEntry& entry, const ReadingOf& reading_of) {
  return view_of(power_facts(entry, reading_of));
}

std::vector<PowerCommand> power_commands(const PowerEntry& entry,
                                         const ActuatorSetting& setting,
                                         const ReadingOf& reading_of) {
  std::vector<PowerCommand> commands;
  const bool on = setting.value != 0;
  if (is_switch(entry.low, setting.channel)) {
    commands.push_back(on ? PowerCommand::LowOn : PowerCommand::LowOff);
  }
  if (is_low_taken_away(entry.low, setting)) {
    commands.push_back(PowerCommand::LowOff);
  }
  if (is_switch(entry.high, setting.channel)) {
    commands.push_back(on ? PowerCommand::HighOn : PowerCommand::HighOff);
  }
  if (is_raised(entry.high, setting, reading_of)) {
    commands.push_back(PowerCommand::HighRaise);
  }
  return commands;
}

bool is_never_refused(PowerCommand command) {
  return std::ranges::none_of(kPowerTransitions, [&](const PowerTransition& row) {
    return row.command == command && row.guard != PowerGuard::Always;
  });
}

std::string_view power_group_state(std::span<const PowerState> members) {
  const auto has = [&](PowerState state) {
    return std::ranges::find(members, state) != members.end();
  };
  if (members.empty() || has(PowerState::Error) ||
      (has(PowerState::LvOff) && (has(PowerState::HvRamp) || has(PowerState::HvOn)))) {
    return members.empty() ? to_string(PowerState::Unknown) : to_string(PowerState::Error);
  }
  if (has(PowerState::Unknown)) {
    return to_string(PowerState::Unknown);
  }
  if (std::ranges::count(members, members.front()) == std::ssize(members)) {
    return to_string(members.front());
  }
  return has(PowerState::HvRamp) || has(PowerState::HvOn) ? "HV_MIX" : "LV_MIX";
}

void PowerMachine::look(const ReadingOf& reading_of, const Instant& now) {
  const auto facts = power_facts(entry_, reading_of);
  const auto is_settled = [](SupplyLevel level) {
    return level == SupplyLevel::Off || level == SupplyLevel::On;
  };
  if (facts.low == SupplyLevel::Between || facts.high == SupplyLevel::Between) {
    on_its_way_ = on_its_way_.value_or(now);
  } else if (is_settled(facts.low) && is_settled(facts.high)) {
    on_its_way_.reset();
  }
  overdue_ = on_its_way_ && elapsed(*on_its_way_, now) >= entry_.ramp_within;
  view_ = view_of(facts);
  if (overdue_ && (view_.state == PowerState::LvRamp || view_.state == PowerState::HvRamp)) {
    view_ = {PowerState::Error,
             fmt::format("its {} voltage has been on its way for more than {}",
                         facts.high == SupplyLevel::Between ? "high" : "low",
                         to_text(entry_.ramp_within))};
  }
}

std::string PowerMachine::objection(const ActuatorSetting& setting,
                                    const ReadingOf& reading_of) const {
  const auto commands = power_commands(entry_, setting, reading_of);
  if (commands.empty()) {
    return {};
  }
  const auto facts = power_facts(entry_, reading_of);
  auto view = view_of(facts);
  if (overdue_ && (view.state == PowerState::LvRamp || view.state == PowerState::HvRamp)) {
    view = view_;
  }
  for (const auto command : commands) {
    const auto& row = row_of(view.state, command);
    const bool granted = row.guard == PowerGuard::Always ||
                         (row.guard == PowerGuard::HighIsOff && facts.high == SupplyLevel::Off);
    if (!granted) {
      return fmt::format("{} is {}{}{}: {}{}",
                         entry_.name,
                         to_string(view.state),
                         view.why.empty() ? "" : ", ",
                         view.why,
                         row.refusal,
                         row.first ? what_to_do(entry_, *row.first) : std::string{});
    }
  }
  return {};
}

MachineTable power_table() {
  MachineTable table{.kind = "module_power", .states = {}, .rows = {}, .drifts = {}};
  for (const auto state : kPowerStates) {
    table.states.push_back(to_string(state));
  }
  for (const auto& row : kPowerTransitions) {
    table.rows.push_back({to_string(row.from),
                          to_string(row.command),
                          to_string(row.to),
                          to_string(row.guard),
                          row.refusal,
                          row.first ? to_string(*row.first) : std::string_view{}});
  }
  table.drifts.assign(kPowerDrifts.begin(), kPowerDrifts.end());
  return table;
}

}  // namespace fat
