// Setting a bench up: by fakes, and over the wire.
#include <chrono>

#include "devices/boot_clock.hpp"
#include "fat/devices/iceboot_bench.hpp"
#include "fat/devices/station_instruments.hpp"
#include "fat/sim/station_thread.hpp"
#include "tasks/task_bench.hpp"

namespace fat {
namespace {

using ::testing::HasSubstr;
using ::testing::SizeIs;

class Setup : public TaskOnFakePmts {};

TEST_F(Setup, SwitchesOnWhatIsThereAndSaysHowMuch) {
  add_module("one");
  add_module("two");
  modules_[1].place = 5;

  EXPECT_EQ(perform("setup"), TaskExit::Done);

  EXPECT_THAT(messages(), HasSubstr("2 of 2 module servers answer"));
  EXPECT_EQ(instruments_.switched_on, (std::set<std::string>{"field_hub0 0", "field_hub1 1"}));
  EXPECT_EQ(value_of("two", "", "hv_interlock"), 1);
}

TEST_F(Setup, NamesTheModuleServerThatDoesNotAnswerAndDoesTheOthers) {
  add_module("one");
  add_module("two");
  modules_[1].place = 4;
  instruments_.silent_hub = "field_hub0";

  EXPECT_EQ(perform("setup"), TaskExit::Errored);

  EXPECT_THAT(messages(), HasSubstr("module server field_hub0 is not ready"));
  EXPECT_THAT(messages(), HasSubstr("1 of 2 module servers answer"));
  EXPECT_EQ(instruments_.switched_on, (std::set<std::string>{"field_hub1 0"}));
}

TEST_F(Setup, FailsAModuleWhoseInterlockIsNotSet) {
  add_module("one");
  bench_.modules.at("one").interlocks.lid = false;

  perform("setup");

  const auto reports = reporter_.all<MeasurementReport>();
  ASSERT_THAT(reports, SizeIs(4));
  EXPECT_EQ(judge(reports[3].measurement), Verdict::Failed);
}

TEST_F(Setup, WaitsForAModuleThatBoots) {
  add_module("one");
  bench_.modules.at("one").opens_at = clock_.now().boot + std::chrono::seconds{20};
  add_module("two");
  bench_.modules.at("two").opens_at = clock_.now().boot + std::chrono::hours{1};

  EXPECT_EQ(perform("setup"), TaskExit::Done);

  const auto silent = reporter_.all<ModuleReport>();
  ASSERT_THAT(silent, SizeIs(1));
  EXPECT_EQ(silent[0].module, "two");
  EXPECT_EQ(value_of("one", "", "hv_interlock"), 1);
}

TEST(SetupOverTheWire, ReachesEveryModuleOfTwoWirePairs) {
  const StationThread served{{.modules = 5, .speed = 100}};
  const BootClock clock;
  const IcebootBench bench{clock};
  const StationInstruments instruments{clock, served.station().instruments(), {}};
  RecordingReporter reporter;
  std::vector<TaskModule> modules;
  for (int place = 0; place < 5; ++place) {
    const auto number = static_cast<std::size_t>(place);
    modules.push_back({.entry = {.serial = served.station().identities()[number].serial,
                                 .path = {},
                                 .port = served.station().ports()[number],
                                 .host = "localhost"},
                       .fpga_version = 272,
                       .file = {},
                       .place = place,
                       .pmts = {}});
  }

  EXPECT_EQ(run_task("setup",
                     {.bench = bench,
                      .clock = clock,
                      .reporter = reporter,
                      .instruments = &instruments,
                      .pause = [](Microseconds) {},
                      .ask = {},
                      .backups = {},
                      .journal = {},
                      .run_file = {},
                      .folder = {},
                      .modules = modules,
                      .arguments = {{"field_hub", "field_hub"}, {"boot", "60 s"}}}),
            TaskExit::Done);

  EXPECT_THAT(reporter.all<MeasurementReport>(), SizeIs(20));
  for (const auto& report : reporter.all<MeasurementReport>()) {
    EXPECT_EQ(judge(report.measurement), Verdict::Passed) << report.measurement.name;
  }
}

}  // namespace
}  // namespace fat
