// A Wiener supply by SNMP: the virtual crate on a UDP port, asked by our driver and by net-snmp's
// own programs.
#include "devices/wiener_supply.hpp"

#include <algorithm>
#include <array>
#include <cstdio>
#include <functional>
#include <mutex>
#include <thread>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>

#include "devices/boot_clock.hpp"
#include "fat/model/owned_fd.hpp"
#include "sim/temp_folder.hpp"
#include "sim/virtual_crate.hpp"

namespace fat {
namespace {

using ::testing::HasSubstr;

/// The crate on a port of 127.0.0.1 that the kernel chose.
class ServedCrate {
 public:
  ServedCrate() {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    // The socket interface takes every kind of address through one pointer type.
    auto* const generic = reinterpret_cast<sockaddr*>(&address);
    EXPECT_EQ(::bind(socket_.get(), generic, size), 0);
    ::getsockname(socket_.get(), generic, &size);
    port_ = ntohs(address.sin_port);
    thread_ = std::jthread{[this](const std::stop_token& stop) { serve(stop); }};
  }

  /// Changes the crate while it is served.
  void change(const std::function<void(VirtualCrate&)>& how) {
    const std::scoped_lock lock{mutex_};
    how(crate_);
  }

  /// What becomes of each answer on its way.
  void spoil(std::function<std::string(std::string)> how) {
    const std::scoped_lock lock{mutex_};
    spoil_ = std::move(how);
  }

  std::string host() const { return fmt::format("127.0.0.1:{}", port_); }

 private:
  void serve(const std::stop_token& stop) {
    while (!stop.stop_requested()) {
      pollfd wanted{.fd = socket_.get(), .events = POLLIN, .revents = 0};
      if (::poll(&wanted, 1, 20) <= 0) {
        continue;
      }
      std::array<char, 2048> bytes{};
      sockaddr_in client{};
      socklen_t size = sizeof client;
      auto* const generic = reinterpret_cast<sockaddr*>(&client);
      const auto count = ::recvfrom(socket_.get(), bytes.data(), bytes.size(), 0, generic, &size);
      const std::scoped_lock lock{mutex_};
      auto reply = count > 0 ? crate_.answer({bytes.data(), static_cast<std::size_t>(count)}) : "";
      reply = spoil_ ? spoil_(std::move(reply)) : reply;
      if (!reply.empty()) {
        ::sendto(socket_.get(), reply.data(), reply.size(), 0, generic, size);
      }
    }
  }

  OwnedFd socket_{::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0)};
  int port_ = 0;
  std::mutex mutex_;
  VirtualCrate crate_;                             // guarded by mutex_
  std::function<std::string(std::string)> spoil_;  // guarded by mutex_
  std::jthread thread_;
};

DeviceError crate_error(const std::function<void()>& action) {
  try {
    action();
  } catch (const DeviceError& error) {
    return error;
  }
  return {DeviceFault::Closed, "nobody", "no error at all"};
}

class WienerSupplyTest : public ::testing::Test {
 protected:
  WienerSupply supply(const std::string& community = "guru") {
    return WienerSupply{{.clock = clock_,
                         .device = "low_voltage",
                         .host = crate_.host(),
                         .outputs = 2,
                         .output_community = community,
                         .max_voltage = 30,
                         .max_current = 4,
                         .timeouts = {.first_byte = std::chrono::milliseconds{100}},
                         .locks = {}}};
  }

  BootClock clock_;
  ServedCrate crate_;
};

TEST_F(WienerSupplyTest, SetsReadsBackAndMeasures) {
  auto low = supply();

  low.set("voltage_setpoint", 1, 24);
  low.set("current_limit", 1, 3.5);
  low.set("output", 1, 1);

  EXPECT_THAT(low.identity(), HasSubstr("WIENER"));
  EXPECT_EQ(low.read("voltage", 1), 24);
  EXPECT_EQ(low.read("current", 1), 3);
  EXPECT_EQ(low.read("output_is_on", 1), 1);
  EXPECT_EQ(low.read("voltage", 2), 0);
  low.make_safe();
  EXPECT_EQ(low.read("output", 1), 0);
  EXPECT_EQ(low.read("main_switch", 1), 1);
}

TEST_F(WienerSupplyTest, RefusesBeforeItSendsAndTellsTheCratesRefusal) {
  auto low = supply("public");

  EXPECT_THAT(crate_error([&] { low.set("voltage_setpoint", 1, 30.1); }).what(),
              HasSubstr("nothing was sent"));
  EXPECT_THAT(crate_error([&] { low.set("output", 1, 0.5); }).what(),
              HasSubstr("nothing was sent"));
  EXPECT_THAT(crate_error([&] { low.set("voltage", 1, 1); }).what(), HasSubstr("only be read"));
  EXPECT_THAT(crate_error([&] { low.read("voltage", 3); }).what(), HasSubstr("1 to 2, not 3"));
  const auto error = crate_error([&] { low.set("output", 1, 1); });
  EXPECT_EQ(error.fault(), DeviceFault::Refused);
  EXPECT_THAT(error.what(), HasSubstr("notWritable"));
}

TEST_F(WienerSupplyTest, ASettingCountsWhenItReadsBack) {
  auto low = supply();
  crate_.change([](VirtualCrate& crate) { crate.silent_when_set = true; });
  low.set("output", 2, 1);
  crate_.change([](VirtualCrate& crate) {
    crate.silent_when_set = false;
    crate.deaf_to_settings = true;
  });

  const auto error = crate_error([&] { low.set("output", 2, 0); });

  EXPECT_EQ(error.fault(), DeviceFault::Refused);
  EXPECT_THAT(error.what(), HasSubstr("reads back as 1"));
}

TEST_F(WienerSupplyTest, IsSilentOrTrippedButNeverZero) {
  auto low = supply();
  low.set("voltage_setpoint", 2, 5);
  low.set("output", 2, 1);
  crate_.change([](VirtualCrate& crate) { crate.failed[1] = true; });
  EXPECT_EQ(low.read("tripped", 2), 1);
  EXPECT_EQ(low.read("tripped", 1), 0);
  EXPECT_EQ(low.read("output_is_on", 2), 0);
  crate_.change([](VirtualCrate& crate) { crate.mute = true; });
  EXPECT_EQ(crate_error([&] { low.read("voltage", 2); }).fault(), DeviceFault::Timeout);
  crate_.change([](VirtualCrate& crate) {
    crate.mute = false;
    crate.failed[1] = false;
  });

  EXPECT_EQ(low.read("voltage", 2), 5);
}

TEST_F(WienerSupplyTest, KnowsItsQuantitiesAndNoOthers) {
  auto low = supply();
  const auto all = low.quantities();

  const auto setpoint = std::ranges::find(all, "voltage_setpoint", &InstrumentQuantity::name);
  ASSERT_NE(setpoint, all.end());
  EXPECT_EQ(setpoint->inputs, 2);
  EXPECT_EQ(setpoint->settable, (SettingRange{0, 30}));
  EXPECT_THAT(crate_error([&] { low.read("voltag", 1); }).what(),
              HasSubstr("has no quantity 'voltag' but voltage, terminal_voltage"));
  EXPECT_FALSE(low.release());
}

TEST_F(WienerSupplyTest, TriesToMakeEveryOutputSafeAndSaysTheFirstThatIsNot) {
  auto low = supply();
  low.set("output", 1, 1);
  low.set("output", 2, 1);
  int asked = 0;
  crate_.change([](VirtualCrate& crate) { crate.deaf_to_settings = true; });
  crate_.spoil([&](std::string reply) {
    ++asked;
    return reply;
  });

  const auto error = crate_error([&] { low.make_safe(); });

  EXPECT_EQ(error.fault(), DeviceFault::Refused);
  EXPECT_THAT(error.what(), HasSubstr("reads back as 1"));
  crate_.spoil({});
  EXPECT_EQ(asked, 4);  // set and read back, twice
}

TEST_F(WienerSupplyTest, ASettingWhoseAnswerIsLostAndThatReadsBackDifferentlyIsThatLoss) {
  auto low = supply();
  crate_.change([](VirtualCrate& crate) { crate.silent_when_set = crate.deaf_to_settings = true; });

  EXPECT_EQ(crate_error([&] { low.set("output", 1, 1); }).fault(), DeviceFault::Timeout);
}

std::string with(std::string text, const std::string& part, const std::string& instead) {
  const auto place = text.find(part);
  return place == std::string::npos ? text : text.replace(place, part.size(), instead);
}

TEST_F(WienerSupplyTest, TakesNoValueOfAnotherTypeOrObject) {
  auto low = supply();
  low.set("voltage_setpoint", 1, 2.5);
  const std::string opaque{"\x44\x07\x9f\x78\x04"}, behind{"\x07\x9f\x78\x04"};
  const auto spoilt = [&](const std::string& part, const std::string& instead) {
    crate_.spoil([=](std::string reply) { return with(std::move(reply), part, instead); });
    const auto error = crate_error([&] { low.read("voltage_setpoint", 1); });
    EXPECT_EQ(error.fault(), DeviceFault::Garbled) << error.what();
    return std::string{error.what()};
  };

  EXPECT_THAT(spoilt(opaque, "\x04" + behind), HasSubstr("is no such value"));
  EXPECT_THAT(spoilt(opaque, "\x06" + behind), HasSubstr("of a type that it should not have"));
  EXPECT_THAT(spoilt("\x03\x02\x01\x0a\x01", "\x03\x02\x01\x0b\x01"),
              HasSubstr("about another object"));
  crate_.spoil({});
  EXPECT_EQ(low.read("voltage_setpoint", 1), 2.5);
}

TEST_F(WienerSupplyTest, SaysWhatTheCrateDoesNotHaveAndWhoHoldsIt) {
  const TempFolder folder;
  const LinkLocks locks{.folder = folder.path(), .purpose = "another test"};
  WienerSupply three{{.clock = clock_,
                      .device = "low_voltage",
                      .host = crate_.host(),
                      .outputs = 3,
                      .timeouts = {.lock = std::chrono::milliseconds{1}},
                      .locks = locks}};
  const auto none = crate_error([&] { three.read("voltage", 3); });
  EXPECT_EQ(none.fault(), DeviceFault::Refused);
  EXPECT_THAT(none.what(), HasSubstr("it has no such object"));
  LinkLock other{clock_, locks, "snmp " + crate_.host()};
  ASSERT_FALSE(other.take(Microseconds{0}).fault);

  const auto busy = crate_error([&] { three.read("voltage", 1); });

  EXPECT_EQ(busy.fault(), DeviceFault::Busy);
  EXPECT_THAT(busy.what(), HasSubstr("another test"));
}

/// What a program of net-snmp prints.
std::string printed_by(const std::string& command) {
  std::string text;
  const std::unique_ptr<FILE, int (*)(FILE*)> pipe{::popen((command + " 2>&1").c_str(), "r"),
                                                   ::pclose};
  std::array<char, 256> line{};
  while (std::fgets(line.data(), line.size(), pipe.get()) != nullptr) {
    text += line.data();
  }
  return text;
}

TEST_F(WienerSupplyTest, TheVirtualCrateSatisfiesNetSnmp) {
  const auto host = crate_.host();
  const std::string volts = ".1.3.6.1.4.1.19947.1.3.2.1.10.1";

  EXPECT_THAT(printed_by("snmpset -v2c -c guru -On " + host + " " + volts + " F 12.5"),
              HasSubstr("Float: 12.5"));
  EXPECT_THAT(printed_by("snmpget -v2c -c public -On " + host + " " + volts),
              HasSubstr("Float: 12.5"));
  EXPECT_THAT(printed_by("snmpget -v2c -c public -On " + host + " .1.3.6.1.4.1.19947.1.9.9"),
              HasSubstr("No Such Instance"));
  EXPECT_EQ(supply().read("voltage_setpoint", 1), 12.5);
}

}  // namespace
}  // namespace fat
