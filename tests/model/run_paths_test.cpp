// The run JSON's path -> the files of the run.
#include "fat/model/run_paths.hpp"

#include <string>

#include <gtest/gtest.h>

namespace fat {

TEST(RunNumberOf, TakesTheNameOfARunJsonOnly) {
  EXPECT_EQ(run_number_of("runs/run/run_00012.json"), 12);
  EXPECT_EQ(run_number_of("run_00000.json"), 0);
  EXPECT_EQ(run_number_of("/x/run_123456.json"), 123456);
  for (const std::string name : {"",
                                 "run_12.json",
                                 "run_000012.json",
                                 "run_0001a.json",
                                 "run_00012.ini",
                                 "xrun_00012.json",
                                 "run_.json",
                                 "run_-0012.json",
                                 "run_9999999999.json"}) {
    EXPECT_EQ(run_number_of(name), std::nullopt) << name;
  }
}

TEST(RunFolder, LiesBesideTheFolderOfTheRunJson) {
  EXPECT_EQ(run_name(12), "run_00012");
  EXPECT_EQ(run_folder("/s/runs/run/run_00012.json"), "/s/runs/run_00012");
  EXPECT_EQ(run_folder("/s/data/../runs/run/run_00012.json"), "/s/runs/run_00012");
  EXPECT_EQ(run_folder("/s/runs/run/odd.json"), "/s/runs/odd");
}

TEST(AttemptFolder, NamesListIndexTitleAndAttempt) {
  const auto folder = [](StepList list, const std::string& title, int index) {
    return attempt_folder("/r", {list, title, 2}, index).string();
  };

  EXPECT_EQ(folder(StepList::Main, "measure_gain_0", 3), "/r/steps/0003_measure_gain_0/attempt_2");
  EXPECT_EQ(folder(StepList::SafeState, "laser off", 0),
            "/r/steps/safe_state_0000_laser_off/attempt_2");
  EXPECT_EQ(folder(StepList::OnResume, "setup", 1), "/r/steps/on_resume_0001_setup/attempt_2");
  EXPECT_EQ(folder(StepList::Backup, "anything", 9), "/r/steps/backup/attempt_2");
}

TEST(AttemptFolder, CannotBeLedElsewhereByATitle) {
  const auto name = [](const std::string& title) {
    return attempt_folder("/r", {StepList::Main, title, 1}, 0).parent_path().filename().string();
  };

  EXPECT_EQ(name("../../etc"), "0000_.._.._etc");
  EXPECT_EQ(name(".."), "0000_..");
  EXPECT_EQ(name(std::string{"a\0/b\n\xC3\xA9", 7}), "0000_a__b___");
  EXPECT_EQ(name(std::string(500, 'x')).size(), 85U);
}

}  // namespace fat
