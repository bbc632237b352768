// Module power and chillers: what readings make of their states, and what their tables permit. The
// tables themselves are walked: each legal row is taken, each illegal one is refused.
#include <cmath>
#include <limits>
#include <map>

#include <gmock/gmock.h>

#include "fakes/manual_clock.hpp"
#include "fat/engine/machine_board.hpp"

namespace fat {
namespace {

using testing::AllOf;
using testing::Contains;
using testing::ElementsAre;
using testing::Field;
using testing::HasSubstr;
using testing::IsEmpty;

/// What channels show; one that is not there is stale.
class Panel {
 public:
  std::map<std::string, double> shown;

  ReadingOf reading_of() const {
    return [this](const std::string& channel) {
      const auto found = shown.find(channel);
      if (found == shown.end()) {
        return Reading{.at = {}, .value = {}, .state = ReadingState::Stale, .why = "it is mute"};
      }
      return Reading{.at = {}, .value = found->second, .state = ReadingState::Ok, .why = {}};
    };
  }
};

PowerEntry powered_module(std::string name = "m1", std::string group = {}) {
  return {.name = std::move(name),
          .group = std::move(group),
          .low = {.output = "lv",
                  .feeds = {"crate"},
                  .voltage = "lv_volts",
                  .setpoint = "lv_set",
                  .ramping = {},
                  .tripped = {"lv_trip"},
                  .off = 0.5,
                  .on = 9},
          .high = {.output = "hv",
                   .feeds = {},
                   .voltage = "hv_volts",
                   .setpoint = "hv_set",
                   .ramping = "hv_ramp",
                   .tripped = {"hv_trip"},
                   .off = 5,
                   .on = 50}};
}

/// A bench in that state.
Panel panel_in(PowerState state) {
  Panel panel;
  const bool low = state == PowerState::LvOn || state == PowerState::HvRamp ||
                   state == PowerState::HvOn || state == PowerState::Error;
  const bool high =
      state == PowerState::HvRamp || state == PowerState::HvOn || state == PowerState::Error;
  const double partly = state == PowerState::LvRamp ? 4 : 0;
  panel.shown = {{"lv", low || state == PowerState::LvRamp ? 1 : 0},
                 {"crate", 1},
                 {"lv_volts", low ? 10 : partly},
                 {"lv_set", 10},
                 {"lv_trip", 0},
                 {"hv", high ? 1 : 0},
                 {"hv_volts", high ? 300 : 1},
                 {"hv_set", 300},
                 {"hv_ramp", state == PowerState::HvRamp ? 1 : 0},
                 {"hv_trip", state == PowerState::Error ? 1 : 0}};
  if (state == PowerState::Unknown) {
    panel.shown.erase("lv_volts");
    panel.shown["hv"] = 1;
  }
  return panel;
}

ActuatorSetting setting_for(PowerCommand command) {
  switch (command) {
    case PowerCommand::LowOn:
      return {"lv", 1};
    case PowerCommand::LowOff:
      return {"lv", 0};
    case PowerCommand::HighOn:
      return {"hv", 1};
    case PowerCommand::HighOff:
      return {"hv", 0};
    case PowerCommand::HighRaise:
      return {"hv_set", 400};
  }
  return {};
}

/// The supplies obey, and all has settled; who is mute stays so, and a trip stays.
void obey(Panel& panel, PowerCommand command) {
  auto& shown = panel.shown;
  switch (command) {
    case PowerCommand::LowOn:
    case PowerCommand::LowOff: {
      const bool on = command == PowerCommand::LowOn;
      shown["lv"] = on ? 1 : 0;
      if (shown.contains("lv_volts")) {
        shown["lv_volts"] = on ? 10 : 0;
      }
      return;
    }
    case PowerCommand::HighOn:
    case PowerCommand::HighOff:
      shown["hv"] = command == PowerCommand::HighOn ? 1 : 0;
      shown["hv_volts"] = command == PowerCommand::HighOn ? 300 : 0;
      shown["hv_ramp"] = 0;
      return;
    case PowerCommand::HighRaise:
      shown["hv_set"] = 400;
      return;
  }
}

TEST(PowerTable, HasOneRowForEachStateAndCommand) {
  std::map<std::pair<PowerState, PowerCommand>, int> rows;
  for (const auto& row : power_transitions()) {
    ++rows[{row.from, row.command}];
    EXPECT_EQ(row.refusal.empty(), row.guard == PowerGuard::Always) << to_string(row.from);
  }

  EXPECT_EQ(rows.size(), 7U * 5U);
  EXPECT_THAT(rows, testing::Each(testing::Pair(testing::_, 1)));
}

TEST(PowerTable, EachLegalRowIsTakenAndEachIllegalOneRefused) {
  for (const auto& row : power_transitions()) {
    auto panel = panel_in(row.from);
    PowerMachine machine{powered_module()};
    machine.look(panel.reading_of(), {});
    ASSERT_EQ(machine.view().state, row.from);

    const auto why_not = machine.objection(setting_for(row.command), panel.reading_of());

    const auto told = std::string{to_string(row.from)} + ", " + std::string{to_string(row.command)};
    if (row.guard != PowerGuard::Always) {  // each such bench has high voltage, or none knows
      EXPECT_THAT(why_not,
                  AllOf(HasSubstr("m1 is " + std::string{to_string(row.from)}),
                        HasSubstr(std::string{row.refusal})))
          << told;
      EXPECT_EQ(why_not.find("first `fatmaster set") != std::string::npos, row.first.has_value())
          << told;
      continue;
    }
    EXPECT_EQ(why_not, "") << told;
    obey(panel, row.command);
    const bool settles = row.from != PowerState::HvRamp || row.command == PowerCommand::HighOn ||
                         row.command == PowerCommand::HighOff;
    machine.look(panel.reading_of(), {});
    EXPECT_EQ(machine.view().state, settles ? row.to : PowerState::HvRamp) << told;
  }
}

TEST(PowerTable, ARowThatHighVoltageBarsIsTakenWithoutIt) {
  for (const auto& row : power_transitions()) {
    if (row.guard != PowerGuard::HighIsOff) {
      continue;
    }
    auto panel = panel_in(row.from);
    obey(panel, PowerCommand::HighOff);
    PowerMachine machine{powered_module()};
    machine.look(panel.reading_of(), {});
    ASSERT_EQ(machine.view().state, row.from);

    EXPECT_EQ(machine.objection(setting_for(row.command), panel.reading_of()), "");

    obey(panel, row.command);
    machine.look(panel.reading_of(), {});
    EXPECT_EQ(machine.view().state, row.to);
  }
}

TEST(PowerTable, WhatReadingsDoByThemselvesStandsInIt) {
  const auto table = power_table();
  for (const auto& drift : table.drifts) {
    EXPECT_THAT(table.states, Contains(drift.to));
    EXPECT_TRUE(drift.from.empty() ||
                std::ranges::find(table.states, drift.from) != table.states.end());
  }
  EXPECT_EQ(table.rows.size(), power_transitions().size());
}

TEST(PowerTable, TheDirectionOfSafetyIsNeverRefused) {
  EXPECT_TRUE(is_never_refused(PowerCommand::HighOff));
  for (const auto command : {PowerCommand::LowOn, PowerCommand::LowOff, PowerCommand::HighOn}) {
    EXPECT_FALSE(is_never_refused(command));
  }
  EXPECT_TRUE(is_never_refused(ChillerCommand::Stop));
  EXPECT_TRUE(is_never_refused(ChillerCommand::UseInternal));
  EXPECT_FALSE(is_never_refused(ChillerCommand::Start));
}

/// Every combination of what can be read: the state follows from it alone, and none that is not
/// known in full is off or on.
TEST(PowerState, FollowsFromEveryCombinationOfReadings) {
  using enum SupplyLevel;
  for (const auto low : {Unknown, Off, Between, On}) {
    for (const auto high : {Unknown, Off, Between, On}) {
      for (const char* trip : {"", "it has tripped"}) {
        for (const char* unknown : {"", "hv_trip is stale"}) {
          const auto state =
              power_state({.low = low, .high = high, .trip = trip, .unknown = unknown});

          const bool voltage = high == Between || high == On;
          const bool no_low = low == Off || low == Between;
          const bool doubt = low == Unknown || high == Unknown || *unknown != '\0';
          if (*trip != '\0' || (voltage && no_low)) {
            EXPECT_EQ(state, PowerState::Error);
          } else if (doubt) {
            EXPECT_EQ(state, PowerState::Unknown);
          } else if (voltage) {
            EXPECT_EQ(state, high == On ? PowerState::HvOn : PowerState::HvRamp);
          } else {
            const auto partly = low == Between ? PowerState::LvRamp : PowerState::LvOn;
            EXPECT_EQ(state, low == Off ? PowerState::LvOff : partly);
          }
        }
      }
    }
  }
}

TEST(PowerState, WhatIsMuteOrNoNumberIsUnknownAndBarsTheLowVoltage) {
  for (const auto* const channel : {"hv", "hv_volts", "hv_ramp"}) {
    for (const bool mute : {true, false}) {
      auto panel = panel_in(PowerState::LvOn);
      panel.shown[channel] = std::numeric_limits<double>::quiet_NaN();
      if (mute) {
        panel.shown.erase(channel);
      }
      PowerMachine machine{powered_module()};
      machine.look(panel.reading_of(), {});

      EXPECT_EQ(machine.view().state, PowerState::Unknown) << channel;
      EXPECT_THAT(machine.view().why, HasSubstr(channel));
      EXPECT_THAT(machine.objection({"lv", 0}, panel.reading_of()),
                  HasSubstr("not known to be off"));
      EXPECT_THAT(machine.objection({"hv", 1}, panel.reading_of()), HasSubstr("nobody knows"));
      EXPECT_EQ(machine.objection({"hv", 0}, panel.reading_of()), "");
    }
  }
}

TEST(PowerState, ASwitchThatIsOffIsNotBelievedAgainstTheVoltage) {
  auto panel = panel_in(PowerState::HvOn);
  panel.shown["hv"] = 0;  // it falls, or the relay sticks

  EXPECT_EQ(power_view(powered_module(), panel.reading_of()).state, PowerState::HvRamp);
  EXPECT_THAT(PowerMachine{powered_module()}.objection({"lv", 0}, panel.reading_of()),
              HasSubstr("never goes off under high voltage"));
}

TEST(PowerState, ANegativeVoltageCountsAsMuch) {
  auto panel = panel_in(PowerState::HvOn);
  panel.shown["hv_volts"] = -300;

  EXPECT_EQ(power_view(powered_module(), panel.reading_of()).state, PowerState::HvOn);
}

TEST(PowerState, WithoutMeasuredVoltagesTheSwitchesTell) {
  auto entry = powered_module();
  entry.low = {.output = "lv"};
  entry.high = {.output = "hv"};

  EXPECT_EQ(power_view(entry, panel_in(PowerState::HvOn).reading_of()).state, PowerState::HvOn);
  EXPECT_EQ(power_view(entry, panel_in(PowerState::LvOff).reading_of()).state, PowerState::LvOff);
}

TEST(PowerGuard, NoOtherWayTakesTheLowVoltageAway) {
  const auto panel = panel_in(PowerState::HvOn);
  const PowerMachine machine{powered_module()};

  for (const auto& setting : {ActuatorSetting{"crate", 0}, {"lv_set", 0}, {"lv_set", 8}}) {
    EXPECT_THAT(machine.objection(setting, panel.reading_of()), HasSubstr("never goes off"));
  }
  EXPECT_EQ(machine.objection({"lv_set", 9.5}, panel.reading_of()), "");
  EXPECT_EQ(machine.objection({"crate", 1}, panel.reading_of()), "");
}

TEST(PowerGuard, ASetpointIsRaisedOnlyWhereAllIsKnownAndWell) {
  const PowerMachine machine{powered_module()};

  EXPECT_EQ(machine.objection({"hv_set", 400}, panel_in(PowerState::HvOn).reading_of()), "");
  EXPECT_EQ(machine.objection({"hv_set", 100}, panel_in(PowerState::Error).reading_of()), "");
  EXPECT_THAT(machine.objection({"hv_set", 400}, panel_in(PowerState::Error).reading_of()),
              HasSubstr("nothing is raised in an error"));
  EXPECT_THAT(machine.objection({"hv_set", -300}, panel_in(PowerState::Error).reading_of()),
              HasSubstr("nothing is raised in an error"));
}

TEST(PowerRamp, ThatDoesNotEndIsAnErrorUntilTheVoltageHasArrived) {
  auto panel = panel_in(PowerState::HvRamp);
  ManualClock clock;
  PowerMachine machine{powered_module()};
  machine.look(panel.reading_of(), clock.now());
  clock.advance(std::chrono::seconds{119});
  machine.look(panel.reading_of(), clock.now());
  EXPECT_EQ(machine.view().state, PowerState::HvRamp);

  clock.advance(std::chrono::seconds{1});
  machine.look(panel.reading_of(), clock.now());

  EXPECT_EQ(machine.view().state, PowerState::Error);
  EXPECT_THAT(machine.view().why,
              HasSubstr("high voltage has been on its way for more than 2 min"));
  EXPECT_THAT(machine.objection({"hv", 1}, panel.reading_of()), HasSubstr("m1 is ERROR"));
  EXPECT_EQ(machine.objection({"hv", 0}, panel.reading_of()), "");
  panel = panel_in(PowerState::HvOn);
  machine.look(panel.reading_of(), clock.now());
  EXPECT_EQ(machine.view().state, PowerState::HvOn);
}

TEST(PowerRamp, AMissedReadingDoesNotBeginItAnew) {
  auto panel = panel_in(PowerState::HvRamp);
  ManualClock clock;
  PowerMachine machine{powered_module()};
  machine.look(panel.reading_of(), clock.now());
  clock.advance(std::chrono::seconds{119});
  panel.shown.erase("hv_volts");
  machine.look(panel.reading_of(), clock.now());
  EXPECT_EQ(machine.view().state, PowerState::Unknown);

  clock.advance(std::chrono::seconds{1});
  panel = panel_in(PowerState::HvRamp);
  machine.look(panel.reading_of(), clock.now());

  EXPECT_EQ(machine.view().state, PowerState::Error);
}

TEST(PowerGroup, IsAsBadAsItsWorstMemberOrAMix) {
  using enum PowerState;
  const auto of = [](std::vector<PowerState> members) { return power_group_state(members); };
  EXPECT_EQ(of({HvOn, HvOn}), "HV_ON");
  EXPECT_EQ(of({LvOn, HvOn}), "HV_MIX");
  EXPECT_EQ(of({HvRamp, HvOn}), "HV_MIX");
  EXPECT_EQ(of({LvOff, LvOn}), "LV_MIX");
  EXPECT_EQ(of({LvRamp, LvOff}), "LV_MIX");
  EXPECT_EQ(of({LvOff, HvOn}), "ERROR");
  EXPECT_EQ(of({LvOff, HvRamp, LvOn}), "ERROR");
  EXPECT_EQ(of({HvOn, Unknown}), "UNKNOWN");
  EXPECT_EQ(of({Unknown, Error}), "ERROR");
  EXPECT_EQ(of({}), "UNKNOWN");
}

ChillerEntry bath_chiller() {
  return {.name = "bath",
          .running = "runs",
          .status = "status",
          .alarms = {"faults"},
          .external_control = "external",
          .internal_temperature = "inner",
          .external_temperature = "outer"};
}

Panel chiller_in(ChillerState state) {
  Panel panel;
  const bool runs = state == ChillerState::OnInternal || state == ChillerState::OnExternal;
  panel.shown = {{"runs", runs ? 1 : 0},
                 {"status", state == ChillerState::Alarm ? -1 : 2},
                 {"faults", 0},
                 {"external", state == ChillerState::OnExternal ? 1 : 0},
                 {"inner", -20},
                 {"outer", -15}};
  if (state == ChillerState::Unknown) {
    panel.shown.erase("runs");
  }
  return panel;
}

ActuatorSetting setting_for(ChillerCommand command) {
  const bool on = command == ChillerCommand::Start || command == ChillerCommand::UseExternal;
  const bool sensor =
      command == ChillerCommand::UseExternal || command == ChillerCommand::UseInternal;
  return {sensor ? "external" : "runs", on ? 1.0 : 0.0};
}

TEST(ChillerTable, EachLegalRowIsTakenAndEachIllegalOneRefused) {
  std::map<std::pair<ChillerState, ChillerCommand>, int> rows;
  for (const auto& row : chiller_transitions()) {
    ++rows[{row.from, row.command}];
    auto panel = chiller_in(row.from);
    const auto entry = bath_chiller();
    ASSERT_EQ(chiller_view(entry, panel.reading_of()).state, row.from);
    const auto setting = setting_for(row.command);

    const auto why_not = chiller_objection(entry, setting, panel.reading_of());

    const auto told = std::string{to_string(row.from)} + ", " + std::string{to_string(row.command)};
    if (row.guard == ChillerGuard::Never) {
      EXPECT_THAT(why_not, HasSubstr(std::string{row.refusal})) << told;
      continue;
    }
    EXPECT_EQ(why_not, "") << told;
    if (row.guard == ChillerGuard::SensorShows) {
      auto blind = panel;
      blind.shown.erase("outer");
      blind.shown.erase("inner");
      EXPECT_THAT(chiller_objection(entry, setting, blind.reading_of()),
                  HasSubstr(std::string{row.refusal}))
          << told;
    }
    if (panel.shown.contains(setting.channel)) {
      panel.shown[setting.channel] = setting.value;
    }
    EXPECT_EQ(chiller_view(entry, panel.reading_of()).state, row.to) << told;
  }
  EXPECT_EQ(rows.size(), 5U * 4U);
}

TEST(ChillerState, ControlsByASensorThatShowsNothing) {
  auto panel = chiller_in(ChillerState::OnExternal);
  panel.shown.erase("outer");

  const auto [state, why] = chiller_view(bath_chiller(), panel.reading_of());

  EXPECT_EQ(state, ChillerState::Alarm);
  EXPECT_THAT(why, AllOf(HasSubstr("external sensor"), HasSubstr("outer")));
}

TEST(ChillerState, AnyOfItsAlarmsIsOne) {
  auto entry = bath_chiller();
  entry.alarms = {"low_level", "over_temperature"};
  auto panel = chiller_in(ChillerState::OnInternal);
  panel.shown["low_level"] = 0;
  panel.shown["over_temperature"] = 1;

  const auto [state, why] = chiller_view(entry, panel.reading_of());

  EXPECT_EQ(state, ChillerState::Alarm);
  EXPECT_THAT(why, HasSubstr("it complains: over_temperature shows 1"));
}

TEST(ChillerState, WhichIsMuteIsUnknown) {
  const Panel mute;

  EXPECT_EQ(chiller_view(bath_chiller(), mute.reading_of()).state, ChillerState::Unknown);
}

TEST(MachineBoard, TellsWhatChangesAndCallsPeopleForATrip) {
  ManualClock clock;
  MachineBoard board{{powered_module("m1", "stave")}, {bath_chiller()}};
  auto panel = panel_in(PowerState::LvOn);
  panel.shown.merge(chiller_in(ChillerState::OnInternal).shown);
  board.look(panel.reading_of(), clock.now());

  clock.advance(std::chrono::seconds{1});
  panel.shown["hv_trip"] = 1;
  const auto trip = board.look(panel.reading_of(), clock.now());
  panel.shown["hv_trip"] = 0;
  const auto over = board.look(panel.reading_of(), clock.now());

  EXPECT_THAT(trip,
              ElementsAre(AllOf(Field(&MachineNews::text,
                                      HasSubstr("m1 is ERROR: it has tripped: hv_trip shows 1")),
                                Field(&MachineNews::grave, true)),
                          AllOf(Field(&MachineNews::text, HasSubstr("group stave is ERROR")),
                                Field(&MachineNews::grave, false))));
  EXPECT_THAT(over,
              Contains(AllOf(Field(&MachineNews::text, HasSubstr("m1 is LV_ON")),
                             Field(&MachineNews::grave, true))));
  const auto state = board.state(clock.now());
  ASSERT_NE(find_machine(state, "m1"), nullptr);
  EXPECT_EQ(find_machine(state, "m1")->state, "LV_ON");
  EXPECT_EQ(find_machine(state, "m1")->since, clock.now());
  EXPECT_EQ(find_machine(state, "bath")->state, "ON_INTERNAL");
  EXPECT_EQ(machines_state_from_json_text(to_json_text(state)), state);
}

TEST(MachineBoard, GuardsAChillerAndSaysWhatSpeaksAgainstItsStart) {
  const MachineBoard board{{}, {bath_chiller()}};
  const ActuatorSetting start{"runs", 1}, stop{"runs", 0};

  EXPECT_THAT(board.guard_of(start).machines, ElementsAre("bath"));
  EXPECT_THAT(board.guard_of(start).channels, Contains("status"));
  EXPECT_TRUE(board.guard_of(stop).machines.empty());  // is never refused
  auto alarm = chiller_in(ChillerState::Alarm), off = chiller_in(ChillerState::Off);
  EXPECT_THAT(board.objection(start, alarm.reading_of()), HasSubstr("bath is ALARM"));
  EXPECT_EQ(board.objection(start, off.reading_of()), "");
}

TEST(MachineBoard, CallsPeopleWhenItHasBeenUnknownForAWhile) {
  ManualClock clock;
  MachineBoard board{{powered_module()}, {}};
  auto panel = panel_in(PowerState::LvOn);
  board.look(panel.reading_of(), clock.now());
  panel.shown.erase("hv");

  EXPECT_THAT(board.look(panel.reading_of(), clock.now()),
              ElementsAre(AllOf(Field(&MachineNews::text, HasSubstr("m1 is UNKNOWN: hv is stale")),
                                Field(&MachineNews::grave, false))));
  clock.advance(std::chrono::seconds{10});
  EXPECT_THAT(board.look(panel.reading_of(), clock.now()),
              ElementsAre(Field(&MachineNews::grave, true)));
  clock.advance(std::chrono::seconds{10});
  EXPECT_THAT(board.look(panel.reading_of(), clock.now()), IsEmpty());
}

TEST(MachineBoard, GuardsEveryModuleOfASharedSupply) {
  auto other = powered_module("m2");
  other.high = {.output = "hv_2"};
  const MachineBoard board{{powered_module("m1"), other}, {}};
  auto panel = panel_in(PowerState::LvOn);
  panel.shown["hv_2"] = 1;

  EXPECT_THAT(board.objection({"lv", 0}, panel.reading_of()), HasSubstr("m2 is HV_ON"));
  EXPECT_THAT(board.guard_of({"lv", 0}).machines, ElementsAre("m1", "m2"));
  EXPECT_THAT(board.guard_of({"lv", 0}).channels, Contains("hv_2"));
  EXPECT_THAT(board.guard_of({"hv", 0}).machines, IsEmpty());
  EXPECT_THAT(board.guard_of({"hv_set", 100}).machines, ElementsAre("m1"));  // it may be higher
  EXPECT_THAT(board.guard_of({"hv_set", 0}).machines, IsEmpty());
  EXPECT_EQ(board.wait_for_high({"lv", 0}, panel.reading_of()), std::chrono::minutes{2});
  panel.shown["hv_2"] = 0;
  EXPECT_EQ(board.objection({"lv", 0}, panel.reading_of()), "");
  EXPECT_EQ(board.wait_for_high({"lv", 0}, panel.reading_of()), Microseconds{0});
  EXPECT_EQ(board.wait_for_high({"hv", 0}, panel.reading_of()), Microseconds{0});
}

TEST(MachinesState, OfAStrangerIsNoneRatherThanACrash) {
  for (const auto* const text : {"", "[]", "{}", R"({"at":1})", R"({"machines":[1]})"}) {
    EXPECT_EQ(machines_state_from_json_text(text), std::nullopt) << text;
  }
  EXPECT_EQ(machines_state_from_json_text(std::string(100'000, '[')), std::nullopt);
}

}  // namespace
}  // namespace fat
