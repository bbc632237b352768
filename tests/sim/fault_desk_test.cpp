// Faults ordered on a running station: each takes effect, ends with `clear`, and nonsense is
// refused.
#include "sim/fault_desk.hpp"

#include <gmock/gmock.h>

#include "fat/sim/fault_order.hpp"
#include "fat/sim/station_thread.hpp"
#include "sim/bench_instruments.hpp"
#include "sim/scpi_instruments.hpp"
#include "sim/virtual_module.hpp"

namespace fat {
namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;
using ::testing::StartsWith;

class FaultDeskTest : public ::testing::Test {
 protected:
  std::string order(const std::string& line, Microseconds now = 60s) {
    desk_.receive(line + "\n", now);
    return desk_.take_output(now);
  }

  std::string ask(const std::string& line, Microseconds now = 60s) {
    module_.receive(line + "\r\n", now);
    return module_.take_output(now);
  }

  std::shared_ptr<BenchModel> bench_ = std::make_shared<BenchModel>(1, 1);
  VirtualModule module_{module_identity(1, 0), {}, bench_};
  VirtualWheel wheel_{bench_, 0};
  VirtualThermometer thermometer_{bench_};
  VirtualChiller freezer_{bench_};
  VirtualPrologix generator_{std::make_unique<VirtualGenerator>(bench_), 10};
  VirtualSupply supply_{bench_};
  FaultDesk desk_{{{"module0", module_.model().identity().serial, &module_},
                   {"wheel0", {}, &wheel_},
                   {"thermometer", {}, &thermometer_},
                   {"freezer", {}, &freezer_},
                   {"generator", {}, &generator_},
                   {"supply", {}, &supply_}}};
};

TEST_F(FaultDeskTest, HoldsARelayWhereItIs) {
  const auto ask_supply = [this](const std::string& line) {
    supply_.receive(line + "\n", 60s);
    return supply_.take_output(60s);
  };
  ask_supply(":OUTP CH1,ON");
  order("fault supply stuck-output channel=1");

  ask_supply(":OUTP CH1,OFF");
  ask_supply(":OUTP CH2,ON");

  EXPECT_EQ(ask_supply(":OUTP? CH1"), "ON\n");
  EXPECT_EQ(ask_supply(":OUTP? CH2"), "ON\n");
  order("clear supply");
  ask_supply(":OUTP CH1,OFF");
  EXPECT_EQ(ask_supply(":OUTP? CH1"), "OFF\n");
}

TEST_F(FaultDeskTest, SpoilsAWireForSoManyLines) {
  EXPECT_EQ(order("fault module0 mute times=1 skip=1"), "ok module0: mute times=1 skip=1\n");

  EXPECT_EQ(ask("sdrop"), "sdrop\r\n> ");
  EXPECT_EQ(ask("sdrop"), "");
  EXPECT_EQ(ask("sdrop"), "sdrop\r\n> ");
}

TEST_F(FaultDeskTest, SpoilsItUntilItIsClearedWhenNobodySaysHowOften) {
  order("fault DEgg2021-3-101 half-reply");
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(ask("sdrop"), "sdro");
  }
  EXPECT_EQ(order("clear module0"), "ok module0 is whole again\n");
  EXPECT_EQ(ask("sdrop"), "sdrop\r\n> ");
}

TEST_F(FaultDeskTest, KillsAModuleAndLetsItLiveAgain) {
  order("fault module0 dead");
  EXPECT_EQ(ask("sdrop"), "");
  order("clear");
  EXPECT_EQ(ask("sdrop"), "sdrop\r\n> ");
}

TEST_F(FaultDeskTest, SticksTheHighVoltageOfOneChannel) {
  ask("0 enableHV", 0s);
  ask("0 1500 setDEggHV", 0s);
  ask("1 enableHV", 0s);
  ask("1 1500 setDEggHV", 0s);
  order("fault module0 stuck-hv channel=0", 60s);
  ask("0 0 setDEggHV", 60s);
  ask("1 0 setDEggHV", 60s);

  EXPECT_NEAR(module_.model().hv(0, 120s), 1500, 1);
  EXPECT_NEAR(module_.model().hv(1, 120s), 0, 1);
  order("clear module0", 120s);
  ask("0 0 setDEggHV", 120s);
  EXPECT_NEAR(module_.model().hv(0, 180s), 0, 1);
}

TEST_F(FaultDeskTest, LosesTheImageOnce) {
  order("fault module0 fpga-lost");
  EXPECT_THAT(ask("fpgaVersion .s drop"), HasSubstr("<1> 65535 "));
}

TEST_F(FaultDeskTest, BreaksEveryLinkOfTheLightPath) {
  order("fault module0 broken-fibre channel=1");
  EXPECT_EQ(bench_->modules[0].fibres[0], 1);
  EXPECT_EQ(bench_->modules[0].fibres[1], 0);
  order("fault generator laser-off");
  EXPECT_FALSE(bench_->laser.supply);
  order("fault wheel0 swapped");
  EXPECT_TRUE(bench_->wheels[0].swapped);
  order("fault wheel0 jammed");
  wheel_.receive("pos=3\r", 60s);
  wheel_.take_output(70s);
  EXPECT_EQ(bench_->wheels[0].position, 1U);
  order("clear");
  EXPECT_EQ(bench_->modules[0].fibres[1], 1);
  EXPECT_TRUE(bench_->laser.supply);
  EXPECT_FALSE(bench_->wheels[0].swapped);
}

TEST_F(FaultDeskTest, SilencesOneChannelOfTheThermometerAndLetsTheFreezerStayWarm) {
  order("fault thermometer silent channel=3", 0s);
  EXPECT_THAT(thermometer_.take_output(1s),
              ::testing::Not(HasSubstr("\x02"
                                       "43")));
  bench_->freezer.set(-40, true, 0s);
  order("fault freezer not-cooling", 0s);
  EXPECT_NEAR(bench_->freezer.air(10h), 21.5, 0.1);
  order("clear freezer", 10h);
  EXPECT_NEAR(bench_->freezer.air(20h), -40, 0.1);
}

TEST_F(FaultDeskTest, ListsWhatCanBeBrokenAndWhatIs) {
  order("fault wheel0 jammed");
  const auto list = order("list");

  EXPECT_THAT(list, HasSubstr("thermometer       silent mute late"));
  EXPECT_THAT(list,
              HasSubstr("wheel0            jammed swapped mute late half-reply close garbled "
                        "duplicate endless   BROKEN: jammed"));
}

TEST_F(FaultDeskTest, RefusesWhatItDoesNotUnderstandInOneLine) {
  EXPECT_EQ(order("fault wheel9 jammed"),
            "no the virtual station has no device 'wheel9'; did you mean 'wheel0'?\n");
  EXPECT_THAT(order("fault wheel0 jamed"), HasSubstr("did you mean 'jammed'?"));
  for (const std::string line : {"",
                                 "fault",
                                 "fault wheel0",
                                 "explode",
                                 "list all of it",
                                 "clear wheel0 now",
                                 "fault module0 mute times=0",
                                 "fault module0 mute times=99999999999999999999",
                                 "fault module0 mute channel=1",
                                 "fault module0 dead times=1",
                                 "fault thermometer silent channel=5",
                                 "fault \x01\x02\xff mute"}) {
    const auto reply = order(line);
    EXPECT_THAT(reply, StartsWith("no ")) << line;
    EXPECT_EQ(reply.find_first_of("\x01\x02\xff\r"), std::string::npos);
    EXPECT_EQ(std::ranges::count(reply, '\n'), 1);
  }
  EXPECT_THAT(order("fault wheel0 " + std::string(100'000, 'x')), StartsWith("no "));
}

TEST(FaultScript, IsSortedAndItsMistakesAreNamed) {
  const auto script =
      parse_fault_script("# a bad day\n\n10 min: clear\n 2 s : fault wheel0 jammed\r\n");

  ASSERT_EQ(script.size(), 2U);
  EXPECT_EQ(script[0].at, 2s);
  EXPECT_EQ(script[0].order, "fault wheel0 jammed");
  EXPECT_EQ(script[1].at, 10min);
  try {
    parse_fault_script("1 s: clear\nsoon: clear");
    FAIL();
  } catch (const std::invalid_argument& error) {
    EXPECT_THAT(error.what(), HasSubstr("line 2: expected DURATION: ORDER"));
  }
}

TEST(FaultScript, IsPlayedByTheStation) {
  StationThread served{{.modules = 1, .faults = {{0s, "fault module0 dead"}}}};
  StationAddress address;
  address.control = served.station().control_port();

  // The script's first line is due at the start; whatever wakes the station has it obeyed.
  std::string list;
  while (list.find("BROKEN: dead") == std::string::npos) {
    list = send_order(address, "list").text;
  }
  EXPECT_THROW(VirtualStation({.modules = 1, .faults = {{0s, "fault module7 dead"}}}),
               std::invalid_argument);
}

TEST(FaultOrder, ReachesARunningStationWhateverOthersSayThere) {
  const StationThread served{{.modules = 1}};
  StationAddress address;
  address.control = served.station().control_port();

  const auto taken = send_order(address, "fault wheel1 swapped");
  EXPECT_TRUE(taken.accepted);
  EXPECT_EQ(taken.text, "wheel1: swapped");
  EXPECT_FALSE(send_order(address, "fault wheel1 \t").accepted);
  EXPECT_THAT(send_order(address, "list").text, HasSubstr("\nwheel1 "));
  EXPECT_TRUE(send_order(address, "clear").accepted);
  address.control = 1;
  EXPECT_THROW(send_order(address, "list"), std::runtime_error);
}

}  // namespace
}  // namespace fat
