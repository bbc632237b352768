// What a task of a virtual run finds: no real wire, whatever station.ini and run JSON say.
#include "cli/virtual_station.hpp"

#include <gmock/gmock.h>

#include "cli/command.hpp"
#include "fat/ports/device_error.hpp"
#include "store/temporary_folder.hpp"

namespace fat {
namespace {

StationAddress an_address() {
  StationAddress address;
  address.ports = {40001};
  address.instruments = {{"generator", "tektronix_afg3000", "prologix 127.0.0.1:40010 10"},
                         {"second_generator", "tektronix_afg3000", "tcp 127.0.0.1:40011"},
                         {"wheel0", "thorlabs_fw102c", "serial '/tmp/a b/wheel0' 115200 8N1"}};
  return address;
}

DeviceEntry declared(std::string name, std::string kind) {
  return {.name = std::move(name),
          .kind = std::move(kind),
          .link = LinkAddress{.kind = LinkKind::Tcp, .host = "10.25.124.252", .port = 1234},
          .parameters = {{"first_byte", "3 s"}}};
}

std::map<std::string, std::string> links_of(const std::vector<DeviceEntry>& devices) {
  std::map<std::string, std::string> links;
  for (const auto& one : devices) {
    links[one.name] = one.link ? to_text(*one.link) : "";
  }
  return links;
}

TEST(VirtualDevices, AreThoseOfTheAddressFile) {
  EXPECT_THAT(links_of(virtual_devices(an_address(), {})),
              testing::ElementsAre(testing::Pair("generator", "prologix 127.0.0.1:40010 10"),
                                   testing::Pair("second_generator", "tcp 127.0.0.1:40011"),
                                   testing::Pair("wheel0", "serial '/tmp/a b/wheel0' 115200 8N1")));
}

TEST(VirtualDevices, StandForWhatStationIniDeclaresOfTheirKind) {
  const auto devices = virtual_devices(
      an_address(),
      {declared("laser", "tektronix_afg3000"), declared("second_generator", "tektronix_afg3000")});

  EXPECT_EQ(links_of(devices).at("laser"), "prologix 127.0.0.1:40010 10");
  EXPECT_EQ(links_of(devices).at("second_generator"), "tcp 127.0.0.1:40011");
  EXPECT_EQ(devices.size(), 4U);
  EXPECT_EQ(devices.back().parameters.at("first_byte"), "3 s");
}

TEST(VirtualDevices, LeaveOutWhatTheVirtualStationDoesNotHave) {
  const auto devices = virtual_devices(an_address(),
                                       {declared("humidity", "humidity_command"),
                                        declared("third", "tektronix_afg3000"),
                                        declared("fourth", "tektronix_afg3000"),
                                        declared("fifth", "tektronix_afg3000")});

  EXPECT_FALSE(links_of(devices).contains("humidity"));
  EXPECT_FALSE(links_of(devices).contains("fifth"));
  for (const auto& [name, link] : links_of(devices)) {
    EXPECT_THAT(link, testing::Not(testing::HasSubstr("10.25.124.252"))) << name;
  }
}

// A stand's chiller may be a Julabo, although the virtual bench calls its Lauda so.
TEST(VirtualDevices, AreBrokenUnderTheNameOfStationIni) {
  auto address = an_address();
  address.instruments.push_back({"freezer", "julabo", "tcp 127.0.0.1:40020"});
  address.instruments.push_back({"chiller", "lauda", "tcp 127.0.0.1:40021"});
  const std::vector<DeviceEntry> stand{declared("chiller", "julabo"), declared("third", "none")};

  EXPECT_EQ(name_on_virtual_bench(address, stand, "chiller"), "freezer");
  EXPECT_EQ(name_on_virtual_bench(address, {}, "chiller"), "chiller");
  EXPECT_EQ(name_on_virtual_bench(address, stand, "wheel0"), "wheel0");
  EXPECT_EQ(name_on_virtual_bench(address, stand, "third"), "third");
}

class NoModules : public Bench {
 public:
  std::unique_ptr<DetectorModule> open(const ModuleEntry&) const override { return nullptr; }
};

TEST(VirtualModules, AreAtThePortsOfTheVirtualStationOnly) {
  const NoModules wires;
  const VirtualModules modules{wires, an_address()};

  EXPECT_NO_THROW(modules.open({"DEgg2021-3-101", "m.json", 40001, "127.0.0.1"}));
  EXPECT_THROW(modules.open({"DEgg2021-3-101", "m.json", 5000, "127.0.0.1"}), DeviceError);
  EXPECT_THROW(modules.open({"DEgg2021-3-101", "m.json", 40001, "10.25.1.1"}), DeviceError);
}

TEST(RequireVirtualStation, SaysHowToStartOne) {
  const TemporaryFolder folder;

  EXPECT_THROW(require_virtual_station(folder.path()), CommandError);
}

}  // namespace
}  // namespace fat
