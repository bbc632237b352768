// Dark rates and the check of gains without a wire.
#include "tasks/task_bench.hpp"

namespace fat {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class MeasureScaler : public TaskOnFakePmts {
 protected:
  TaskExit measure(std::map<std::string, std::string> arguments = {}) {
    arguments.try_emplace("readings", "300");
    return perform("measure_scaler", arguments);
  }

  void freeze(double celsius) {
    instruments_.box = [celsius] {
      return std::vector<ThermometerReading>{{1, celsius, 4}, {2, celsius - 1, 4}};
    };
  }

  Limits limits_of_rate() const {
    return reporter_.all<MeasurementReport>().at(0).measurement.limits;
  }
};

TEST_F(MeasureScaler, CountsBothPmtsWithinTheirStatisticalError) {
  add_module("one");
  pmt("one", 1).rate = 2100;

  EXPECT_EQ(measure(), TaskExit::Done);

  EXPECT_NEAR(value_of("one", "lower", "dark_rate"), 900, 5 * std::sqrt(900 / 30.0));
  EXPECT_NEAR(value_of("one", "upper", "dark_rate"), 2100, 5 * std::sqrt(2100 / 30.0));
  EXPECT_FALSE(instruments_.laser_on);
  EXPECT_FALSE(pmt("one", 0).on);
}

TEST_F(MeasureScaler, JudgesByTheGoalpostOfItsTemperature) {
  add_module("one");

  measure();
  EXPECT_EQ(limits_of_rate().max, std::nullopt);

  for (const auto& [celsius, goal] : {std::pair{-40.0, 2600}, std::pair{-10.0, 3000}}) {
    reporter_.clear();
    freeze(celsius);
    measure();
    EXPECT_EQ(limits_of_rate().max, goal) << celsius;
  }
}

TEST_F(MeasureScaler, PutsTheThresholdAQuarterPhotoElectronOverTheBaseline) {
  add_module("one");

  measure();

  // The last word is that of the end; what was armed before is what counts.
  EXPECT_EQ(pmt("one", 1).threshold, 8000 + 12);  // 3.6 mV / 4 / 0.075 mV
}

TEST_F(MeasureScaler, TriggersBehindTheFirFilterWhenAsked) {
  add_module("one");

  EXPECT_EQ(measure({{"use_fir", "true"}}), TaskExit::Done);

  EXPECT_EQ(pmt("one", 0).source, TriggerSource::Fir);
  EXPECT_EQ(pmt("one", 0).threshold, 12 * 2 * 16);  // as the original: int(2 thr) * 16
  EXPECT_NEAR(value_of("one", "lower", "dark_rate"), 900, 30);
  EXPECT_EQ(module_json().at("LowerPmt").at("DarkrateScalerMeasurement_00").at("use_fir"), true);
}

TEST_F(MeasureScaler, WritesTheModuleJsonAsTheOriginalDid) {
  add_module("one");
  freeze(-40);

  measure({{"comment", "cold"}});

  const auto entry = module_json().at("UpperPmt").at("DarkrateScalerMeasurement_00");
  EXPECT_EQ(entry.at("Comment"), "cold");
  EXPECT_EQ(entry.at("use_fir"), false);
  EXPECT_EQ(entry.at("BaselineFilename"), "AltMethod");
  EXPECT_EQ(entry.at("DEggSurfaceTemp"), -40);
  EXPECT_EQ(entry.at("BoxSurfaceTemp"), -41);
  EXPECT_NEAR(entry.at("Baseline").get<double>(), 8000, 1);
}

TEST_F(MeasureScaler, MeasuresNothingWhenNobodyCanTellThatTheLaserIsOff) {
  add_module("one");
  instruments_.generator_fault = DeviceFault::Timeout;

  EXPECT_THAT(failure_of("measure_scaler"), HasSubstr("does not answer"));

  EXPECT_THAT(reporter_.all<MeasurementReport>(), IsEmpty());
  EXPECT_FALSE(pmt("one", 0).on);
}

TEST_F(MeasureScaler, GoesOnWithTheOtherPmtWhenOneDoesNotComeUp) {
  add_module("one");
  pmt("one", 0).stuck = true;
  modules_[0].pmts[1].electron_height = 0.0035;

  EXPECT_EQ(measure(), TaskExit::Done);

  EXPECT_THAT(verdicts(), HasSubstr("lower: one lower: the high voltage reads back as 0 V"));
  EXPECT_NEAR(value_of("one", "upper", "dark_rate"), 900, 30);
}

TEST_F(MeasureScaler, NeedsAGainThatWasMeasured) {
  add_module("one");
  modules_[0].pmts[0].nominal_voltage.reset();
  modules_[0].pmts[1].electron_height.reset();

  measure();

  EXPECT_THAT(verdicts(), HasSubstr("lower: the module JSON has no HV1e7Gain"));
  EXPECT_THAT(verdicts(), HasSubstr("upper: a single photo-electron of 0.00 mV"));
  EXPECT_THAT(reporter_.all<MeasurementReport>(), IsEmpty());
}

TEST_F(MeasureScaler, DoesNotCallLightADarkRate) {
  add_module("one");
  pmt("one", 0).rate = 120'000;

  measure();

  EXPECT_THAT(verdicts(), HasSubstr("is there light"));
  EXPECT_THAT(reporter_.all<MeasurementReport>(), SizeIs(1));
}

class ValidateGain : public TaskOnFakePmts {};

TEST_F(ValidateGain, IsDoneWhenEveryPmtHasItsVoltage) {
  add_module("one");

  EXPECT_EQ(perform("validate_gain"), TaskExit::Done);

  EXPECT_EQ(value_of("one", "upper", "hv_for_1e7_gain"), 1480.5);
}

TEST_F(ValidateGain, AsksUntilSomebodyHasWrittenWhatIsMissing) {
  add_module("one");
  modules_[0].pmts[1].nominal_voltage.reset();
  int asked = 0;
  ask_ = [&](const std::string& text) {
    EXPECT_THAT(text, HasSubstr("one upper"));
    ++asked;
    auto json = module_json();
    json["UpperPmt"]["HV1e7Gain"] = asked == 1 ? -1 : 1444;
    std::ofstream{modules_[0].file} << json;
    return true;
  };

  EXPECT_EQ(perform("validate_gain"), TaskExit::Done);

  EXPECT_EQ(asked, 2);
  EXPECT_EQ(value_of("one", "upper", "hv_for_1e7_gain"), 1444);
}

TEST_F(ValidateGain, StopsOnANo) {
  add_module("one");
  modules_[0].pmts[0].nominal_voltage = 900;

  EXPECT_EQ(perform("validate_gain"), TaskExit::Errored);

  EXPECT_THAT(messages(), HasSubstr("one lower (900 V)"));
}

}  // namespace
}  // namespace fat
