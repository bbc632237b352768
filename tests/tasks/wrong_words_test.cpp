// Arguments that pass as texts and mean nothing to their task: said in words before anything is
// switched. And a task that has nothing to work on.
#include <map>
#include <string>

#include "tasks/dark_pulses.hpp"
#include "tasks/data_files.hpp"
#include "tasks/module_json.hpp"
#include "tasks/task_arguments.hpp"
#include "tasks/task_bench.hpp"

namespace fat {
namespace {

using ::testing::HasSubstr;

class WrongWords : public TaskOnFakePmts {
 protected:
  struct Case {
    const char* task;
    std::map<std::string, std::string> arguments;
    const char* says;
  };
};

TEST_F(WrongWords, AreSaidBeforeAnythingIsSwitched) {
  add_module("one");
  const std::string six = "1, 0.5, 0.4, 0.3, 0.2, 0.1";
  for (const auto& [task, arguments, says] :
       {Case{"check_filters",
             {{"transmissions", "1, 0.5, x, 0.3, 0.2, 0.1"}},
             "transmissions are numbers from 0 to 1, not 'x'"},
        Case{"check_filters",
             {{"transmissions", "1, 0.5"}},
             "has 6 positions, but 2 transmissions are given"},
        Case{"check_filters",
             {{"transmissions", six}, {"events", "99"}},
             "events is between 100 and 100000"},
        Case{"check_laser_visibility", {{"events", "9"}}, "events is between 10 and 1000000"},
        Case{"check_laser_visibility",
             {{"wheels", "wheel0"}, {"positions", "1, 2"}},
             "lists of the same length"},
        Case{"check_laser_visibility",
             {{"wheels", "wheel0"}, {"positions", "first"}},
             "positions are whole numbers, not 'first'"},
        Case{"measure_scaler", {{"readings", "0"}}, "readings is between 1 and"},
        Case{"measure_spe", {{"events", "1"}}, "events is between"},
        Case{"online_mon", {{"n_repeat", "0"}}, "n_repeat is between 1 and"},
        Case{"slowmon", {{"max_i", "0"}}, "max_i is between 1 and"},
        Case{"slowmon", {{"events", "99"}}, "events is between 100 and"},
        Case{"constant_monitor", {{"stamps", "99"}}, "stamps is between 100 and"}}) {
    EXPECT_THAT(failure_of(task, arguments), HasSubstr(says)) << task;
  }
  EXPECT_FALSE(pmt("one", 0).on);
  EXPECT_EQ(pmt("one", 0).target, 0);
  EXPECT_TRUE(instruments_.wheels.empty() || instruments_.wheels.at("wheel0") == 0);
}

TEST_F(WrongWords, SoIsARunWithoutModules) {
  for (const auto* const task : {"setup", "measure_gain", "measure_spe", "bootmon"}) {
    EXPECT_THAT(failure_of(task), HasSubstr("the run has no modules")) << task;
  }
}

TEST_F(WrongWords, SoIsAStationWithoutInstrumentsOrChannels) {
  auto context = context_for("check_peripherals", {});
  context.instruments = nullptr;
  EXPECT_THROW(run_task("check_peripherals", context), std::runtime_error);

  EXPECT_THAT(failure_of("wait_for_channel", {{"until", "top in [1, 2] K"}}),
              HasSubstr("there are no channels: station.ini declares none"));
}

TEST(ProblemOf, SaysWhatEachTypeMustBe) {
  struct Type {
    ParameterType type;
    const char* good;
    const char* wrong;
    const char* says;
  };

  for (const auto& [type, good, wrong, says] :
       {Type{ParameterType::Boolean, "yes", "maybe", "true or false"},
        Type{ParameterType::Integer, "-3", "3.5", "whole number"},
        Type{ParameterType::Number, "3.5", "three", "a number"},
        Type{ParameterType::Duration, "90 min", "90", "duration with its unit"},
        Type{ParameterType::Temperature, "-40 degC", "-40", "temperature with its unit"},
        Type{ParameterType::Voltage, "1500 V", "1500 A", "voltage with its unit"},
        Type{ParameterType::Current, "0.5 A", "0.5", "current with its unit"},
        Type{ParameterType::DateTime, "2026-11-22 07:00", "tomorrow", "local time"}}) {
    EXPECT_EQ(problem_of(type, good), "") << good;
    EXPECT_THAT(problem_of(type, wrong), HasSubstr(says)) << wrong;
  }
  EXPECT_EQ(problem_of(ParameterType::Text, "anything"), "");
}

TEST(ParseTaskArguments, SaysWhatIsNeeded) {
  TaskInfo info;
  info.name = "hold";
  info.parameters = {
      {.name = "channel", .type = ParameterType::Text, .required = true, .help = "which"}};

  EXPECT_THAT(parse_task_arguments(info, {}).problems,
              ::testing::ElementsAre("hold needs --channel: which"));
  EXPECT_TRUE(parse_task_arguments(info, {"--channel", "top"}).problems.empty());
}

TEST(HighestDarkRate, IsLowerInTheCold) {
  for (const bool fir : {false, true}) {
    EXPECT_LT(highest_dark_rate(-40, fir), highest_dark_rate(-5, fir));
    EXPECT_LT(highest_dark_rate(-5, fir), highest_dark_rate(20, fir));
  }
  EXPECT_LT(highest_dark_rate(-40, true), highest_dark_rate(-40, false));
}

/// Works in a folder of its own.
class InAFolder : public TaskOnFakePmts {
 public:
  InAFolder() { std::filesystem::current_path(folder_.path()); }

  ~InAFolder() override { std::filesystem::current_path(before_); }

 private:
  std::filesystem::path before_ = std::filesystem::current_path();
};

TEST_F(InAFolder, DataOfATaskByHandHaveAFolderOfTheDay) {
  auto context = context_for("measure_gain", {});
  context.folder.clear();
  const DataFiles first{context, "measure_gain"}, second{context, "measure_gain"};

  EXPECT_EQ(first.folder().parent_path(), std::filesystem::current_path());
  EXPECT_THAT(first.folder().filename().string(),
              ::testing::MatchesRegex("measure_gain_20261121_00"));
  EXPECT_THAT(second.folder().filename().string(),
              ::testing::MatchesRegex("measure_gain_20261121_01"));
}

TEST_F(InAFolder, AModuleJsonThatCannotBeWrittenStaysAsItIs) {
  add_module("one");
  const auto before = module_json();
  std::filesystem::create_directory(folder_.path() / "a");
  const auto change = [](nlohmann::ordered_json& json) { json["Port"] = 1; };

  EXPECT_THROW(change_module_json(folder_.path() / "none/one.json", change), std::runtime_error);
  EXPECT_THROW(change_module_json(folder_.path() / "a", change), std::runtime_error);

  EXPECT_EQ(module_json(), before);
}

}  // namespace
}  // namespace fat
