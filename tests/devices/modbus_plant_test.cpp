// A plant by Modbus TCP: against the virtual one, and against libmodbus' own server.
#include "devices/modbus_plant.hpp"

#include <algorithm>
#include <atomic>
#include <functional>
#include <limits>
#include <thread>

#include <gmock/gmock.h>
#include <modbus/modbus.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include "devices/virtual_instruments.hpp"
#include "sim/temp_folder.hpp"

namespace fat {
namespace {

using ::testing::HasSubstr;

DeviceError plant_error(const std::function<void()>& action) {
  try {
    action();
  } catch (const DeviceError& error) {
    return error;
  }
  return {DeviceFault::Closed, "nobody", "no error at all"};
}

TEST(PlantRegisters, AreRowsOfStationIni) {
  const auto registers = parse_plant_registers(
      "temperature 142 float degC; setpoint 310 float_big degC -35 25 safe=20; pump 305.3 bit");

  ASSERT_EQ(registers.rows.size(), 3U) << registers.problem;
  EXPECT_EQ(registers.rows[0].words(), 2);
  EXPECT_EQ(registers.rows[1].range, (SettingRange{-35, 25}));
  EXPECT_EQ(registers.rows[1].safe, 20);
  EXPECT_EQ(registers.rows[2].bit, 3);
}

TEST(PlantRegisters, SayWhichRowIsNone) {
  for (const auto* const wrong : {"",
                                  "temperature",
                                  "temperature 142 double",
                                  "temperature 65535 float",
                                  "temperature -1 unsigned",
                                  "t 142 float degC 25 -35",
                                  "t 142 float degC 25",
                                  "pump 305 bit",
                                  "pump 305.16 bit",
                                  "t 142.1 float",
                                  "t 142 float degC -35 25 safe=26",
                                  "t 142 float degC safe=1",
                                  "t 142 unsigned - -1 5",
                                  "pump 305.1 bit - 0 2",
                                  "t 142 float; t 144 float"}) {
    EXPECT_FALSE(parse_plant_registers(wrong).problem.empty()) << wrong;
  }
}

TEST(PlantRegisters, AFloatHasItsLowWordFirst) {
  const auto rows = parse_plant_registers("a 1 float; b 1 float_big; c 1 signed").rows;

  // 25.5 is 0x41cc0000.
  EXPECT_EQ(register_value(rows.at(0), {0x0000, 0x41cc}), 25.5);
  EXPECT_EQ(register_value(rows.at(1), {0x41cc, 0x0000}), 25.5);
  EXPECT_EQ(register_value(rows.at(2), {0xffff}), -1);
  EXPECT_FALSE(register_value(rows.at(0), {0x0000, 0x7fc0}));  // NaN
}

TEST(ModbusPlant, ReadsSetsAndReadsBack) {
  const VirtualInstruments bench;
  const auto plant = bench.drivers().instrument("plant");
  EXPECT_NEAR(plant->read("temperature", 1), 20.5, 1e-3);
  EXPECT_EQ(plant->read("status", 1), 1);

  plant->set("setpoint", 1, -30.25);
  plant->set("pump", 1, 1);
  plant->set("chiller", 1, 1);

  EXPECT_EQ(plant->read("status", 1), 2);
  EXPECT_EQ(plant->read("temperature", 1), -30.25);
  EXPECT_EQ(plant->read("pump", 1), 1);  // its neighbour did not touch it
  plant->make_safe();
  EXPECT_EQ(plant->read("chiller", 1), 0);
  EXPECT_EQ(plant->read("pump", 1), 1);
}

TEST(ModbusPlant, RefusesWhatIsOutOfRangeReadOnlyOrNowhere) {
  VirtualInstruments bench;
  const auto plant = bench.drivers().instrument("plant");

  EXPECT_THAT(plant_error([&] { plant->set("setpoint", 1, 25.1); }).what(),
              HasSubstr("nothing was sent"));
  EXPECT_THAT(plant_error([&] { plant->set("status", 1, 1); }).what(),
              HasSubstr("can only be read"));
  const auto nowhere = plant_error([&] { plant->read("nowhere", 1); });
  EXPECT_EQ(nowhere.fault(), DeviceFault::Refused);
  EXPECT_THAT(nowhere.what(), HasSubstr("Illegal data address"));
  bench.station().obey("fault plant broken-sensor");
  const auto broken = plant_error([&] { plant->read("temperature", 1); });
  EXPECT_EQ(broken.fault(), DeviceFault::Refused);
  EXPECT_THAT(broken.what(), HasSubstr("holds no number"));
}

TEST(ModbusPlant, GivesTheRightValueOrAnErrorAndRecovers) {
  VirtualInstruments bench{{}, "300 ms"};  // a busy machine answers within that
  for (const auto fault : {LinkFault::Mute,
                           LinkFault::Late,
                           LinkFault::HalfReply,
                           LinkFault::Close,
                           LinkFault::Duplicate}) {
    const auto plant = bench.drivers().instrument("plant");
    ASSERT_NEAR(plant->read("temperature", 1), 20.5, 1e-3);
    bench.station().inject(
        "plant", {.fault = fault, .skip = 0, .times = 1, .delay = std::chrono::milliseconds{400}});
    try {
      EXPECT_NEAR(plant->read("temperature", 1), 20.5, 1e-3) << to_string(fault);
    } catch (const DeviceError& error) {
      EXPECT_NE(error.fault(), DeviceFault::Refused) << error.what();
    }
    EXPECT_NEAR(plant->read("temperature", 1), 20.5, 1e-3) << to_string(fault);
  }
}

/// libmodbus' own server with ten registers, for one client.
class LibmodbusServer {
 public:
  LibmodbusServer()
      : plant_(modbus_new_tcp("127.0.0.1", 0)), registers_(modbus_mapping_new(0, 0, 10, 0)) {
    socket_ = modbus_tcp_listen(plant_, 1);
    sockaddr_in address{};
    socklen_t size = sizeof address;
    // The socket interface takes every kind of address through one pointer type.
    ::getsockname(socket_, reinterpret_cast<sockaddr*>(&address), &size);
    port_ = ntohs(address.sin_port);
    thread_ = std::thread{[this] { serve(); }};
  }

  ~LibmodbusServer() {
    ::shutdown(socket_, SHUT_RDWR);
    thread_.join();
    ::close(socket_);
    modbus_mapping_free(registers_);
    modbus_close(plant_);
    modbus_free(plant_);
  }

  LibmodbusServer(const LibmodbusServer&) = delete;
  LibmodbusServer& operator=(const LibmodbusServer&) = delete;

  int port() const { return port_; }

  /// Whatever is written is 0 again at once.
  std::atomic<bool> forgets{false};
  /// A write is not answered, but hung up on; and then the next client is served.
  std::atomic<bool> hangs_up_on_writes{false};
  std::atomic<int> writes{0};

 private:
  void serve() {
    while (serve_one()) {
    }
  }

  bool serve_one() {
    constexpr int function = 7, write_one = 6, write_many = 16;
    int listener = socket_;
    if (modbus_tcp_accept(plant_, &listener) < 0) {
      return false;
    }
    std::array<std::uint8_t, MODBUS_TCP_MAX_ADU_LENGTH> query{};
    for (int size = 0; size >= 0;) {
      size = modbus_receive(plant_, query.data());
      const bool is_write =
          size > 0 && (query[function] == write_one || query[function] == write_many);
      writes += is_write ? 1 : 0;
      if (is_write && hangs_up_on_writes) {
        break;
      }
      if (size > 0) {
        modbus_reply(plant_, query.data(), size, registers_);
      }
      if (forgets) {
        std::fill_n(registers_->tab_registers, registers_->nb_registers, std::uint16_t{0});
      }
    }
    modbus_close(plant_);
    return true;
  }

  modbus_t* plant_;
  modbus_mapping_t* registers_;
  int socket_ = -1, port_ = 0;
  std::thread thread_;
};

TEST(ModbusPlant, SpeaksWithTheServerOfLibmodbus) {
  const LibmodbusServer server;
  const BootClock clock;
  ModbusPlant plant{
      {.clock = clock,
       .device = "plant",
       .address = {.kind = LinkKind::Tcp, .host = "127.0.0.1", .port = server.port()},
       .timeouts = {},
       .locks = {}},
      parse_plant_registers("a 2 float bar 0 10; b 5.7 bit - 0 1; c 6 signed - -5 5; d 11 float")};

  plant.set("a", 1, 2.5);
  plant.set("b", 1, 1);
  plant.set("c", 1, -3);

  EXPECT_EQ(plant.read("a", 1), 2.5);
  EXPECT_EQ(plant.read("b", 1), 1);
  EXPECT_EQ(plant.read("c", 1), -3);
  EXPECT_EQ(plant_error([&] { plant.read("d", 1); }).fault(), DeviceFault::Refused);
  plant.release();
}

class ForgetfulPlant : public ::testing::Test {
 protected:
  PlantParts parts(int unit = 1) const {
    return {.clock = clock_,
            .device = "plant",
            .address = {.kind = LinkKind::Tcp, .host = "127.0.0.1", .port = server_.port()},
            .unit = unit,
            .timeouts = {.lock = std::chrono::milliseconds{1}},
            .locks = locks_};
  }

  TempFolder folder_;
  LinkLocks locks_{.folder = folder_.path(), .purpose = "another test"};
  LibmodbusServer server_;
  BootClock clock_;
  ModbusPlant plant_{parts(),
                     parse_plant_registers("a 2 float bar 0 10 safe=5;;"
                                           "b 5.7 bit - 0 1 safe=1; c 6 signed - -5 5;")};
};

TEST_F(ForgetfulPlant, TriesToMakeEverythingSafeAndSaysTheFirstThatIsNot) {
  server_.forgets = true;

  const auto error = plant_error([&] { plant_.make_safe(); });

  EXPECT_EQ(error.fault(), DeviceFault::Refused);
  EXPECT_THAT(error.what(), HasSubstr("a = 5 was taken, but reads back as 0"));
  EXPECT_EQ(server_.writes, 2);
}

TEST_F(ForgetfulPlant, ASettingWhoseAnswerIsLostAndThatReadsBackDifferentlyIsThatLoss) {
  server_.hangs_up_on_writes = true;

  EXPECT_EQ(plant_error([&] { plant_.set("c", 1, 3); }).fault(), DeviceFault::Closed);
  EXPECT_NO_THROW(plant_.set("c", 1, 0));  // as it reads back
  EXPECT_EQ(server_.writes, 2);
}

TEST_F(ForgetfulPlant, SaysWhoItIsWhatItHasAndWhoHoldsIt) {
  EXPECT_EQ(plant_.identity(), "Modbus unit 1 at 127.0.0.1:" + std::to_string(server_.port()));
  EXPECT_THAT(plant_error([&] { plant_.read("d", 1); }).what(),
              HasSubstr("has no quantity 'd' but a, b, c"));
  EXPECT_THAT(plant_error([&] { plant_.read("a", 2); }).what(), HasSubstr("has one a, not 2"));
  ModbusPlant other{parts(), parse_plant_registers("a 2 float")};

  const auto busy = plant_error([&] { other.read("a", 1); });

  EXPECT_EQ(busy.fault(), DeviceFault::Busy);
  EXPECT_THAT(busy.what(), HasSubstr("another test"));
}

TEST_F(ForgetfulPlant, RefusesWhatStationIniCannotMean) {
  EXPECT_THAT(plant_error([&] {
                ModbusPlant{parts(), parse_plant_registers("a 2 double")};
              }).what(),
              HasSubstr("registers of station.ini: "));
  ModbusPlant plant{parts(300), parse_plant_registers("a 2 float")};
  EXPECT_THAT(plant_error([&] { plant.read("a", 1); }).what(),
              HasSubstr("unit 300 is not 0 to 247, or 255"));
}

TEST(ModbusPlant, SaysWhenNobodyListens) {
  int port = 0;
  {
    const LibmodbusServer server;
    port = server.port();
  }
  const BootClock clock;
  ModbusPlant plant{{.clock = clock,
                     .device = "plant",
                     .address = {.kind = LinkKind::Tcp, .host = "127.0.0.1", .port = port},
                     .timeouts = {},
                     .locks = {}},
                    parse_plant_registers("a 2 float")};

  EXPECT_EQ(plant_error([&] { plant.read("a", 1); }).fault(), DeviceFault::Unreachable);
}

}  // namespace
}  // namespace fat
