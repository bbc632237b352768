// The cryostat's chips of the virtual bench, over their sockets; and what is no transaction there.
#include <algorithm>
#include <cerrno>
#include <system_error>

#include <gtest/gtest.h>

#include "devices/register_bus.hpp"
#include "devices/virtual_instruments.hpp"
#include "fakes/patience.hpp"
#include "fat/ports/device_error.hpp"
#include "sim/virtual_bus.hpp"

namespace fat {
namespace {

DeviceFault fault_of(Instrument& sensor, const std::string& quantity, int input) {
  try {
    sensor.read(quantity, input);
  } catch (const DeviceError& error) {
    return error.fault();
  }
  return DeviceFault::Closed;
}

TEST(ChipsOfTheVirtualBench, AreReadAsThoseOnRealBuses) {
  const VirtualInstruments bench;

  const auto plates = bench.drivers().instrument("plates");
  EXPECT_NEAR(plates->read("resistance", 6), 50.9, 2);  // of a Pt100 at 150 K
  EXPECT_NEAR(plates->read("resistance", 1), 50.9, 2);
  EXPECT_NEAR(bench.drivers().instrument("level")->read("level", 1), 4, 0.1);
  EXPECT_NEAR(bench.drivers().instrument("wide_range")->read("pressure", 1), 3.1e-7, 1e-8);
  EXPECT_NEAR(bench.drivers().instrument("monitor")->read("voltage", 1), 1499, 1);
}

TEST(ChipsOfTheVirtualBench, BreakAndRecover) {
  VirtualInstruments bench;
  const auto plates = bench.drivers().instrument("plates");

  EXPECT_EQ(bench.station().obey("fault plates open channel=6"), "plates: open channel=6");
  EXPECT_NEAR(plates->read("resistance", 6), 151, 1);  // full scale
  EXPECT_NEAR(plates->read("resistance", 5), 50.9, 2);
  bench.station().obey("fault plates stopped");
  EXPECT_EQ(fault_of(*plates, "resistance", 1), DeviceFault::Timeout);
  bench.station().obey("clear plates");
  bench.station().obey("fault plates absent");
  EXPECT_EQ(fault_of(*plates, "resistance", 1), DeviceFault::Timeout);
  bench.station().obey("clear plates");
  EXPECT_NEAR(plates->read("resistance", 6), 50.9, 2);
}

TEST(ChipsOfTheVirtualBench, SayNothingOverASpoiltWire) {
  VirtualInstruments bench;
  const auto plates = bench.drivers().instrument("plates");
  for (const auto* const fault : {"mute", "half-reply", "close", "endless"}) {
    bench.station().obey(std::string{"fault plates "} + fault);
    EXPECT_EQ(fault_of(*plates, "resistance", 1), DeviceFault::Timeout) << fault;
    bench.station().obey("clear plates");
    EXPECT_NEAR(plates->read("resistance", 1), 50.9, 2) << fault;
  }
}

TEST(VirtualBus, AnswersNonsenseWithAQuestionMark) {
  VirtualBus bus{std::make_unique<VirtualAd7124>(), 1};
  const auto too_long = std::string(141, '4') + " 1";
  for (const auto* const line : {"",
                                 " ",
                                 "4",
                                 "40",
                                 "40 ",
                                 "4x 1",
                                 "40 1 ",
                                 "40 -1",
                                 "40 99999",
                                 "40 1x",
                                 "zz 1",
                                 too_long.c_str()}) {
    bus.receive(std::string{line} + "\n", Microseconds{0});
    EXPECT_EQ(bus.take_output(Microseconds{0}), "?\n") << line;
  }
  bus.receive("40 1\n", Microseconds{0});
  EXPECT_EQ(bus.take_output(Microseconds{0}), "00\n");
}

int bus_error(RegisterBus& bus, const RegisterBus::Bytes& out, std::size_t count) {
  try {
    bus.transfer(out, count);
  } catch (const std::system_error& error) {
    return error.code().value();
  }
  return 0;
}

TEST(TcpBus, TakesNothingForBytesThatAreNone) {
  const VirtualInstruments bench;
  const auto& link = std::ranges::find(bench.declared(), "plates", &DeviceEntry::name)->link;
  TcpBus bus{link->host, link->port, kPatience};

  EXPECT_EQ(bus_error(bus, RegisterBus::Bytes(71), 1), EPROTO);  // it answers "?"
  EXPECT_EQ(bus_error(bus, {0x40}, 1), 0);
}

TEST(TcpBus, IsAFailureOfTheBusWhenNobodyListens) {
  TcpBus bus{"127.0.0.1", 1, kPatience};

  EXPECT_EQ(bus_error(bus, {0x40}, 1), EIO);
}

}  // namespace
}  // namespace fat
