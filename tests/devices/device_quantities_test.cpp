// Quantities of the virtual bench's instruments, over the wire.
#include "fat/devices/device_quantities.hpp"

#include <set>
#include <string>

#include <gmock/gmock.h>

#include "devices/virtual_instruments.hpp"
#include "fat/devices/device_catalog.hpp"
#include "fat/ports/device_error.hpp"

namespace fat {
namespace {

using ::testing::Each;
using ::testing::Eq;
using ::testing::Field;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

TEST(DeviceQuantities, AnswerAWholeRound) {
  const VirtualInstruments bench;
  auto supply = bench.drivers().supply("supply");
  supply->set(1, 12, 1);
  supply->set_output(1, true);
  supply.reset();  // and with it the wire
  const DeviceQuantities sources{bench.drivers()};
  const auto source = sources.open("supply");

  for (int round = 0; round < 3; ++round) {
    const auto answers = source->read_all({{"voltage", 1}, {"output", 1}, {"output", 2}});
    ASSERT_THAT(answers, SizeIs(3));
    EXPECT_NEAR(answers[0].value.value_or(-1), 12, 0.1);
    EXPECT_EQ(answers[1].value, 1);
    EXPECT_EQ(answers[2].value, 0);
  }
}

// Each of them would wait for a time-out of its own.
TEST(DeviceQuantities, GiveUpARoundWhenTheLinkFails) {
  VirtualInstruments bench{{}, "150 ms"};
  bench.station().inject("supply", FaultScript{.fault = LinkFault::Mute, .times = -1});
  const DeviceQuantities sources{bench.drivers()};

  const auto answers =
      sources.open("supply")->read_all({{"voltage", 1}, {"current", 1}, {"power", 3}});

  ASSERT_THAT(answers, SizeIs(3));
  EXPECT_THAT(answers, Each(Field(&RawReading::value, Eq(std::nullopt))));
  EXPECT_EQ(answers[0].why, answers[2].why);
}

TEST(DeviceQuantities, GoOnWithTheOthersWhenOneChannelIsSilent) {
  const VirtualInstruments bench{{.jammed_wheels = {}, .silent_channels = {2}}};
  const DeviceQuantities sources{bench.drivers()};

  const auto answers =
      sources.open("thermometer")->read_all({{"temperature", 2}, {"temperature", 3}});

  ASSERT_THAT(answers, SizeIs(2));
  EXPECT_FALSE(answers[0].value);
  EXPECT_THAT(answers[0].why, HasSubstr("thermometer"));
  EXPECT_TRUE(answers[1].value);
}

TEST(DeviceQuantities, AreKnownBeforeAnythingIsOpened) {
  DeviceEntry supply;
  supply.name = "heater";
  supply.kind = "rigol_dp900";
  supply.link = LinkAddress{.kind = LinkKind::Tcp, .host = "192.0.2.1", .port = 5555};
  const auto* const kind = find_device_kind(device_catalog(), supply.kind);
  ASSERT_NE(kind, nullptr);

  const auto all = kind->quantities(supply);

  ASSERT_FALSE(all.empty());
  EXPECT_EQ(all.front().name, "voltage");
  EXPECT_EQ(all.front().unit, "V");
  EXPECT_EQ(all.front().inputs, 3);
  supply.kind = "iceboot_board";
  EXPECT_THAT(quantities_of(supply), IsEmpty());
}

TEST(DeviceQuantities, RefuseWhatIsNotThere) {
  const VirtualInstruments bench;
  const DeviceQuantities sources{bench.drivers()};

  EXPECT_THROW(sources.open("nobody"), DeviceError);
}

TEST(DeviceQuantities, OfEveryKindAreKnownButOfThoseWithDriversOfTheirOwn) {
  std::set<std::string> none;
  for (const auto& kind : device_catalog()) {
    DeviceEntry entry;
    entry.name = "one";
    entry.kind = kind.name;
    if (!kind.links.empty()) {
      entry.link = LinkAddress{.kind = kind.links.front(), .host = "192.0.2.1", .port = 5555};
    }
    entry.parameters["registers"] = "temperature 142 float degC";
    const auto all = kind.quantities(entry);
    if (all.empty()) {
      none.insert(kind.name);
    }
    for (const auto& quantity : all) {
      EXPECT_FALSE(quantity.name.empty()) << kind.name;
      EXPECT_GE(quantity.inputs, 1) << kind.name << " " << quantity.name;
    }
  }
  EXPECT_THAT(
      none,
      ::testing::ElementsAre(
          "field_hub", "iceboot_board", "manual_freezer", "tektronix_afg3000", "thorlabs_fw102c"));
}

TEST(DeviceQuantities, MakeAnInstrumentSafeAndGiveItsPanelBack) {
  const VirtualInstruments bench;
  const DeviceQuantities sources{bench.drivers()};
  const auto supply = sources.open("supply");
  supply->set({"output", 2}, 1);

  supply->make_safe();

  EXPECT_EQ(supply->read_all({{"output", 2}}).at(0).value, 0);
  EXPECT_TRUE(supply->release());
  EXPECT_FALSE(sources.open("thermometer")->release());  // its panel is never locked
}

}  // namespace
}  // namespace fat
