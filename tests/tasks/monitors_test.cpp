// Tasks that watch modules over a campaign: what they read, write, judge, and how they leave the
// high voltage.
#include "tasks/task_bench.hpp"

namespace fat {
namespace {

using ::testing::Contains;
using ::testing::Field;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class Monitors : public TaskOnFakePmts {
 protected:
  const std::map<std::string, std::string> quick_{{"events", "400"},
                                                  {"check_events", "400"},
                                                  {"readings", "100"},
                                                  {"stamps", "400"},
                                                  {"hv_after", "on"}};

  TaskExit watch(const std::string& task, std::map<std::string, std::string> arguments = {}) {
    for (const auto& [name, value] : quick_) {
      if (name != "events" || task != "constant_monitor") {
        arguments.try_emplace(name, value);
      }
    }
    return perform(task, arguments);
  }

  TaskExit measure_spe() { return perform("measure_spe", {{"events", "2000"}}); }

  Verdict judged(const std::string& name, const std::string& channel = {}) {
    for (const auto& report : reporter_.all<MeasurementReport>()) {
      if (report.measurement.name == name && report.measurement.channel == channel) {
        return judge(report.measurement).value_or(Verdict::NotRun);
      }
    }
    return Verdict::NotRun;
  }

  std::string level_of(const std::string& part) {
    for (const auto& one : reporter_.all<MessageReport>()) {
      if (one.text.find(part) != std::string::npos) {
        return one.level;
      }
    }
    return "not said";
  }
};

TEST_F(Monitors, SpeFindsThePhotoElectronAndTheTimeBetweenPulses) {
  add_module("one");
  pmt("one", 0).nominal = pmt("one", 1).nominal = 1480.5;
  pmt("one", 1).rate = 2000;

  EXPECT_EQ(measure_spe(), TaskExit::Done);

  EXPECT_NEAR(value_of("one", "lower", "spe_peak_charge"), 1.602, 0.05);
  EXPECT_NEAR(value_of("one", "upper", "pulse_interval"), 0.5, 0.05);
  EXPECT_EQ(pmt("one", 0).threshold, 8000 + 12);
  EXPECT_FALSE(instruments_.laser_on);
  EXPECT_FALSE(pmt("one", 0).on);
  const auto entry = module_json().at("UpperPmt").at("DeltaTMeasurement_00");
  EXPECT_EQ(entry.at("use_fir"), false);
  EXPECT_EQ(entry.at("DEggSurfaceTemp"), 20.5);
  EXPECT_NEAR(entry.at("Baseline").get<double>(), 8000, 1);
  std::ifstream table{folder_.path() / "one_upper_stamps.csv"};
  std::string header;
  std::getline(table, header);
  EXPECT_EQ(header, "time [s],charge [pC]");
}

TEST_F(Monitors, SpeOfAPmtThatIsNotAtItsVoltageIsToBeLookedAt) {
  add_module("one");
  pmt("one", 0).nominal = 1580;  // its gain has fallen by a third

  measure_spe();

  EXPECT_EQ(judged("spe_peak_charge", "lower"), Verdict::Marginal);
}

TEST_F(Monitors, SpeAsksForABlockAgainThatDidNotCome) {
  add_module("one");
  int blocks = 0;
  bench_.modules.at("one").before_word = [&](const std::string& word) {
    if (word == "charges" && ++blocks == 2) {
      throw DeviceError{DeviceFault::Timeout, "one", "no block"};
    }
  };

  EXPECT_EQ(measure_spe(), TaskExit::Done);

  EXPECT_GT(value_of("one", "lower", "spe_peak_charge"), 1);
}

TEST_F(Monitors, SpeEndsWhenNoPulsesCome) {
  add_module("one");
  bench_.modules.at("one").before_word = [&](const std::string& word) {
    if (word == "charges") {
      throw DeviceError{DeviceFault::Timeout, "one", "no block"};
    }
  };

  EXPECT_EQ(measure_spe(), TaskExit::Done);

  EXPECT_THAT(verdicts(), HasSubstr("lower: 0 of 2000 pulses came"));
  EXPECT_FALSE(module_json().at("LowerPmt").contains("DeltaTMeasurement_00"));
  EXPECT_NEAR(bench_.volts("one", 0), 0, 50);
}

TEST_F(Monitors, OnlineReadsEveryCurrentAndBothVoltages) {
  add_module("one");

  EXPECT_EQ(perform("online_mon", {{"comment", "bolt"}}), TaskExit::Done);

  EXPECT_EQ(value_of("one", "", "current_3v3"), 100);
  EXPECT_NEAR(value_of("one", "", "power"), 5 * 100 * 100 / 1e3, 1e-9);
  EXPECT_NEAR(value_of("one", "lower", "hv"), 1480, 1);
  EXPECT_EQ(value_of("one", "upper", "hv_spread"), 0);
  EXPECT_NEAR(value_of("one", "upper", "baseline"), 8000, 1);
  EXPECT_EQ(value_of("one", "", "pressure"), 502);
  const auto entry = module_json().at("OnlineMon_00");
  EXPECT_EQ(entry.at("Comment"), "bolt");
  EXPECT_EQ(entry.at("HVStatus"), "on");
  EXPECT_EQ(entry.at("IMONResult"), 1);
  EXPECT_EQ(entry.at("HV0Result"), 1);
  EXPECT_EQ(pmt("one", 0).source, TriggerSource::Fir);
  EXPECT_EQ(level_of("one: currents good"), "info");
  EXPECT_FALSE(pmt("one", 0).on);
}

TEST_F(Monitors, OnlineJudgesAllFiveCurrentsNotTheFirstOneOnly) {
  add_module("one");
  bench_.modules.at("one").slow_adc[SlowAdcChannel::Current3V3] = 301;

  perform("online_mon");

  EXPECT_EQ(judged("current_3v3"), Verdict::Failed);
  EXPECT_EQ(judged("current_1v1"), Verdict::Passed);
  EXPECT_EQ(module_json().at("OnlineMon_00").at("IMONResult"), 0);
  EXPECT_EQ(level_of("currents OUT OF LIMITS"), "warning");
}

TEST_F(Monitors, OnlineLeavesAHighVoltageAloneThatShouldBeOff) {
  add_module("one");
  auto& upper = pmt("one", 1);
  upper.on = true;
  upper.from = upper.target = 1300;

  perform("online_mon", {{"hv_status", "off"}});

  EXPECT_NEAR(bench_.volts("one", 1), 1300, 1);
  EXPECT_EQ(judged("hv", "upper"), Verdict::Failed);
  EXPECT_EQ(judged("hv", "lower"), Verdict::Passed);
  EXPECT_EQ(module_json().at("OnlineMon_00").at("HV1Result"), 0);
  EXPECT_THAT(failure_of("online_mon", {{"hv_status", "up"}}), HasSubstr("not 'up'"));
}

TEST_F(Monitors, OnlineSaysOfAStuckVoltageThatItIsNotGood) {
  add_module("one");
  pmt("one", 0).stuck = true;

  EXPECT_EQ(perform("online_mon", {{"hv_status", "moving"}}), TaskExit::Done);

  EXPECT_EQ(module_json().at("OnlineMon_00").at("HV0Result"), 0);
  EXPECT_EQ(module_json().at("OnlineMon_00").at("HV1Result"), 1);
  EXPECT_THAT(verdicts(), HasSubstr("lower: one lower: the high voltage reads back as 0 V"));
  EXPECT_EQ(value_of("one", "", "temperature"), 21.5);
}

TEST_F(Monitors, SlowFindsTheVoltageOfTodayAndKeepsThatOfTheRecord) {
  add_module("one");
  pmt("one", 0).nominal = 1540;

  EXPECT_EQ(watch("slowmon"), TaskExit::Done);

  EXPECT_NEAR(value_of("one", "lower", "hv_for_1e7_gain"), 1540, 16);
  EXPECT_NEAR(value_of("one", "lower", "spe_peak_charge"), 1.602, 0.1);
  EXPECT_NEAR(value_of("one", "upper", "dark_rate"), 900, 60);
  EXPECT_EQ(module_json().at("LowerPmt").at("HV1e7Gain"), 1480.5);
  EXPECT_NEAR(bench_.volts("one", 0), 1480, 20);  // where it was asked to be left
  const auto entry = module_json().at("LowerPmt").at("DarkrateTemperature_00");
  EXPECT_EQ(entry.at("Pressure"), 502);
  EXPECT_EQ(entry.at("UseFir"), false);
  EXPECT_EQ(entry.at("hvOn"), false);
  EXPECT_GT(entry.at("tActive").get<double>(), 10);
}

TEST_F(Monitors, SlowGoesOnWithTheOtherPmtWhenOneIsDark) {
  add_module("one");
  pmt("one", 0).rate = 10;

  EXPECT_EQ(watch("slowmon"), TaskExit::Done);

  EXPECT_THAT(verdicts(), HasSubstr("lower: fewer pulses than 200 Hz even at"));
  EXPECT_TRUE(std::isnan(value_of("one", "lower", "dark_rate")));
  EXPECT_NEAR(value_of("one", "upper", "dark_rate"), 900, 60);
}

TEST_F(Monitors, SlowMeasuresNothingWhenNobodyCanTellThatTheLaserIsOff) {
  add_module("one");
  instruments_.generator_fault = DeviceFault::Timeout;

  for (const char* task : {"slowmon", "constant_monitor", "online_mon", "measure_spe"}) {
    EXPECT_THAT(failure_of(task), HasSubstr("does not answer"));
  }

  EXPECT_THAT(reporter_.all<MeasurementReport>(), IsEmpty());
  EXPECT_FALSE(pmt("one", 0).on);
}

TEST_F(Monitors, ConstantRunsAsOftenAsItIsToldAndNotOnceMore) {
  add_module("one");
  pmt("one", 0).nominal = pmt("one", 1).nominal = 1480.5;

  EXPECT_EQ(watch("constant_monitor", {{"max_i", "2"}}), TaskExit::Done);

  const auto entry = module_json().at("UpperPmt").at("AdvancedMonitoring_00");
  EXPECT_EQ(entry.at("MaxIter"), 2);
  EXPECT_EQ(entry.at("ResetHV"), "Yes");
  EXPECT_EQ(entry.at("Pressure1"), 502);
  EXPECT_NEAR(entry.at("HVReadBack0").get<double>(), 1480, 1);
  EXPECT_FALSE(entry.contains("Pressure2"));
  EXPECT_NEAR(value_of("one", "upper", "spe_peak_charge"), 1.602, 0.1);
  EXPECT_LT(value_of("one", "upper", "spe_peak_spread"), 0.1);
  EXPECT_EQ(value_of("one", "upper", "high_dark_rates"), 0);
}

TEST_F(Monitors, ConstantSaysWhenTheHighVoltageWasNotOnUnlessToldNotTo) {
  add_module("one");

  watch("constant_monitor", {{"hv_after", "as_before"}});
  EXPECT_EQ(level_of("one upper: the high voltage was at 0 V"), "warning");

  reporter_.clear();
  watch("constant_monitor", {{"ignoreWarn", "true"}});
  EXPECT_EQ(level_of("the high voltage was at"), "not said");

  reporter_.clear();
  watch("constant_monitor");  // by now it is on
  EXPECT_EQ(level_of("the high voltage was at"), "not said");
  EXPECT_EQ(module_json().at("UpperPmt").at("AdvancedMonitoring_02").at("ResetHV"), "No");
}

TEST_F(Monitors, ConstantCountsHighDarkRatesAndSpreadOverTheCampaign) {
  add_module("one");
  pmt("one", 0).rate = 15000;  // above 14000 Hz, at 21.5 degC
  for (int step = 0; step < 4; ++step) {
    pmt("one", 1).nominal = step % 2 == 0 ? 1460 : 1500;  // its gain moves by a fifth
    reporter_.clear();
    watch("constant_monitor");
  }

  EXPECT_EQ(value_of("one", "lower", "high_dark_rates"), 4);
  EXPECT_EQ(judged("high_dark_rates", "lower"), Verdict::Failed);
  EXPECT_EQ(judged("high_dark_rates", "upper"), Verdict::Passed);
  EXPECT_EQ(judged("dark_rate", "lower"), Verdict::Marginal);
  EXPECT_EQ(judged("spe_peak_spread", "upper"), Verdict::Failed);
}

TEST_F(Monitors, SwitchTheHighVoltageOffAgainWhenAModuleFailsInTheMiddle) {
  add_module("one");
  for (const char* task : {"slowmon", "constant_monitor", "online_mon"}) {
    reporter_.clear();
    bench_.modules.at("one").before_word = [spoken = 0](const std::string& word) mutable {
      if (word == "scaler" && ++spoken == 2) {
        throw DeviceError{DeviceFault::Closed, "one", "hung up"};
      }
    };

    EXPECT_EQ(watch(task), TaskExit::Errored);

    EXPECT_THAT(reporter_.all<ModuleReport>(), Contains(Field(&ModuleReport::module, "one")))
        << task;
    EXPECT_FALSE(pmt("one", 0).on) << task;
    EXPECT_NEAR(bench_.volts("one", 1), 0, 50) << task;
  }
}

}  // namespace
}  // namespace fat
