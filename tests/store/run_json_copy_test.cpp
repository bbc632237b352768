// A run JSON without some modules for a step, and what the step wrote there, back in the real one.
#include <stdexcept>

#include <gtest/gtest.h>

#include "fakes/manual_clock.hpp"
#include "fat/store/run_json_file.hpp"
#include "store/temporary_folder.hpp"

namespace fat {

namespace {

const std::string kRun = R"({
    "m1": "runs/m1.json",
    "m2": "runs/m2.json",
    "precise": 0.10,
    "MasterFAT_00": {"[0] a": -1, "Date": "2026-11-21"}
})";

class RunJsonCopy : public testing::Test {
 protected:
  RunJsonCopy()
      : run_file_(write_text(folder_ / "runs/run/run_00012.json", kRun)),
        attempt_(folder_ / "runs/run_00012/steps/0001_b/attempt_1"),
        file_(run_file_, clock_, {.version = "1", .station = folder_.path(), .patience = {}}) {
    write_text(folder_ / "runs/m1.json", "{}");
  }

  void give() {
    AttemptStarted attempt;
    attempt.without = {"m2"};
    const auto text = file_.text_for(attempt);
    write_text(attempt_ / "run_00012.json", text);
    write_text(attempt_ / "run_00012.json.given", text);
  }

  std::string real() const { return read_text(run_file_); }

  TemporaryFolder folder_;
  std::filesystem::path run_file_, attempt_;
  ManualClock clock_;
  RunJsonFile file_;
};

TEST_F(RunJsonCopy, HoldsTheOtherModulesWithPathsThatAreGoodFromAnywhere) {
  give();

  const auto text = read_text(attempt_ / "run_00012.json");

  EXPECT_EQ(text.find("m2"), std::string::npos);
  EXPECT_NE(text.find((folder_ / "runs/m1.json").string()), std::string::npos);
  EXPECT_NE(text.find("0.10"), std::string::npos);
}

TEST_F(RunJsonCopy, HasModulesAtTheEndForASafeAction) {
  AttemptStarted action;
  action.last = {"m1"};

  const auto text = file_.text_for(action);

  EXPECT_LT(text.find("\"m2\""), text.find("\"m1\""));
  EXPECT_LT(text.find("\"MasterFAT_00\""), text.find("\"m1\""));
}

TEST_F(RunJsonCopy, WhatTheStepWroteComesBackAndAllElseStays) {
  give();
  auto text = read_text(attempt_ / "run_00012.json");
  text.replace(text.rfind('}'), 1, R"(, "comment": "by the step"})");
  text.replace(text.find("-1"), 2, "7");
  write_text(attempt_ / "run_00012.json", text);

  EXPECT_TRUE(file_.take_back(attempt_).empty());

  EXPECT_NE(real().find(R"("m1": "runs/m1.json")"), std::string::npos);
  EXPECT_NE(real().find(R"("m2": "runs/m2.json")"), std::string::npos);
  EXPECT_NE(real().find(R"("comment": "by the step")"), std::string::npos);
  EXPECT_NE(real().find(R"("[0] a": 7)"), std::string::npos);
  EXPECT_NE(real().find(R"("Date": "2026-11-21")"), std::string::npos);
}

TEST_F(RunJsonCopy, IsTakenBackOnce) {
  give();
  auto text = read_text(attempt_ / "run_00012.json");
  write_text(attempt_ / "run_00012.json",
             text.replace(text.rfind('}'), 1, R"(, "comment": "old"})"));
  file_.take_back(attempt_);
  auto later = real();
  write_text(run_file_, later.replace(later.find("old"), 3, "new"));

  EXPECT_TRUE(file_.take_back(attempt_).empty());

  EXPECT_NE(real().find(R"("new")"), std::string::npos);
}

TEST_F(RunJsonCopy, AKillBetweenMergeAndMarkDoesNoHarm) {
  give();
  auto text = read_text(attempt_ / "run_00012.json");
  write_text(attempt_ / "run_00012.json", text.replace(text.rfind('}'), 1, R"(, "c": 1})"));
  file_.take_back(attempt_);
  const auto once = real();
  std::filesystem::rename(attempt_ / "run_00012.json.taken", attempt_ / "run_00012.json.given");

  file_.take_back(attempt_);

  EXPECT_EQ(real(), once);
}

TEST_F(RunJsonCopy, ACopyThatIsNotWholeIsSaidAndTheRunJsonStaysAsItIs) {
  give();
  write_text(attempt_ / "run_00012.json", R"({"m1": "ru)");

  const auto warnings = file_.take_back(attempt_);

  ASSERT_EQ(warnings.size(), 1U);
  EXPECT_NE(warnings[0].find("is not complete JSON"), std::string::npos);
  EXPECT_EQ(real(), kRun);
}

TEST_F(RunJsonCopy, AStepWithoutACopyChangesNothing) {
  std::filesystem::create_directories(attempt_);

  EXPECT_TRUE(file_.take_back(attempt_).empty());

  EXPECT_EQ(real(), kRun);
}

TEST_F(RunJsonCopy, IsNotMadeOfADamagedFile) {
  write_text(run_file_, kRun.substr(0, 20));

  EXPECT_THROW(file_.text_for(AttemptStarted{}), std::runtime_error);
}

}  // namespace

}  // namespace fat
