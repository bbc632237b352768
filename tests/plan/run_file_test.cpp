#include "fat/plan/run_file.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "plan/plan_test_support.hpp"

namespace fat {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class RunFileTest : public testing::Test {
 protected:
  RunFile load(std::string_view run_json) const {
    return load_run_file(
        folder_.write("runs/run/run_00001.json", run_json), "run.json", {folder_.path()});
  }

  TestFolder folder_;
};

TEST_F(RunFileTest, NamesTheModulesInOrder) {
  folder_.write("b.json", R"({"DEggSerialNumber": "B", "Port": 5001, "Host": "bench"})");
  folder_.write("a.json", R"({"DEggSerialNumber": "A", "Port": 5000, "x": [1, {"Port": 7}]})");
  const auto run = load(R"({"B": "b.json", "A": "a.json"})");

  EXPECT_THAT(texts(run.problems), IsEmpty());
  EXPECT_THAT(run.modules,
              ElementsAre(ModuleEntry{"B", "b.json", 5001, "bench"},
                          ModuleEntry{"A", "a.json", 5000, "127.0.0.1"}));
}

TEST_F(RunFileTest, SkipsWhatTheOriginalsReadersSkipAndMore) {
  const auto run = load(
      R"({"comment": "c", "date": "d", "end_time": "e", "RunTerminated": "r", "ManualInputTime10": "m",
          "MasterFAT_100": {}, "[3] gain": 0, "number": 7.5, "object": {}})");

  EXPECT_THAT(texts(run.problems), IsEmpty());
  EXPECT_THAT(run.modules, IsEmpty());
}

TEST_F(RunFileTest, TakesEveryOtherTextForAModule) {
  const auto run = load("{\n\"operator\": \"anna\"\n}");

  EXPECT_THAT(
      texts(run.problems),
      ElementsAre(HasSubstr("run.json:2: module 'operator': no file 'anna' (looked for /")));
}

TEST_F(RunFileTest, ReportsTextThatIsNotJsonWithLineAndColumn) {
  EXPECT_THAT(texts(load("{\n  \"A\": }").problems),
              ElementsAre(HasSubstr("run.json:2: is not JSON (column 8)")));
  EXPECT_THAT(texts(load("").problems), ElementsAre(HasSubstr("run.json:1: is not JSON")));
  EXPECT_THAT(texts(load("[1]").problems), ElementsAre(HasSubstr("is JSON, but not an object")));
}

TEST_F(RunFileTest, SurvivesANestingBomb) {
  EXPECT_THAT(texts(load("{\"a\":" + std::string(1'000'000, '[')).problems),
              ElementsAre(HasSubstr("is nested more than 64 deep")));
}

TEST_F(RunFileTest, ReadsTheNumbersThatPythonWrites) {
  folder_.write(
      "a.json",
      R"({"DEggSerialNumber": "A", "Port": 5000, "GainFitExp": NaN, "x": -Infinity, "t": "NaN \" NaN"})");

  EXPECT_THAT(texts(load(R"({"A": "a.json"})").problems), IsEmpty());
}

TEST_F(RunFileTest, ReportsModuleFilesThatCannotBeUsed) {
  folder_.write("bad.json", "{");
  folder_.write("port.json", R"({"DEggSerialNumber": "P", "Port": 70000})");
  std::filesystem::create_directory(folder_.path() / "dir");
  const auto run = load(R"({"B": "bad.json", "P": "port.json", "D": "dir"})");

  EXPECT_THAT(texts(run.problems),
              ElementsAre(HasSubstr("bad.json:1: is not JSON"),
                          HasSubstr("port.json: Port is not a number from 1 to 65535"),
                          HasSubstr("dir: is a folder, not a file")));
}

TEST_F(RunFileTest, WarnsOfAModuleWithAnotherSerialNumber) {
  folder_.write("a.json", R"({"DEggSerialNumber": "Z", "Port": 5000})");
  const auto run = load(R"({"A": "a.json"})");

  EXPECT_FALSE(has_errors(run.problems));
  EXPECT_THAT(
      texts(run.problems),
      ElementsAre(HasSubstr("DEggSerialNumber is 'Z', but the run JSON calls this module 'A'")));
}

TEST_F(RunFileTest, ReportsTwoModulesOnOnePort) {
  folder_.write("a.json", R"({"DEggSerialNumber": "A", "Port": 5000})");
  folder_.write("b.json", R"({"DEggSerialNumber": "B", "Port": 5000})");

  EXPECT_THAT(texts(load(R"({"A": "a.json", "B": "b.json"})").problems),
              ElementsAre(HasSubstr("b.json: Port 5000 is also that of module 'A'")));
}

TEST_F(RunFileTest, ReportsAModuleNamedTwice) {
  folder_.write("a.json", R"({"DEggSerialNumber": "A", "Port": 5000})");

  EXPECT_THAT(texts(load(R"({"A": "a.json", "A": "a.json"})").problems),
              ElementsAre(HasSubstr("module 'A' is named twice")));
}

TEST(HalfDone, NamesWhatAnOriginalRunLeftDone) {
  const auto half = find_half_done(
      R"({"MasterFAT_00": {"[0] setup": 1, "[1] gain": -1, "ConfigPath": "x", "Date": "y"}, "[1] gain": 0})");

  ASSERT_TRUE(half);
  EXPECT_EQ(half->master_key, "MasterFAT_00");
  EXPECT_THAT(half->done, ElementsAre("setup"));
  EXPECT_EQ(half->open, 1U);
  EXPECT_FALSE(half->complete);
}

TEST(HalfDone, FollowsTheRecoveriesOfARun) {
  const auto half = find_half_done(
      R"({"MasterFAT_00": {"[0] setup": 1, "[1] gain": 1, "[2] dark": -1},
          "MasterFAT_01": {"[0] gain": -1, "[1] dark": 1}, "MasterFAT_02": {}})");

  ASSERT_TRUE(half);
  EXPECT_EQ(half->master_key, "MasterFAT_01");
  EXPECT_THAT(half->done, ElementsAre("setup", "dark"));
}

TEST(HalfDone, UnderstandsTitlesWithSpaces) {
  const auto half = find_half_done(
      R"({"MasterFAT_00": {"[0] task": -1, "[0] my task": 1, "end_time": "2021-01-01 00:00:00.0"}})");

  ASSERT_TRUE(half);
  EXPECT_THAT(half->done, ElementsAre("my task"));
  EXPECT_TRUE(half->complete);
}

TEST(HalfDone, IsAbsentFromARunThatNeverStarted) {
  EXPECT_FALSE(find_half_done(R"({"A": "a.json", "MasterFAT_x": {"[0] a": 1}})"));
  EXPECT_FALSE(find_half_done("not json"));
}

}  // namespace
}  // namespace fat
