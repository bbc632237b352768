// The heating strips of a cryostat: off when the top plate or the bottom reaches 273 K, when either
// sensor is silent or invalid for 10 s, and never believed to be off before the supply says so.
// Each of the eight defects of the monitor that this replaces (reference 1.1, a to h) is a test.
#include "fat/engine/interlock.hpp"

#include <stdexcept>

#include <gmock/gmock.h>

#include "fakes/manual_clock.hpp"

namespace fat {
namespace {

using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;
using testing::AllOf;
using testing::Contains;
using testing::Each;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr std::size_t kTop = 0, kBottom = 1, kHeater1 = 2, kHeater2 = 3;

std::vector<ChannelEntry> cryostat_channels() {
  std::vector<ChannelEntry> channels;
  channels.reserve(4);
  for (const char* name : {"top_plate", "bottom", "heater_1", "heater_2"}) {
    ChannelEntry channel;
    channel.name = name;
    channel.period = seconds{1};
    channel.maximum_age = seconds{3};
    channels.push_back(std::move(channel));
  }
  for (const auto place : {kTop, kBottom}) {
    auto& sensor = channels[place];
    sensor.unit = "K";
    sensor.lowest = 70;
    sensor.highest = 400;
    sensor.calibration = {.kind = CalibrationKind::Table, .table = platinum_table(100)};
    for (auto& point : sensor.calibration.table) {
      point.value += 273.15;
    }
  }
  return channels;
}

InterlockEntry heating_strips() {
  InterlockEntry entry;
  entry.name = "heating";
  entry.channels = {"top_plate", "bottom"};
  entry.level = InterlockLevel{.above = true, .trip = 273, .reset = 268};
  entry.settle = seconds{5};
  entry.action = InterlockAction::Set;
  entry.settings = {{"heater_1", 0}, {"heater_2", 0}};
  return entry;
}

/// "Set heater_1 0", "SafeState", ...
std::string shown_order(const InterlockOrder& order) {
  switch (order.kind) {
    case InterlockOrderKind::Tell:
      return "tell: " + order.why;
    case InterlockOrderKind::Set:
      return "set " + order.setting.channel + (order.setting.value == 0 ? " off" : " on");
    case InterlockOrderKind::SuspendRun:
      return "suspend run";
    case InterlockOrderKind::ResumeRun:
      return "resume run";
    case InterlockOrderKind::AbortStep:
      return "abort step";
    case InterlockOrderKind::SafeState:
      return "safe state: " + order.why;
  }
  return "";
}

/// Ohm of a Pt100 at so many K: the inverse of the table.
double ohm_at(double kelvin) {
  static const auto table = platinum_table(100);
  for (std::size_t place = 1; place < table.size(); ++place) {
    const auto& [raw, value] = table[place];
    if (value + 273.15 >= kelvin) {
      const auto& below = table[place - 1];
      return below.raw + ((kelvin - 273.15 - below.value) * (raw - below.raw));
    }
  }
  return 0;
}

class Cryostat {
 public:
  explicit Cryostat(InterlockEntry entry = heating_strips(), InterlockMemory memory = {})
      : entry_(std::move(entry)), interlock_(entry_, readings_.channels(), std::move(memory)) {}

  double top = 250, bottom = 250;  ///< K; 0: the wire is broken, the bridge shows 0 ohm
  bool top_answers = true, bottom_answers = true, supply_answers = true;
  bool top_lent = false, bottom_lent = false;
  bool supply_obeys = true;
  bool obeyed = true;  ///< who aborts steps and brings the safe state says that it is done
  double heater = 1;

  /// So many seconds, with a reading of every sensor and a look at the interlock each second. The
  /// orders, in order, without what is only told.
  std::vector<std::string> pass(int how_many) {
    std::vector<std::string> orders;
    for (int second = 0; second < how_many; ++second) {
      clock_.advance(seconds{1});
      read();
      for (auto& text : evaluate()) {
        orders.push_back(std::move(text));
      }
    }
    return orders;
  }

  std::vector<std::string> evaluate() {
    std::vector<std::string> orders;
    for (const auto& order : interlock_.evaluate(readings_, clock_.now())) {
      if (order.kind == InterlockOrderKind::Tell) {
        told_.push_back(order.why);
      } else {
        orders.push_back(shown_order(order));
      }
      if (order.kind == InterlockOrderKind::Set && supply_obeys) {
        heater = order.setting.value;
      }
      const bool once = order.kind == InterlockOrderKind::AbortStep ||
                        order.kind == InterlockOrderKind::SafeState;
      if (once && obeyed) {
        interlock_.carried_out(order);
      }
    }
    return orders;
  }

  void restart() { interlock_ = Interlock{entry_, readings_.channels(), interlock_.memory()}; }

  std::string objection() const { return interlock_.objection(readings_, clock_.now()); }

  Interlock& interlock() { return interlock_; }

  InterlockPhase phase() const { return interlock_.memory().phase; }

  const std::vector<std::string>& told() const { return told_; }

  ManualClock& clock() { return clock_; }

 private:
  static RawReading sensor(bool answers, double kelvin, bool lent) {
    if (lent) {
      return {.value = {}, .why = "lent to anna", .lent = true};
    }
    return answers ? RawReading{kelvin == 0 ? 0 : ohm_at(kelvin), {}}
                   : RawReading{{}, "bridge: no answer within 1 s"};
  }

  void read() {
    const auto now = clock_.now();
    readings_.take(kTop, sensor(top_answers, top, top_lent), now);
    readings_.take(kBottom, sensor(bottom_answers, bottom, bottom_lent), now);
    for (const auto place : {kHeater1, kHeater2}) {
      readings_.take(
          place, supply_answers ? RawReading{heater, {}} : RawReading{{}, "supply: mute"}, now);
    }
  }

  ManualClock clock_;
  ChannelReadings readings_{cryostat_channels()};
  InterlockEntry entry_;
  Interlock interlock_;
  std::vector<std::string> told_;
};

const auto kBothOff = ElementsAre("set heater_1 off", "set heater_2 off");

TEST(HeatingInterlock, DoesNothingWhileAllIsWell) {
  Cryostat cryostat;

  EXPECT_THAT(cryostat.pass(3600), IsEmpty());
  EXPECT_EQ(cryostat.heater, 1);
  EXPECT_EQ(cryostat.objection(), "");
}

// Defect a, `(heat1 or heat2) > 1` and `(t5 or t0) > 200`: each sensor counts by itself.
TEST(HeatingInterlock, GoesOffWhenTheTopPlateReaches273Kelvin) {
  Cryostat cryostat;
  cryostat.pass(10);

  cryostat.top = 273.5;

  EXPECT_THAT(cryostat.pass(6), kBothOff);
  EXPECT_EQ(cryostat.heater, 0);
  EXPECT_THAT(cryostat.told(),
              ElementsAre(HasSubstr("top_plate shows 273.5 K, which is not below")));
}

// Defect c: the bottom was looked at only when the top plate read exactly 0.0.
TEST(HeatingInterlock, GoesOffWhenTheBottomAloneReaches273Kelvin) {
  Cryostat cryostat;
  cryostat.pass(10);

  cryostat.bottom = 274;

  EXPECT_THAT(cryostat.pass(6), kBothOff);
}

// Defect b: the test 5 s later used the reading of 5 s before.
TEST(HeatingInterlock, SettlesByNewReadings) {
  Cryostat cryostat;
  cryostat.pass(10);
  cryostat.top = 280;
  EXPECT_THAT(cryostat.pass(4), IsEmpty());

  cryostat.top = 260;  // it was a spike
  EXPECT_THAT(cryostat.pass(60), IsEmpty());

  cryostat.top = 280;
  EXPECT_THAT(cryostat.pass(5), IsEmpty());
  EXPECT_THAT(cryostat.pass(1), kBothOff);
}

// Defect d: a database that did not answer skipped the evaluation. Here nothing at all happens but
// the passing of time: no reading comes, and the interlock is looked at.
TEST(HeatingInterlock, GoesOffByTimeAlone) {
  Cryostat cryostat;
  cryostat.pass(10);

  cryostat.clock().advance(milliseconds{9'999});
  EXPECT_THAT(cryostat.evaluate(), IsEmpty());
  cryostat.clock().advance(milliseconds{1});

  EXPECT_THAT(cryostat.evaluate(), kBothOff);
  EXPECT_THAT(cryostat.told(), ElementsAre(HasSubstr("no valid reading for 10 s")));
}

// Defect e: a broken sensor read 0.0 K, which is cold.
TEST(HeatingInterlock, GoesOffWhenASensorIsBrokenOrSilentFor10Seconds) {
  for (const bool answers : {true, false}) {
    Cryostat cryostat;
    cryostat.pass(10);

    cryostat.bottom_answers = answers;
    cryostat.bottom = 0;

    EXPECT_THAT(cryostat.pass(9), IsEmpty()) << answers;
    EXPECT_THAT(cryostat.pass(1), kBothOff) << answers;
    EXPECT_EQ(cryostat.heater, 0);
  }
}

TEST(HeatingInterlock, BearsAShortSilence) {
  Cryostat cryostat;
  for (int time = 0; time < 10; ++time) {
    cryostat.top_answers = false;
    EXPECT_THAT(cryostat.pass(8), IsEmpty());
    cryostat.top_answers = true;
    EXPECT_THAT(cryostat.pass(2), IsEmpty());
  }
}

// A sensor that dies while it is hot is still hot.
TEST(HeatingInterlock, KeepsWhatNobodyContradicts) {
  Cryostat cryostat;
  cryostat.pass(10);
  cryostat.top = 280;
  cryostat.pass(1);

  cryostat.top_answers = false;

  EXPECT_THAT(cryostat.pass(5), kBothOff);
}

// Defect f: what was switched off was not read back.
TEST(HeatingInterlock, RepeatsUntilTheSupplyConfirmsAndCallsForTheSafeState) {
  Cryostat cryostat;
  cryostat.pass(10);
  cryostat.supply_obeys = false;
  cryostat.top = 280;

  EXPECT_THAT(cryostat.pass(6), kBothOff);
  EXPECT_THAT(cryostat.pass(5), kBothOff);
  EXPECT_THAT(cryostat.pass(5), kBothOff);
  EXPECT_THAT(cryostat.pass(5),
              AllOf(Contains("set heater_1 off"),
                    Contains(HasSubstr("safe state: heater_1 does not confirm 0 after 3 tries"))));
  EXPECT_THAT(cryostat.pass(10),
              ElementsAre("set heater_1 off",
                          "set heater_2 off",
                          "set heater_1 off",
                          "set heater_2 off"));  // it never gives up
  cryostat.supply_obeys = true;
  cryostat.pass(6);
  EXPECT_EQ(cryostat.heater, 0);
  EXPECT_THAT(cryostat.pass(600), IsEmpty());
}

TEST(HeatingInterlock, DoesNotTakeASilentSupplyForOneThatIsOff) {
  Cryostat cryostat;
  cryostat.pass(10);
  cryostat.top = 280;
  cryostat.supply_answers = false;

  const auto orders = cryostat.pass(30);

  EXPECT_THAT(orders, Contains(HasSubstr("safe state: heater_1 does not confirm")));
}

TEST(HeatingInterlock, SwitchesOffAgainWhatSomebodySwitchedOn) {
  Cryostat cryostat;
  cryostat.pass(10);
  cryostat.top = 280;
  cryostat.pass(20);

  cryostat.heater = 1;

  EXPECT_THAT(cryostat.pass(1), kBothOff);
  EXPECT_EQ(cryostat.heater, 0);
}

// Defect g: `*RST` came first and changed whatever else the supply does.
TEST(HeatingInterlock, OrdersNothingButTheTwoOutputsOff) {
  Cryostat cryostat;
  cryostat.pass(10);
  cryostat.top = 300;

  EXPECT_THAT(cryostat.pass(3600), kBothOff);
}

// Defect h: the panel was locked for ever. Nothing is asked of the supply in the name of the
// interlock once its outputs are confirmed, and after the reset nothing is held any more.
TEST(HeatingInterlock, LetsGoOfTheSupply) {
  Cryostat cryostat;
  cryostat.pass(10);
  cryostat.top = 300;
  cryostat.pass(20);
  cryostat.top = 250;
  cryostat.pass(20);

  ASSERT_EQ(cryostat.interlock().reset(), "");
  cryostat.heater = 1;

  EXPECT_THAT(cryostat.pass(60), IsEmpty());
}

TEST(HeatingInterlock, HasHysteresis) {
  Cryostat cryostat;
  cryostat.pass(10);
  cryostat.top = 274;
  cryostat.pass(10);

  cryostat.top = 270;
  cryostat.pass(10);
  EXPECT_EQ(cryostat.phase(), InterlockPhase::Tripped);

  cryostat.top = 267;
  cryostat.pass(1);
  EXPECT_EQ(cryostat.phase(), InterlockPhase::Latched);
}

TEST(HeatingInterlock, StaysLatchedUntilAPersonResetsIt) {
  Cryostat cryostat;
  cryostat.pass(10);
  cryostat.top = 280;
  cryostat.pass(10);
  EXPECT_THAT(cryostat.interlock().reset(), HasSubstr("cannot be reset: top_plate shows"));
  cryostat.top = 250;
  cryostat.pass(600);
  cryostat.heater = 1;
  EXPECT_THAT(cryostat.pass(1), kBothOff);
  EXPECT_THAT(cryostat.objection(),
              HasSubstr("interlock heating is latched: top_plate shows 280 K"));

  EXPECT_EQ(cryostat.interlock().reset(), "");

  EXPECT_EQ(cryostat.objection(), "");
}

TEST(HeatingInterlock, HoldsAfterARestart) {
  Cryostat cryostat;
  cryostat.pass(10);
  cryostat.top = 280;
  cryostat.pass(10);
  cryostat.top = 250;
  cryostat.pass(10);

  cryostat.restart();
  cryostat.heater = 1;

  EXPECT_THAT(cryostat.pass(1), kBothOff);
  EXPECT_EQ(cryostat.phase(), InterlockPhase::Latched);
}

// What was tripped is tripped until a reading says otherwise, and between the two levels it does
// not.
TEST(HeatingInterlock, IsTrippedAfterARestartUntilAReadingSaysOtherwise) {
  Cryostat cryostat;
  cryostat.pass(10);
  cryostat.top = 280;
  cryostat.pass(10);

  cryostat.restart();
  cryostat.evaluate();
  EXPECT_EQ(cryostat.phase(), InterlockPhase::Tripped);
  cryostat.top = 270;
  cryostat.pass(60);
  EXPECT_EQ(cryostat.phase(), InterlockPhase::Tripped);
  cryostat.top = 267;
  cryostat.pass(1);

  EXPECT_EQ(cryostat.phase(), InterlockPhase::Latched);
}

// Before each step it is checked by level, not by edge: nothing has settled yet, and nothing was
// read.
TEST(HeatingInterlock, ObjectsByLevel) {
  Cryostat cryostat;
  EXPECT_THAT(cryostat.objection(), HasSubstr("top_plate is none: nothing was read yet"));
  cryostat.pass(1);
  EXPECT_EQ(cryostat.objection(), "");

  cryostat.top = 273.2;
  cryostat.pass(1);

  EXPECT_EQ(cryostat.phase(), InterlockPhase::Clear);
  EXPECT_THAT(cryostat.objection(), HasSubstr("interlock heating: top_plate shows 273.2 K"));
}

TEST(HeatingInterlock, DoesNothingWhileItIsOverriddenAndActsWhenThatIsOver) {
  Cryostat cryostat;
  cryostat.pass(10);
  cryostat.interlock().override_with({.who = "anna",
                                      .reason = "warm-up by hand",
                                      .since = cryostat.clock().now(),
                                      .length = minutes{10}});
  cryostat.top = 290;

  EXPECT_THAT(cryostat.pass(599), IsEmpty());
  EXPECT_EQ(cryostat.phase(), InterlockPhase::Tripped);  // nothing is hidden
  EXPECT_EQ(cryostat.objection(), "");
  EXPECT_THAT(cryostat.told(),
              ElementsAre(HasSubstr("overridden by anna: warm-up by hand, nothing is done")));

  EXPECT_THAT(cryostat.pass(1), kBothOff);
  EXPECT_THAT(cryostat.told(), Contains(HasSubstr("the override by anna is over")));
}

TEST(Interlock, CountsTwoOfThree) {
  auto entry = heating_strips();
  entry.channels = {"top_plate", "bottom", "heater_1"};
  entry.vote = InterlockVote::TwoOfThree;
  Cryostat cryostat{entry};
  cryostat.pass(10);

  cryostat.top = 280;
  EXPECT_THAT(cryostat.pass(60), IsEmpty());
  cryostat.bottom_answers = false;

  EXPECT_THAT(cryostat.pass(10), kBothOff);
}

TEST(Interlock, WaitsForAllWhereAllAreAsked) {
  auto entry = heating_strips();
  entry.vote = InterlockVote::All;
  Cryostat cryostat{entry};
  cryostat.pass(10);

  cryostat.top = 280;
  EXPECT_THAT(cryostat.pass(60), IsEmpty());
  cryostat.bottom = 280;

  EXPECT_THAT(cryostat.pass(6), kBothOff);
}

TEST(Interlock, SuspendsARunAndLetsItGoOn) {
  auto entry = heating_strips();
  entry.action = InterlockAction::SuspendRun;
  entry.settings.clear();
  entry.latching = false;
  Cryostat cryostat{entry};
  cryostat.pass(10);
  cryostat.top = 280;
  EXPECT_THAT(cryostat.pass(60), ElementsAre("suspend run"));

  cryostat.top = 250;

  EXPECT_THAT(cryostat.pass(60), ElementsAre("resume run"));
}

TEST(Interlock, DoesNotSuspendARunForEver) {
  auto entry = heating_strips();
  entry.action = InterlockAction::SuspendRun;
  entry.settings.clear();
  entry.maximum_suspension = minutes{30};
  Cryostat cryostat{entry};
  cryostat.pass(10);
  cryostat.top = 280;
  cryostat.pass(30 * 60);

  EXPECT_THAT(cryostat.pass(30), ElementsAre(HasSubstr("safe state: the run is suspended")));
  EXPECT_THAT(cryostat.pass(3600), IsEmpty());
}

TEST(Interlock, AbortsAStepOnceAlsoOverARestart) {
  auto entry = heating_strips();
  entry.action = InterlockAction::AbortStep;
  entry.settings.clear();
  Cryostat cryostat{entry};
  cryostat.pass(10);
  cryostat.top = 280;
  EXPECT_THAT(cryostat.pass(60), ElementsAre("abort step"));

  cryostat.restart();

  EXPECT_THAT(cryostat.pass(60), IsEmpty());
}

// An order is not a deed: the process may end between the two.
TEST(Interlock, OrdersAgainWhatNobodyHasCarriedOutAlsoOverARestart) {
  auto entry = heating_strips();
  entry.action = InterlockAction::SafeState;
  entry.settings.clear();
  Cryostat cryostat{entry};
  cryostat.pass(10);
  cryostat.obeyed = false;
  cryostat.top = 280;
  EXPECT_THAT(cryostat.pass(6), ElementsAre(HasSubstr("safe state: top_plate")));
  EXPECT_THAT(cryostat.pass(4), IsEmpty());
  EXPECT_THAT(cryostat.pass(1), ElementsAre(HasSubstr("safe state: top_plate")));

  cryostat.restart();
  cryostat.obeyed = true;

  EXPECT_THAT(cryostat.pass(60), ElementsAre(HasSubstr("safe state: top_plate")));
}

TEST(Interlock, OrdersTheSafeStateAgainThatASilentSupplyAskedForBeforeARestart) {
  Cryostat cryostat;
  cryostat.pass(10);
  cryostat.obeyed = cryostat.supply_obeys = false;
  cryostat.top = 280;
  cryostat.pass(30);

  cryostat.restart();
  cryostat.obeyed = true;

  EXPECT_THAT(cryostat.pass(2), Contains(HasSubstr("safe state: heater_1 does not confirm")));
  EXPECT_THAT(cryostat.pass(60), Each(HasSubstr("set heater")));  // it is done
}

TEST(Interlock, TakesTheDeedOfAnEarlierTripForNothing) {
  auto entry = heating_strips();
  entry.action = InterlockAction::AbortStep;
  entry.settings.clear();
  Cryostat cryostat{entry};
  cryostat.pass(10);
  cryostat.obeyed = false;
  cryostat.top = 280;
  cryostat.pass(10);
  const InterlockOrder earlier{.kind = InterlockOrderKind::AbortStep, .trip = 1, .why = {}};
  cryostat.top = 250;
  cryostat.pass(10);
  ASSERT_EQ(cryostat.interlock().reset(), "");
  cryostat.top = 280;
  cryostat.pass(10);

  cryostat.interlock().carried_out(earlier);

  EXPECT_THAT(cryostat.pass(60), Contains("abort step"));
}

TEST(Interlock, OnlyTellsWhenItShallWarn) {
  auto entry = heating_strips();
  entry.action = InterlockAction::Warn;
  entry.settings.clear();
  entry.latching = false;
  Cryostat cryostat{entry};
  cryostat.pass(10);
  cryostat.top = 280;
  EXPECT_THAT(cryostat.pass(60), IsEmpty());
  EXPECT_EQ(cryostat.objection(), "");
  cryostat.top = 250;
  EXPECT_THAT(cryostat.pass(60), IsEmpty());

  EXPECT_THAT(cryostat.told(), ElementsAre(HasSubstr("tripped: top_plate"), "clear again"));
}

TEST(Interlock, WatchesSilenceAloneWithoutALevel) {
  auto entry = heating_strips();
  entry.level.reset();
  Cryostat cryostat{entry};
  cryostat.top = 390;
  EXPECT_THAT(cryostat.pass(60), IsEmpty());

  cryostat.bottom_answers = false;

  EXPECT_THAT(cryostat.pass(10), kBothOff);
}

TEST(Interlock, LetsTheOthersDecideWhileASensorIsLent) {
  for (const auto vote : {InterlockVote::Any, InterlockVote::All}) {
    auto entry = heating_strips();
    entry.vote = vote;
    Cryostat cryostat{entry};
    cryostat.pass(10);
    cryostat.bottom_lent = true;
    EXPECT_THAT(cryostat.pass(60), IsEmpty());
    EXPECT_EQ(cryostat.objection(), "");

    cryostat.top = 280;

    EXPECT_THAT(cryostat.pass(6), kBothOff);
  }
}

TEST(Interlock, StillNeedsTwoOfThreeWhileOneIsLent) {
  auto entry = heating_strips();
  entry.channels = {"top_plate", "bottom", "heater_2"};  // the third is far below the level
  entry.vote = InterlockVote::TwoOfThree;
  Cryostat cryostat{entry};
  cryostat.pass(10);
  cryostat.top = 280;
  EXPECT_THAT(cryostat.pass(20), IsEmpty());  // one of three

  cryostat.bottom_lent = true;
  EXPECT_THAT(cryostat.pass(20), IsEmpty());  // one of two

  cryostat.bottom_lent = false;
  cryostat.bottom = 280;
  EXPECT_THAT(cryostat.pass(6), kBothOff);
}

TEST(Interlock, StaysTrippedByASensorThatIsLentAfterwards) {
  auto entry = heating_strips();
  entry.latching = false;
  Cryostat cryostat{entry};
  cryostat.pass(10);
  cryostat.bottom = 280;
  ASSERT_THAT(cryostat.pass(6), kBothOff);

  cryostat.bottom_lent = true;
  cryostat.pass(60);

  EXPECT_EQ(cryostat.phase(), InterlockPhase::Tripped);
  EXPECT_THAT(cryostat.objection(), HasSubstr("bottom shows 280"));
  cryostat.bottom_lent = false;
  cryostat.bottom = 250;
  cryostat.pass(6);
  EXPECT_EQ(cryostat.phase(), InterlockPhase::Clear);
}

TEST(Interlock, GivesASensorThatIsBackItsTimeToAnswer) {
  Cryostat cryostat;
  cryostat.pass(10);
  cryostat.bottom_lent = true;
  cryostat.pass(600);

  cryostat.bottom_lent = false;
  cryostat.bottom_answers = false;

  EXPECT_THAT(cryostat.pass(9), IsEmpty());
  EXPECT_THAT(cryostat.pass(2), kBothOff);
}

TEST(Interlock, RefusesAChannelThatIsNotThere) {
  auto entry = heating_strips();
  entry.channels = {"lid"};

  EXPECT_THROW(Interlock(entry, cryostat_channels()), std::invalid_argument);
}

/// A low voltage behind the high one: for a while, and never for ever.
TEST(Interlock, ASettingWaitsForWhatMustComeBeforeItAndNotForEver) {
  const auto entry = heating_strips();
  const ChannelReadings readings{cryostat_channels()};
  ManualClock clock;
  const auto settings = [](const std::vector<InterlockOrder>& orders) {
    std::vector<std::string> names;
    for (const auto& order : orders) {
      if (order.kind == InterlockOrderKind::Set) {
        names.push_back(order.setting.channel);
      }
    }
    return names;
  };
  for (const bool comes_down : {true, false}) {
    Interlock interlock{entry, readings.channels()};
    auto left = minutes{2};
    interlock.wait_with([&left](const ActuatorSetting& setting, const auto&, const Instant&) {
      return setting.channel == "heater_2" ? Microseconds{left} : Microseconds{0};
    });
    interlock.evaluate(readings, clock.now());
    clock.advance(seconds{10});  // nothing was ever read

    EXPECT_THAT(settings(interlock.evaluate(readings, clock.now())), ElementsAre("heater_1"));

    clock.advance(seconds{119});
    EXPECT_THAT(settings(interlock.evaluate(readings, clock.now())), ElementsAre("heater_1"));
    left = comes_down ? minutes{0} : left;
    clock.advance(comes_down ? seconds{0} : seconds{1});
    EXPECT_THAT(settings(interlock.evaluate(readings, clock.now())), Contains("heater_2"));
  }
}

}  // namespace
}  // namespace fat
