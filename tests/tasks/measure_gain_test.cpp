// Gain scans without a wire: what is found, written, reported, and where the high voltage ends.
#include "tasks/task_bench.hpp"

namespace fat {
namespace {

using ::testing::Contains;
using ::testing::Field;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class MeasureGain : public TaskOnFakePmts {
 protected:
  TaskExit measure(std::map<std::string, std::string> arguments = {}) {
    arguments.try_emplace("events", "400");
    return perform("measure_gain", arguments);
  }
};

TEST_F(MeasureGain, FindsTheVoltageOfEachPmtWithinOnePercent) {
  add_module("one");
  pmt("one", 0).nominal = 1390;
  pmt("one", 1).nominal = 1622;
  pmt("one", 1).exponent = 7.4;

  EXPECT_EQ(measure(), TaskExit::Done);

  EXPECT_NEAR(value_of("one", "lower", "hv_for_1e7_gain"), 1390, 13.9);
  EXPECT_NEAR(value_of("one", "upper", "hv_for_1e7_gain"), 1622, 16.2);
  EXPECT_NEAR(value_of("one", "upper", "gain_exponent"), 7.4, 0.5);
  EXPECT_NEAR(value_of("one", "lower", "spe_peak_height"), 0.0035, 0.0003);
  EXPECT_LT(value_of("one", "lower", "hv_deviation"), 1);
  EXPECT_THAT(verdicts(), IsEmpty());
}

TEST_F(MeasureGain, WritesTheModuleJsonAsTheOriginalDid) {
  add_module("one");

  measure({{"comment", "room temp"}});
  measure();

  const auto pmt = module_json().at("LowerPmt");
  const auto& entry = pmt.at("GainMeasurement_00");
  EXPECT_EQ(entry.at("Folder"), folder_.path().string());
  EXPECT_EQ(entry.at("Comment"), "room temp");
  EXPECT_EQ(entry.at("mode"), "scan");
  EXPECT_EQ(entry.at("config"), "waveform");
  EXPECT_NEAR(entry.at("Baseline").get<double>(), 8000, 1);
  EXPECT_NEAR(entry.at("GainFitExp").get<double>(), 6.8, 0.5);
  EXPECT_TRUE(entry.at("GainFitNorm").is_number_float());
  EXPECT_NEAR(pmt.at("HV1e7Gain").get<double>(), 1500, 15);
  EXPECT_TRUE(pmt.contains("GainMeasurement_01"));
  EXPECT_EQ(module_json().begin().key(), "DEggSerialNumber");
}

TEST_F(MeasureGain, LeavesTheHighVoltageAsItFoundIt) {
  add_module("one");
  auto& upper = pmt("one", 1);
  upper.on = true;
  upper.from = upper.target = 1300;

  measure();

  EXPECT_FALSE(pmt("one", 0).on);
  EXPECT_NEAR(bench_.volts("one", 0), 0, 50);
  EXPECT_TRUE(upper.on);
  EXPECT_NEAR(bench_.volts("one", 1), 1300, 20);
}

TEST_F(MeasureGain, LeavesTheHighVoltageOnAtTheVoltageItFoundWhenAsked) {
  add_module("one");
  pmt("one", 0).nominal = 1390;

  measure({{"hv_after", "on"}});

  EXPECT_NEAR(bench_.volts("one", 0), 1390, 20);
}

TEST_F(MeasureGain, SwitchesTheHighVoltageOffAgainWhenAModuleFailsInTheMiddle) {
  add_module("one");
  int streams = 0;
  bench_.modules.at("one").before_word = [&](const std::string& word) {
    if (word == "stream" && ++streams == 4) {
      throw DeviceError{DeviceFault::Timeout, "one", "no prompt within 2 s"};
    }
  };
  add_module("two");

  EXPECT_EQ(measure(), TaskExit::Done);

  EXPECT_FALSE(pmt("one", 0).on);
  EXPECT_NEAR(bench_.volts("one", 0), 0, 50);
  const auto states = reporter_.all<ModuleReport>();
  ASSERT_THAT(states, SizeIs(1));
  EXPECT_EQ(states[0].module, "one");
  EXPECT_NEAR(value_of("two", "upper", "hv_for_1e7_gain"), 1500, 15);
  EXPECT_FALSE(module_json().at("LowerPmt").contains("GainMeasurement_00"));
}

TEST_F(MeasureGain, SaysAsCriticalWhenTheHighVoltageMayStillBeOn) {
  add_module("one");
  bool dead = false;
  bench_.modules.at("one").before_word = [&](const std::string& word) {
    dead = dead || word == "stream";
    if (dead) {
      throw DeviceError{DeviceFault::Closed, "one", "hung up"};
    }
  };

  EXPECT_EQ(measure(), TaskExit::Errored);

  EXPECT_THAT(reporter_.all<MessageReport>(),
              Contains(AllOf(Field(&MessageReport::level, "critical"),
                             Field(&MessageReport::text, HasSubstr("may be on")))));
}

TEST_F(MeasureGain, CallsAPmtWhoseHighVoltageIsStuckInconclusive) {
  add_module("one");
  pmt("one", 0).stuck = true;

  measure();

  EXPECT_THAT(verdicts(),
              HasSubstr("one inconclusive: one lower: the high voltage reads back as 0 V"));
}

TEST_F(MeasureGain, TriesHigherVoltagesOfADarkPmtAndThenSaysSo) {
  add_module("one");
  pmt("one", 0).rate = 20;

  measure();

  EXPECT_THAT(verdicts(), HasSubstr("lower: fewer pulses than 200 Hz even at 2000 V"));
  EXPECT_NEAR(value_of("one", "upper", "hv_for_1e7_gain"), 1500, 15);
}

TEST_F(MeasureGain, KeepsTheOldVoltageWhenTheCurveIsNotThatOfAPmt) {
  add_module("one");
  pmt("one", 0).exponent = 3;

  measure();

  EXPECT_THAT(verdicts(), HasSubstr("is not between 5 and 8; HV1e7Gain stays as it was"));
  EXPECT_EQ(module_json().at("LowerPmt").at("HV1e7Gain"), 1480.5);
  EXPECT_TRUE(module_json().at("LowerPmt").contains("GainMeasurement_00"));
}

TEST_F(MeasureGain, WritesRawDataWithUnitsAndPictures) {
  add_module("one");

  measure();

  std::ifstream table{folder_.path() / "one_lower_gain.csv"};
  std::string header;
  std::getline(table, header);
  EXPECT_THAT(header, HasSubstr("set [V],read_back [V],gain,"));
  std::ifstream charges{folder_.path() / "one_upper_charges_1480V.csv"};
  std::getline(charges, header);
  EXPECT_EQ(header, "charge [pC]");
  int lines = 0;
  for (std::string line; std::getline(charges, line);) {
    ++lines;
  }
  EXPECT_EQ(lines, 400);
  EXPECT_THAT(reporter_.all<ArtifactReport>(),
              Contains(AllOf(Field(&ArtifactReport::file, "one_lower_gain.svg"),
                             Field(&ArtifactReport::mime, "image/svg+xml"))));
}

TEST_F(MeasureGain, RefusesWordsItDoesNotKnow) {
  add_module("one");

  EXPECT_THAT(failure_of("measure_gain", {{"hv_after", "perhaps"}}), HasSubstr("not 'perhaps'"));
  EXPECT_THAT(failure_of("measure_gain", {{"events", "5"}}), HasSubstr("between 100 and"));
}

TEST_F(MeasureGain, LeavesADamagedModuleJsonAsItIs) {
  add_module("one");
  std::ofstream{modules_[0].file} << "{";

  EXPECT_THAT(failure_of("measure_gain", {{"events", "400"}}), HasSubstr("is not a JSON object"));

  EXPECT_FALSE(pmt("one", 0).on);
}

}  // namespace
}  // namespace fat
