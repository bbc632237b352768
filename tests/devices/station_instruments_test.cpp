// Every driver against its instrument, over the wire.
#include "fat/devices/station_instruments.hpp"

#include <algorithm>
#include <functional>

#include <fmt/format.h>
#include <gmock/gmock.h>

#include "devices/link.hpp"
#include "devices/virtual_instruments.hpp"
#include "fakes/patience.hpp"
#include "fat/ports/device_error.hpp"

namespace fat {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

DeviceError driver_error(const std::function<void()>& action) {
  try {
    action();
  } catch (const DeviceError& error) {
    return error;
  }
  return {DeviceFault::Closed, "nobody", "no error at all"};
}

class GeneratorTest : public ::testing::TestWithParam<const char*> {};

TEST_P(GeneratorTest, TakesASignalABurstAndItsOutput) {
  const VirtualInstruments bench;
  const auto generator = bench.drivers().generator(GetParam());

  generator->set_signal({SignalShape::Square, 100, 3, 0.5});
  generator->set_burst(2);
  generator->set_output(true);

  EXPECT_THAT(generator->identity(), HasSubstr("AFG3101"));
  const auto signal = generator->signal();
  EXPECT_EQ(signal.shape, SignalShape::Square);
  EXPECT_EQ(signal.frequency, 100);
  EXPECT_EQ(signal.amplitude, 3);
  EXPECT_EQ(signal.offset, 0.5);
  EXPECT_EQ(generator->burst(), 2);
  EXPECT_TRUE(generator->output());
  generator->set_output(false);
  EXPECT_FALSE(generator->output());
}

TEST_P(GeneratorTest, TellsTheInstrumentsOwnWordsWhenItRefuses) {
  const VirtualInstruments bench;
  const auto generator = bench.drivers().generator(GetParam());

  const auto error = driver_error([&] { generator->set_signal({SignalShape::Sine, 1e12, 1, 0}); });

  EXPECT_EQ(error.fault(), DeviceFault::Refused);
  EXPECT_THAT(error.what(), HasSubstr("'source1:frequency 1e+12'"));
  EXPECT_THAT(error.what(), HasSubstr("-222,\"Data out of range\""));
}

INSTANTIATE_TEST_SUITE_P(Links, GeneratorTest, ::testing::Values("generator", "second_generator"));

TEST(PowerSupply, SetsSwitchesAndMeasures) {
  const VirtualInstruments bench;
  const auto supply = bench.drivers().supply("supply");

  supply->set(2, 12, 1.5);
  supply->set_output(2, true);

  EXPECT_TRUE(supply->output(2));
  EXPECT_FALSE(supply->output(1));
  const auto reading = supply->read(2);
  EXPECT_NEAR(reading.volts, 12, 0.1);
  EXPECT_NEAR(reading.watts, 9.86, 0.1);  // in a heating strip of 14.6 ohm
  supply->release();
}

TEST(PowerSupply, NeverGoesAboveTheLimits) {
  const VirtualInstruments bench;
  const auto supply = bench.drivers().supply("supply");

  EXPECT_THAT(driver_error([&] { supply->set(1, 33, 1); }).what(), HasSubstr("max_voltage"));
  EXPECT_THAT(driver_error([&] { supply->set(4, 3, 1); }).what(), HasSubstr("channels 1 to 3"));
  EXPECT_THAT(driver_error([&] { supply->set(3, 7, 1); }).what(), HasSubstr("-222"));
}

TEST(FilterWheel, MovesAndSaysWhereItStands) {
  const VirtualInstruments bench;
  const auto wheel = bench.drivers().filter_wheel("wheel1");

  wheel->move_to(5);
  wheel->darken();

  EXPECT_EQ(wheel->position(), 5);
  EXPECT_EQ(wheel->positions(), 6);
  EXPECT_THAT(wheel->identity(), HasSubstr("FW102C"));
  const auto error = driver_error([&] { wheel->move_to(9); });
  EXPECT_EQ(error.fault(), DeviceFault::Refused);
  EXPECT_THAT(error.what(), HasSubstr("CMD_ARG_INVALID"));
}

TEST(FilterWheel, ThatIsJammedIsSaidToBe) {
  const VirtualInstruments bench{{.jammed_wheels = {0}}};

  const auto error = driver_error([&] { bench.drivers().filter_wheel("wheel0")->move_to(3); });

  EXPECT_THAT(error.what(), HasSubstr("was sent to position 3 and stands at 1"));
}

TEST(Thermometer, GivesFreshFramesOfEveryChannelThatSpeaks) {
  const VirtualInstruments bench{{.silent_channels = {3}}};

  const auto readings = bench.drivers().thermometer("thermometer")->read();

  std::vector<int> channels;
  for (const auto& reading : readings) {
    channels.push_back(reading.channel);
    EXPECT_NEAR(reading.celsius, 21.5, 0.5);
  }
  EXPECT_THAT(channels, ElementsAre(1, 2, 4));
}

TEST(Freezer, IsSetStartedAndReadBack) {
  const VirtualInstruments bench;
  const auto freezer = bench.drivers().freezer("freezer", {});

  freezer->set_target(-40);

  EXPECT_EQ(freezer->target(), -40);
  EXPECT_EQ(freezer->state(), "03 REMOTE START");
  EXPECT_LT(freezer->temperature(), 22);
  EXPECT_THAT(driver_error([&] { freezer->set_target(-51); }).what(), HasSubstr("coldest"));
}

TEST(Freezer, InLocalModeSaysWhatToDo) {
  const VirtualInstruments bench{{.chiller_in_local = true}};

  const auto error = driver_error([&] { bench.drivers().freezer("freezer", {})->set_target(-40); });

  EXPECT_THAT(error.what(), HasSubstr("\"00 MANUAL STOP\": switch it to remote control"));
}

TEST(ManualFreezer, AsksThePersonAndWatchesTheThermometer) {
  const VirtualInstruments bench;
  std::string asked;
  const auto freezer = bench.drivers().freezer("chest", [&](const std::string& text) {
    asked = text;
    return true;
  });

  freezer->set_target(-20);

  EXPECT_EQ(asked, "Set the freezer 'chest' to -20.0 degC on its panel. Done?");
  EXPECT_EQ(freezer->target(), -20);
  EXPECT_NEAR(freezer->temperature(), 21.5, 0.5);
  const auto refusing = bench.drivers().freezer("chest", [](const std::string&) { return false; });
  EXPECT_EQ(driver_error([&] { refusing->set_target(-20); }).fault(), DeviceFault::Refused);
}

TEST(HumiditySensor, IsAProgramAndItsColumns) {
  const VirtualInstruments bench;

  const auto reading = bench.drivers().humidity_sensor("usbrh")->read();

  EXPECT_EQ(reading.percent, 41.0);
  EXPECT_EQ(reading.celsius, 23.5);
}

TEST(HumiditySensor, OfTheVirtualBenchIsReadByAProgramToo) {
  VirtualInstruments bench;
  EXPECT_NEAR(bench.drivers().humidity_sensor("humidity")->read().percent, 42, 3);

  bench.station().inject("humidity", {.fault = LinkFault::Mute, .times = -1});

  EXPECT_EQ(driver_error([&] { bench.drivers().humidity_sensor("humidity")->read(); }).fault(),
            DeviceFault::Timeout);
}

TEST(HumiditySensor, SaysHowItsProgramFailed) {
  const BootClock clock;
  DeviceEntry entry;
  entry.name = "humidity";
  entry.kind = "humidity_command";
  entry.link =
      LinkAddress{.kind = LinkKind::Command, .words = {"sh", "-c", "echo no sensor; exit 4"}};
  const StationInstruments drivers{clock, {entry}, {}};

  const auto error = driver_error([&] { drivers.humidity_sensor("humidity")->read(); });

  EXPECT_THAT(error.what(), HasSubstr("ended with status 4; it printed \"no sensor\\n\""));
}

TEST(FieldHub, SwitchesItsWirePairAndItsModules) {
  const VirtualInstruments bench;
  const auto hub = bench.drivers().field_hub("field_hub0");

  EXPECT_THAT(hub->devices(), ElementsAre(0, 1, 2, 8));
  EXPECT_TRUE(hub->probe(1));
  EXPECT_FALSE(hub->probe(3));
  hub->set_module_power(1, false);
  const auto error = driver_error([&] { hub->allow(1, ModuleInterlock::HighVoltage); });
  EXPECT_THAT(error.what(), HasSubstr("?NOREPLY"));
  hub->set_wire_pair_power(false);
  EXPECT_THAT(hub->devices(), ElementsAre(8));
  hub->set_wire_pair_power(true);
  EXPECT_NEAR(hub->wire_pair_power().volts, 96, 1);
  hub->allow(1, ModuleInterlock::HighVoltage);
}

TEST(FieldHub, TheModulesTellUnaskedWhatAClockComparisonFound) {
  VirtualInstruments bench;
  const auto entries = bench.station().instruments();
  const auto hub =
      make_link(std::ranges::find(entries, "field_hub0", &DeviceEntry::name)->link.value());
  const auto module = make_link(
      parse_link(fmt::format("tcp 127.0.0.1:{}", bench.station().ports().at(1))).address.value());
  ASSERT_FALSE(hub->open(kPatience).fault);
  ASSERT_FALSE(module->open(kPatience).fault);

  ASSERT_FALSE(hub->send(R"({"command":"rapcal_all"})", kPatience).fault);
  EXPECT_EQ(hub->receive(kPatience).received, R"({"status":"OK"})");

  std::string told;
  while (told.size() < 284) {
    const auto more = module->receive(kPatience);
    ASSERT_FALSE(more.fault);
    told += more.received;
  }
  EXPECT_EQ(told.size(), 284U);
  EXPECT_TRUE(told.starts_with("RC"));
}

TEST(FieldHub, KeepsWhatIsWrittenIntoARegister) {
  VirtualInstruments bench;
  const auto entries = bench.station().instruments();
  const auto hub =
      make_link(std::ranges::find(entries, "field_hub0", &DeviceEntry::name)->link.value());
  ASSERT_FALSE(hub->open(kPatience).fault);
  const auto ask = [&](const std::string& request) {
    EXPECT_FALSE(hub->send(request, kPatience).fault);
    return hub->receive(kPatience).received;
  };

  EXPECT_EQ(ask(R"({"command":"read","device":1,"register":5})"), R"({"status":"OK","value":0})");
  EXPECT_EQ(ask(R"({"command":"write","device":1,"register":5,"value":42})"), R"({"status":"OK"})");
  EXPECT_EQ(ask(R"({"command":"read","device":1,"register":5})"), R"({"status":"OK","value":42})");
  EXPECT_EQ(ask(R"({"command":"read","device":2,"register":5})"), R"({"status":"OK","value":0})");
  EXPECT_EQ(ask(R"({"command":"read","device":7,"register":5})"), R"({"status":"?NOCONN"})");
  for (const auto* const wrong : {R"({"command":"read","device":1})",
                                  R"({"command":"read","device":1,"register":-1})",
                                  R"({"command":"write","device":1,"register":5})",
                                  R"({"command":"write","device":1,"register":5,"value":65536})"}) {
    EXPECT_EQ(ask(wrong), R"({"status":"?BADREQUEST"})") << wrong;
  }
}

TEST(StationInstruments, SaysWhichDeviceIsNotThere) {
  const VirtualInstruments bench;

  EXPECT_THAT(driver_error([&] { bench.drivers().supply("suply"); }).what(),
              HasSubstr("no [device suply] of kind rigol_dp900; did you mean 'supply'?"));
  EXPECT_THAT(driver_error([&] { bench.drivers().supply("generator"); }).what(),
              HasSubstr("of kind rigol_dp900"));
}

TEST(StationInstruments, TwoUsersOfOneWireWaitForEachOther) {
  VirtualInstruments bench;
  const auto first = bench.drivers().generator("second_generator");
  first->identity();
  auto entries = bench.station().instruments();
  for (auto& entry : entries) {
    entry.parameters = {{"lock", "20 ms"}};
  }
  const StationInstruments others{bench.clock(), entries, bench.drivers().locks()};

  const auto error = driver_error([&] { others.generator("second_generator")->identity(); });

  EXPECT_EQ(error.fault(), DeviceFault::Busy);
  EXPECT_THAT(error.what(), HasSubstr("a test"));
}

}  // namespace
}  // namespace fat
