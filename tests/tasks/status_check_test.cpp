// status_check without a wire: what is said about which module, and how the step ends.
#include <gmock/gmock.h>

#include "devices/boot_clock.hpp"
#include "fat/tasks/catalog.hpp"
#include "tasks/fake_bench.hpp"

namespace fat {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::Field;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class StatusCheckTest : public ::testing::Test {
 protected:
  TaskExit check(const std::vector<std::string>& serials,
                 std::map<std::string, std::string> arguments = {}) {
    std::vector<TaskModule> modules;
    modules.reserve(serials.size());
    for (const auto& serial : serials) {
      modules.push_back({.entry = {.serial = serial, .path = {}, .port = 1, .host = {}},
                         .fpga_version = 272,
                         .file = {},
                         .place = 0,
                         .pmts = {}});
    }
    arguments.try_emplace("reboot", "false");
    return run_task("status_check",
                    {.bench = bench_,
                     .clock = clock_,
                     .reporter = reporter_,
                     .probe = probe_,
                     .backups = {},
                     .journal = {},
                     .run_file = {},
                     .folder = {},
                     .modules = modules,
                     .arguments = std::move(arguments)});
  }

  FakeBench bench_;
  AskModule probe_;
  BootClock clock_;
  RecordingReporter reporter_;
};

TEST_F(StatusCheckTest, MeasuresFourValuesOfAHealthyModule) {
  bench_.modules["one"] = {};

  EXPECT_EQ(check({"one"}), TaskExit::Done);

  std::vector<std::string> names;
  for (const auto& report : reporter_.all<MeasurementReport>()) {
    names.push_back(report.measurement.name);
  }
  EXPECT_THAT(names, ElementsAre("fpga_version", "temperature", "hv0", "hv1"));
  EXPECT_EQ(reporter_.all<ProgressReport>().back().fraction, 1);
}

TEST_F(StatusCheckTest, RepairsAnFpgaAndCallsTheModuleGood) {
  bench_.modules["one"] = {.opening = {}, .reading = {}, .fpga_version = kFpgaNotConfigured};

  EXPECT_EQ(check({"one"}), TaskExit::Done);

  const auto measurements = reporter_.all<MeasurementReport>();
  ASSERT_THAT(measurements, SizeIs(4));
  EXPECT_EQ(judge(measurements[0].measurement), Verdict::Passed);
  EXPECT_THAT(reporter_.all<VerdictReport>(), IsEmpty());
}

TEST_F(StatusCheckTest, FailsAModuleWhoseFpgaStaysWrongAfterThreeTries) {
  bench_.modules["one"] = {.opening = {}, .reading = {}, .fpga_version = 271, .loads = 271};

  EXPECT_EQ(check({"one"}), TaskExit::Done);

  const auto verdicts = reporter_.all<VerdictReport>();
  ASSERT_THAT(verdicts, SizeIs(1));
  EXPECT_EQ(verdicts[0].verdict, Verdict::Failed);
  EXPECT_EQ(verdicts[0].reason, "FPGA version 271, should be 272");
  int loads = 0;
  for (const auto& message : reporter_.all<MessageReport>()) {
    loads += message.text.find("loading") != std::string::npos ? 1 : 0;
  }
  EXPECT_EQ(loads, 3);
}

TEST_F(StatusCheckTest, SaysWhichModuleDoesNotAnswerAndGoesOn) {
  bench_.modules["one"] = {};

  EXPECT_EQ(check({"one", "two"}), TaskExit::Done);

  const auto states = reporter_.all<ModuleReport>();
  ASSERT_THAT(states, SizeIs(1));
  EXPECT_EQ(states[0].module, "two");
  EXPECT_EQ(states[0].state, "unresponsive");
}

TEST_F(StatusCheckTest, CallsAModuleThatAnswersBadlyInconclusiveAndNotUnresponsive) {
  bench_.modules["one"] = {.opening = {}, .reading = DeviceFault::Garbled};

  EXPECT_EQ(check({"one"}), TaskExit::Done);

  EXPECT_THAT(reporter_.all<ModuleReport>(), IsEmpty());
  EXPECT_THAT(reporter_.all<VerdictReport>(),
              ElementsAre(Field(&VerdictReport::verdict, Verdict::Inconclusive)));
}

TEST_F(StatusCheckTest, DidNotDoItsJobWhenNotASingleModuleAnswers) {
  EXPECT_EQ(check({"one", "two"}), TaskExit::Errored);

  EXPECT_THAT(reporter_.all<MessageReport>(),
              Contains(Field(&MessageReport::text, HasSubstr("none of the 2 modules answers"))));
}

TEST_F(StatusCheckTest, ChecksMoreModulesThanItHasThreads) {
  std::vector<std::string> serials;
  for (int i = 0; i < 100; ++i) {
    serials.push_back("module " + std::to_string(i));
    bench_.modules[serials.back()] = {};
  }

  EXPECT_EQ(check(serials), TaskExit::Done);

  EXPECT_THAT(reporter_.all<MeasurementReport>(), SizeIs(400));
}

TEST_F(StatusCheckTest, AsksByTheStationsCommandWhereThereIsOne) {
  probe_ = [](const ModuleEntry& module) -> std::string {
    if (module.serial == "two") {
      throw DeviceError{DeviceFault::Closed, module.serial, "no light"};
    }
    return "";
  };

  EXPECT_EQ(check({"one", "two"}), TaskExit::Done);

  const auto measurements = reporter_.all<MeasurementReport>();
  ASSERT_THAT(measurements, SizeIs(1));
  EXPECT_EQ(measurements[0].measurement.module, "one");
  EXPECT_EQ(measurements[0].measurement.name, "answers");
  EXPECT_EQ(judge(measurements[0].measurement), Verdict::Passed);
  const auto silent = reporter_.all<ModuleReport>();
  ASSERT_THAT(silent, SizeIs(1));
  EXPECT_EQ(silent[0].module, "two");
  EXPECT_THAT(silent[0].reason, HasSubstr("no light"));
}

TEST_F(StatusCheckTest, ErrsWhenTheCommandReachesNobody) {
  probe_ = [](const ModuleEntry& module) -> std::string {
    throw DeviceError{DeviceFault::Timeout, module.serial, "nothing"};
  };

  EXPECT_EQ(check({"one", "two"}), TaskExit::Errored);
}

}  // namespace
}  // namespace fat
