// A template and a run -> a schedule for it.
#include <gmock/gmock.h>

#include "cli/command_run.hpp"
#include "cli/schedule_template.hpp"
#include "fat/tasks/catalog.hpp"
#include "store/temporary_folder.hpp"

namespace fat {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

constexpr const char* kTemplate =
    "# Purpose: a template.\n"
    "\n"
    "[constants]\n"
    "# of another run\n"
    "run_file = runs/run/run_00001.json\n"
    "verbose = true\n"
    "\n"
    "# how warm\n"
    "[status]\n"
    "task = status_check\n"
    "\n"
    "# needs light\n"
    "# and volts\n"
    "[gain]\n"
    "task = measure_gain\n"
    "\n"
    "# by hand\n"
    "[lab's own]\n"
    "command = tools/volts.sh\n"
    "tags = slow, hv\n"
    "\n"
    "[scans]\n"
    "fragment = scan\n"
    "repeat = 3\n"
    "\n"
    "[fragment scan]\n"
    "parameters =\n"
    "[scan/dark]\n"
    "task = measure_scaler\n"
    "\n"
    "[status after]\n"
    "task = status_check\n";

TEST(ScheduleFromTemplate, ChangesNothingButTheRunFile) {
  const auto text = schedule_from_template(
      kTemplate,
      {.run_file = "runs/run/run_00012.json", .no_hv = false, .remark = "new"},
      catalog());

  std::string expected = std::string{"# new\n"} + kTemplate;
  expected.replace(expected.find("run_00001"), 9, "run_00012");
  EXPECT_EQ(text, expected);
}

TEST(ScheduleFromTemplate, LeavesOutWhatRaisesHighVoltageWithItsComments) {
  const auto text = schedule_from_template(
      kTemplate, {.run_file = "r.json", .no_hv = true, .remark = "new"}, catalog());

  EXPECT_EQ(text,
            "# new\n"
            "# Purpose: a template.\n"
            "\n"
            "[constants]\n"
            "# of another run\n"
            "run_file = r.json\n"
            "verbose = true\n"
            "\n"
            "# how warm\n"
            "[status]\n"
            "task = status_check\n"
            "\n"
            "[status after]\n"
            "task = status_check\n");
}

TEST(ScheduleFromTemplate, SetsARunFileWhereThereIsNone) {
  const auto set = [](const char* text) {
    return schedule_from_template(
        text, {.run_file = "r.json", .no_hv = false, .remark = "x"}, catalog());
  };

  EXPECT_EQ(set("[a]\ncommand = true\n"),
            "# x\n[constants]\nrun_file = r.json\n\n[a]\ncommand = true\n");
  EXPECT_EQ(set("[constants]\nverbose = true\n"),
            "# x\n[constants]\nrun_file = r.json\nverbose = true\n");
  EXPECT_EQ(set("[constants]\nrun_file = a\n  b\nverbose = true\n"),
            "# x\n[constants]\nrun_file = r.json\nverbose = true\n");
}

class NewSchedule : public testing::Test {
 protected:
  NewSchedule() {
    write_text(station_ / "station.ini", "[station]\nname = bench\n");
    for (const char* number : {"00001", "00002"}) {
      write_text(station_ / "runs/run" / (std::string{"run_"} + number + ".json"),
                 R"({"A": "runs/A.json", "comment": "", "date": "2026-11-21"})");
    }
    write_text(station_ / "runs/A.json", R"({"DEggSerialNumber": "A", "Port": 5000})");
  }

  CommandRun run(std::vector<std::string> words) const {
    words.insert(words.begin(), {"new-schedule"});
    return run_words(station_.path(), std::move(words));
  }

  TemporaryFolder station_;
};

TEST_F(NewSchedule, IsWrittenForTheRunAndChecked) {
  const auto made = run({"runs/run/run_00002.json", "cold", "--template", "room"});

  EXPECT_EQ(made.exit_code, 0) << made.err;
  EXPECT_THAT(made.err, Not(HasSubstr("newest")));
  const auto text = read_text(station_ / "schedules/cold.ini");
  EXPECT_THAT(text,
              AllOf(HasSubstr("run_file = runs/run/run_00002.json\n"), HasSubstr("[gain scan]")));
  const auto planned =
      run_words(station_.path(), {"plan", (station_ / "schedules/cold.ini").string()});
  EXPECT_EQ(planned.exit_code, 0) << planned.err;
}

TEST_F(NewSchedule, WithoutHighVoltageHasNoStepThatRaisesIt) {
  EXPECT_EQ(run({"runs/run/run_00002.json", "cold", "--template", "room", "--no-hv"}).exit_code, 0);

  EXPECT_THAT(read_text(station_ / "schedules/cold.ini"),
              AllOf(Not(HasSubstr("measure_gain")),
                    Not(HasSubstr("validate_gain")),
                    HasSubstr("task = hv_off"),
                    HasSubstr("[status after]")));
}

TEST_F(NewSchedule, WarnsWhenTheRunIsNotTheNewest) {
  EXPECT_THAT(run({"runs/run/run_00001.json", "cold", "--template", "room"}).err,
              HasSubstr("run 1 is not the newest one, which is run 2"));
}

TEST_F(NewSchedule, NeverOverwrites) {
  write_text(station_ / "schedules/mine.ini", "mine");

  const auto refused = run({"runs/run/run_00002.json", "mine", "--template", "room"});

  EXPECT_EQ(refused.exit_code, 7);
  EXPECT_EQ(read_text(station_ / "schedules/mine.ini"), "mine");
}

TEST_F(NewSchedule, ThatWouldNotRunIsNotWritten) {
  write_text(station_ / "schedules/own.ini", "[constants]\n[a]\ntask = measur_gain\n");

  const auto refused = run({"runs/run/run_00002.json", "new", "--template", "own"});

  EXPECT_EQ(refused.exit_code, 3);
  EXPECT_THAT(refused.err,
              AllOf(HasSubstr("schedules/new.ini:5: "), HasSubstr("did you mean 'measure_gain'?")));
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator{station_ / "schedules"}, {}), 1);
}

TEST_F(NewSchedule, NamesTheTemplatesThereAre) {
  EXPECT_THAT(run({"runs/run/run_00002.json", "new", "--template", "rom"}).err,
              AllOf(HasSubstr("did you mean 'room'?"), HasSubstr("room_temperature")));
  EXPECT_EQ(run({"runs/run/run_00009.json", "new"}).exit_code, 3);
  EXPECT_EQ(run({"runs/run/run_00002.json", "../new"}).exit_code, 2);
}

}  // namespace
}  // namespace fat
