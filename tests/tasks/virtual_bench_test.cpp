// Tasks over the wire: status_check and the probe against virtual modules.
#include <algorithm>
#include <chrono>
#include <fstream>

#include <gmock/gmock.h>

#include "devices/boot_clock.hpp"
#include "fat/devices/iceboot_bench.hpp"
#include "fat/sim/station_thread.hpp"
#include "fat/tasks/catalog.hpp"
#include "fat/tasks/probe.hpp"
#include "sim/temp_folder.hpp"
#include "tasks/fake_bench.hpp"

namespace fat {
namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

std::vector<TaskModule> modules_of(const VirtualStation& station) {
  std::vector<TaskModule> modules;
  const auto ports = station.ports();
  modules.reserve(ports.size());
  for (std::size_t i = 0; i < ports.size(); ++i) {
    modules.push_back({.entry = {.serial = station.identities()[i].serial,
                                 .path = "m.json",
                                 .port = ports[i],
                                 .host = "localhost"},
                       .fpga_version = 272,
                       .file = {},
                       .place = 0,
                       .pmts = {}});
  }
  return modules;
}

class VirtualBenchTest : public ::testing::Test {
 protected:
  TaskExit check(const VirtualStation& station) {
    return run_task("status_check",
                    {.bench = bench_,
                     .clock = clock_,
                     .reporter = reporter_,
                     .backups = {},
                     .journal = {},
                     .run_file = {},
                     .folder = {},
                     .modules = modules_of(station),
                     .arguments = {{"reboot", "false"}}});
  }

  BootClock clock_;
  IcebootBench bench_{clock_};
  RecordingReporter reporter_;
};

// How long it takes is measured by tools/bench; here, that no module waits for another.
TEST_F(VirtualBenchTest, ChecksSixteenModulesAtOnce) {
  constexpr auto late = 500ms;
  StationThread served{{.modules = 16}};
  for (int module = 0; module < 16; ++module) {
    served.station().inject(module, {.fault = LinkFault::Late, .times = 1, .delay = late});
  }
  const auto start = clock_.now().boot;

  EXPECT_EQ(check(served.station()), TaskExit::Done);

  EXPECT_LT(clock_.now().boot - start, 16 * late);
  EXPECT_THAT(reporter_.all<MeasurementReport>(), SizeIs(64));
}

TEST_F(VirtualBenchTest, TellsADeadARepairedAndAHopelessModuleFromTheHealthyOnes) {
  const StationThread served{{.modules = 16,
                              .special = {{3, {.listens = false}},
                                          {5, {.fpga_configured = false}},
                                          {7, {.fpga_version = 271, .fpga_loads = false}}}}};
  const auto serial = [&](std::size_t number) {
    return served.station().identities()[number].serial;
  };

  EXPECT_EQ(check(served.station()), TaskExit::Done);

  const auto dead = reporter_.all<ModuleReport>();
  ASSERT_THAT(dead, SizeIs(1));
  EXPECT_EQ(dead[0].module, serial(3));
  const auto failed = reporter_.all<VerdictReport>();
  ASSERT_THAT(failed, SizeIs(1));
  EXPECT_EQ(failed[0].module, serial(7));
  int passed = 0;
  for (const auto& report : reporter_.all<MeasurementReport>()) {
    passed += judge(report.measurement) == Verdict::Passed ? 1 : 0;
  }
  EXPECT_EQ(passed, 14);
}

TEST_F(VirtualBenchTest, FindsTheVoltageForAGainOf1e7OverTheWire) {
  const StationThread served{{.modules = 2, .speed = 1000}};
  const TempFolder folder;
  auto modules = modules_of(served.station());
  for (auto& module : modules) {
    module.file = folder.path() / (module.entry.serial + ".json");
    std::ofstream{module.file} << R"({"LowerPmt": {}, "UpperPmt": {}})";
  }

  EXPECT_EQ(run_task("measure_gain",
                     {.bench = bench_,
                      .clock = clock_,
                      .reporter = reporter_,
                      .pause = [](Microseconds) {},  // the station's time runs fast enough
                      .backups = {},
                      .journal = {},
                      .run_file = {},
                      .folder = folder.path(),
                      .modules = modules,
                      .arguments = {{"events", "500"}, {"hv_after", "off"}}}),
            TaskExit::Done);

  int found = 0;
  for (const auto& report : reporter_.all<MeasurementReport>()) {
    const auto& one = report.measurement;
    const auto& module =
        *std::ranges::find(served.station().identities(), one.module, &ModuleIdentity::serial);
    const auto& truth = one.channel == "lower" ? module.lower : module.upper;
    if (one.name == "hv_for_1e7_gain") {
      EXPECT_NEAR(one.value, truth.hv_for_1e7_gain, 0.01 * truth.hv_for_1e7_gain);
      ++found;
    }
  }
  EXPECT_EQ(found, 4);
}

TEST_F(VirtualBenchTest, ProbesAllModulesAndSaysWhatToTry) {
  const StationThread served{{.modules = 3, .special = {{1, {.listens = false}}}}};
  std::vector<ModuleEntry> entries;
  for (const auto& module : modules_of(served.station())) {
    entries.push_back(module.entry);
  }
  entries[2].port = 0;

  const auto results = probe_modules(entries, bench_);

  ASSERT_THAT(results, SizeIs(3));
  EXPECT_TRUE(results[0].answers);
  EXPECT_THAT(results[0].why, IsEmpty());
  EXPECT_FALSE(results[1].answers);
  EXPECT_THAT(results[1].why, HasSubstr("Connection refused"));
  EXPECT_THAT(results[1].what_to_try, HasSubstr("start the module server"));
  EXPECT_THAT(results[2].what_to_try, HasSubstr("Port"));
}

}  // namespace
}  // namespace fat
