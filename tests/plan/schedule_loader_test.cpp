#include "fat/plan/schedule_loader.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include "plan/plan_test_support.hpp"

namespace fat {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

TEST(LoadPlan, ReadsAnOriginalScheduleWithItsTraps) {
  const Bench bench;
  const auto loaded = bench.plan_file(
      "\xEF\xBB\xBF[constants]\r\n"
      "run_file : runs/run/run_00012.json\r\n"
      "verbose = true\r\n"
      "\r\n"
      "# room temperature\r\n"
      "[measure gain 0]\r\n"
      "package = degg_measurements.daq_scripts.measure_gain_online\r\n"
      "task = measure_gain\r\n"
      "comment = room temp ; not a comment\r\n"
      "ignoreWarn = False\r\n"
      "rate = 90%%\r\n"
      "run_backup =\r\n"
      "[DEFAULT]\r\n"
      "n_jobs = 4\r\n");

  EXPECT_THAT(faults(loaded), IsEmpty());
  ASSERT_THAT(titles(loaded.plan.steps), ElementsAre("measure gain 0"));
  const Step& step = loaded.plan.steps[0];
  EXPECT_EQ(step.kind, StepKind::Python);
  EXPECT_EQ(step.package, "degg_measurements.daq_scripts.measure_gain_online");
  EXPECT_EQ(step.task, "measure_gain");
  EXPECT_EQ(step.source.line, 6);
  EXPECT_EQ(step.recovery, Recovery::Ask);
  EXPECT_FALSE(step.run_backup);
  EXPECT_THAT(step.arguments,
              ElementsAre(Argument{"comment", "room temp ; not a comment"},
                          Argument{"ignorewarn", "False"},
                          Argument{"rate", "90%"},
                          Argument{"n_jobs", "4"}));
  EXPECT_TRUE(loaded.plan.verbose);
  EXPECT_EQ(loaded.plan.run_number, 12);
}

TEST(LoadPlan, TakesFalseForFalseUnlikeTheOriginal) {
  const Bench bench;
  bench.folder.write("station.ini", "[backup disk]\ntarget = /mnt/disk\n");

  const auto loaded = bench.plan(
      "[a]\ncommand = true\nrun_backup = False\n[b]\ncommand = true\n[c]\ncommand = true\n"
      "run_backup = \n");

  EXPECT_THAT(faults(loaded), IsEmpty());
  EXPECT_FALSE(loaded.plan.steps.at(0).run_backup);
  EXPECT_TRUE(loaded.plan.steps.at(1).run_backup);
  EXPECT_FALSE(loaded.plan.steps.at(2).run_backup);
}

TEST(LoadPlan, TakesTheOriginalsOwnTasksAsBuiltIn) {
  const Bench bench;
  const auto loaded = bench.plan(
      "[a]\npackage = degg_measurements.fat_master\ntask = manual_input\ntext = Open the freezer\n"
      "[b]\npackage = degg_measurements.fat_master\ntask = status_check\nreads = 3\n");

  EXPECT_THAT(faults(loaded), IsEmpty());
  EXPECT_EQ(loaded.plan.steps.at(0).kind, StepKind::Prompt);
  EXPECT_THAT(loaded.plan.steps.at(0).arguments,
              ElementsAre(Argument{"message", "Open the freezer"}));
  EXPECT_EQ(loaded.plan.steps.at(1).kind, StepKind::Builtin);
  EXPECT_THAT(loaded.plan.steps.at(1).arguments, ElementsAre(Argument{"reads", "3"}));
}

TEST(LoadPlan, RefusesAPositionalValueThatBearsAnotherParametersName) {
  const Bench bench;
  const auto loaded = bench.plan("[b]\npackage = p\ntask = status_check\nreads = 3\nflag = true\n");

  EXPECT_THAT(faults(loaded),
              Contains(HasSubstr("s.ini:6: 'reads' in [b]: would land in parameter 'reboot'")));
}

TEST(LoadPlan, PrefersBuiltInTasksWhenTold) {
  const Bench bench;
  const auto loaded = bench.plan(
      "prefer_builtin = yes\n[a]\npackage = p\ntask = ramp\nv = 1500 V\n"
      "[b]\npackage = p\ntask = other\n");

  EXPECT_THAT(faults(loaded), IsEmpty());
  EXPECT_EQ(loaded.plan.steps.at(0).kind, StepKind::Builtin);
  EXPECT_EQ(loaded.plan.steps.at(0).recovery, Recovery::Verify);
  EXPECT_EQ(loaded.plan.steps.at(1).kind, StepKind::Python);
}

TEST(LoadPlan, ChecksTheParametersOfBuiltInTasks) {
  const Bench bench;
  const auto loaded = bench.plan("[a]\ntask = ramp\nvoltge = 1500 V\ntarget = -40\n");

  EXPECT_THAT(
      faults(loaded),
      ElementsAre(
          "s.ini:5: 'voltge' in [a]: task 'ramp' has no such parameter; did you mean 'voltage'?",
          "s.ini:6: 'target' in [a]: '-40' is not a temperature such as '-40 degC'",
          "s.ini:3: [a] lacks 'voltage', which task 'ramp' needs (voltage)"));
}

TEST(LoadPlan, TakesAWaitWithADurationOrAMoment) {
  const Bench bench;
  const auto loaded = bench.plan(
      "[a]\ntask = wait_time\nduration = 90 min\n[b]\ntask = wait_time\nuntil = 2026-11-21 08:30\n"
      "[c]\ntask = wait_time\n");

  EXPECT_EQ(loaded.plan.steps.at(0).kind, StepKind::Wait);
  EXPECT_EQ(loaded.plan.steps.at(0).estimate, std::chrono::minutes{90});
  EXPECT_THAT(faults(loaded), ElementsAre(HasSubstr("s.ini:9: [c] needs either 'duration'")));
}

TEST(LoadPlan, SuggestsTheTaskThatWasMeant) {
  const Bench bench;

  EXPECT_THAT(
      faults(bench.plan("[a]\ntask = status_chek\n")),
      ElementsAre(
          "s.ini:4: 'task' in [a]: no built-in task 'status_chek'; did you mean 'status_check'?"));
  EXPECT_THAT(faults(bench.plan("[hv_off]\ncomment = x\n")),
              ElementsAre(HasSubstr("did you mean 'task = hv_off'?")));
  EXPECT_THAT(faults(bench.plan("[hv]\npackage = p.q\n")),
              ElementsAre(HasSubstr("'package' in [hv]: names no function")));
}

TEST(LoadPlan, RefusesAFragmentOfTheOriginal) {
  const Bench bench;
  const auto loaded = bench.plan("[a]\npackage = p\nfragment = monitoring_session\n");

  EXPECT_THAT(faults(loaded), ElementsAre(HasSubstr("a Python function cannot build steps here")));
}

TEST(LoadPlan, ReportsACommandThatCannotBeSplit) {
  const Bench bench;

  EXPECT_THAT(faults(bench.plan("[a]\ncommand = echo 'x\n")),
              ElementsAre("s.ini:4: 'command' in [a]: a ' quote is not closed"));
  EXPECT_THAT(faults(bench.plan("[a]\ncommand = echo 'x\nshell = yes\n")), IsEmpty());
}

TEST(LoadPlan, WarnsOfShellMarksAndOfProgramsThatAreNotThere) {
  const Bench bench;
  const auto loaded = bench.plan("[a]\ncommand = tools/none.sh | sort\n");

  EXPECT_FALSE(has_errors(loaded.problems));
  EXPECT_THAT(faults(loaded),
              ElementsAre(HasSubstr("'shell = yes'"), HasSubstr("no program 'tools/none.sh'")));
}

TEST(LoadPlan, ReportsAProblemOfEachPartAtOnce) {
  const Bench bench;
  bench.folder.write("station.ini", "[staton]\nname = x\n");
  const auto loaded =
      bench.plan("verbos = yes\n[a]\ntask = nothing\n[b]\ncommand = 'x\n[a]\nk = 1\n");

  EXPECT_THAT(
      faults(loaded),
      ElementsAre(
          HasSubstr("station.ini:1: this version knows no section [staton]"),
          HasSubstr("s.ini:8: [a] stands already in line 4"),
          HasSubstr("s.ini:3: 'verbos' in [constants]: unknown key; did you mean 'verbose'?"),
          HasSubstr("s.ini:5: 'task' in [a]"),
          HasSubstr("s.ini:7: 'command' in [b]")));
}

TEST(LoadPlan, SaysInOneSentenceWhatIsWrongWithAScheduleThatCannotBeRead) {
  const Bench bench;
  std::filesystem::create_directory(bench.folder.path() / "dir.ini");
  const auto big = bench.folder.write("big.ini", "");
  std::filesystem::resize_file(big, std::uintmax_t{2} << 30U);
  const auto pipe = bench.folder.path() / "pipe.ini";
  ASSERT_EQ(::mkfifo(pipe.c_str(), 0600), 0);
  const auto fault_of = [&](const char* name) {
    return faults(load_plan(
        {name, "", bench.folder.path()}, test_catalog(), load_station_file(bench.folder.path())));
  };

  EXPECT_THAT(fault_of("no.ini"), ElementsAre(HasSubstr("no.ini: no such file (looked for /")));
  EXPECT_THAT(fault_of("dir.ini"), ElementsAre("dir.ini: is a folder, not a file"));
  EXPECT_THAT(fault_of("big.ini"), ElementsAre(HasSubstr("big.ini: is 2048 MiB long")));
  EXPECT_THAT(fault_of("pipe.ini"), ElementsAre("pipe.ini: is not a regular file"));
}

TEST(LoadPlan, SaysThatAScheduleMayNotBeRead) {
  if (::geteuid() == 0) {
    GTEST_SKIP() << "root may read everything";
  }
  const Bench bench;
  std::filesystem::permissions(bench.folder.write("s.ini", ""), std::filesystem::perms::none);

  EXPECT_THAT(faults(load_plan({"s.ini", "", bench.folder.path()},
                               test_catalog(),
                               load_station_file(bench.folder.path()))),
              ElementsAre("s.ini: cannot be read: Permission denied"));
}

TEST(LoadPlan, LooksForTheRunFileInTheStationFolderFirst) {
  const Bench bench;
  const TestFolder elsewhere;
  elsewhere.write("s.ini",
                  "[constants]\nrun_file = runs/run/run_00012.json\n[a]\ncommand = true\n");
  const auto loaded = load_plan(
      {"s.ini", "", elsewhere.path()}, test_catalog(), load_station_file(bench.folder.path()));

  EXPECT_THAT(faults(loaded), IsEmpty());
  EXPECT_EQ(loaded.plan.run_file, (bench.folder.path() / "runs/run/run_00012.json").string());
}

TEST(LoadPlan, SaysWhereItLookedForARunFileThatIsNotThere) {
  const Bench bench;
  const auto loaded = bench.plan_file("[constants]\nrun_file = run_1.json\n[a]\ncommand = true\n");

  EXPECT_THAT(faults(loaded),
              ElementsAre(HasSubstr("s.ini:2: no run JSON 'run_1.json' (looked for /")));
}

TEST(LoadPlan, NeedsARunFileFromTheScheduleOrTheCommandLine) {
  const Bench bench;
  bench.folder.write("s.ini", "[a]\ncommand = true\n");
  const auto station = load_station_file(bench.folder.path());

  EXPECT_THAT(faults(load_plan({"s.ini", "", bench.folder.path()}, test_catalog(), station)),
              ElementsAre(HasSubstr("or give --run")));
  EXPECT_THAT(
      faults(load_plan(
          {"s.ini", "runs/run/run_00012.json", bench.folder.path()}, test_catalog(), station)),
      IsEmpty());
}

TEST(LoadPlan, ReportsAnInterpreterThatIsNotThereWhenAStepNeedsIt) {
  const Bench bench;

  EXPECT_THAT(faults(bench.plan("python = /no/python\n[a]\npackage = p\ntask = f\n")),
              ElementsAre(HasSubstr("s.ini:3: no Python interpreter '/no/python'")));
  EXPECT_THAT(faults(bench.plan("python = /no/python\n[a]\ncommand = true\n")), IsEmpty());
}

TEST(LoadPlan, MakesFoldersOfPythonPathAbsolute) {
  const Bench bench;
  std::filesystem::create_directory(bench.folder.path() / "packages");
  const auto loaded = bench.plan("python_path = packages, none\n[a]\ncommand = true\n");

  EXPECT_THAT(loaded.plan.python_path, ElementsAre((bench.folder.path() / "packages").string()));
  EXPECT_THAT(faults(loaded),
              ElementsAre(HasSubstr("s.ini:3: 'python_path' in [constants]: no folder 'none'")));
}

TEST(LoadPlan, ComparesTheModulesWithTheSmallestNumberAskedFor) {
  const Bench bench;

  EXPECT_THAT(faults(bench.plan("min_modules = 2\n[a]\ncommand = true\n")),
              ElementsAre(HasSubstr("names 1 modules, but min_modules is 2")));
}

TEST(LoadPlan, KnowsTheServicesThatTheRunNeeds) {
  const Bench bench;
  bench.folder.write("station.ini",
                     "[service camera]\ncommand = sleep 1\ngroup = daq\n"
                     "[service web]\ncommand = sleep 1\n");

  const auto loaded = bench.plan("needs_services = daq:*, web\n[a]\ncommand = true\n");
  EXPECT_THAT(faults(loaded), IsEmpty());
  EXPECT_THAT(loaded.plan.needs_services, ElementsAre("daq:*", "web"));
  EXPECT_EQ(plan_from_json_text(to_json_text(loaded.plan)).needs_services,
            loaded.plan.needs_services);
  EXPECT_THAT(
      faults(bench.plan("needs_services = daq:camra, dqa:*\n[a]\ncommand = true\n")),
      ElementsAre(HasSubstr("s.ini:3: 'needs_services' in [constants]: station.ini has no service "
                            "'daq:camra'; did you mean 'daq:camera'?"),
                  HasSubstr("no service 'dqa:*'")));
}

TEST(LoadPlan, AddsTheBackupStepOfAStationWithTargets) {
  const Bench bench;
  bench.folder.write("station.ini",
                     "[backup a]\ntarget = /mnt/a\ntimeout = 2 min\n[backup b]\ntarget = "
                     "/mnt/b\ntimeout = 3 min\n");
  const auto loaded = bench.plan("[a]\ncommand = true\n");

  ASSERT_TRUE(loaded.plan.backup);
  EXPECT_EQ(loaded.plan.backup->timeout, std::chrono::minutes{6});
  EXPECT_EQ(loaded.plan.backup->recovery, Recovery::Rerun);
  EXPECT_EQ(loaded.plan.backup->on_failure, OnFailure::Continue);
}

TEST(LoadPlan, WarnsOnceOfBackupsWithoutATarget) {
  const Bench bench;
  const auto loaded =
      bench.plan("[a]\ncommand = true\nrun_backup = yes\n[b]\ncommand = true\nrun_backup = yes\n");

  EXPECT_THAT(faults(loaded), ElementsAre(HasSubstr("2 steps ask for a backup")));
  EXPECT_FALSE(has_errors(loaded.problems));
  EXPECT_FALSE(loaded.plan.steps.at(0).run_backup);
}

TEST(LoadPlan, WritesNothing) {
  const Bench bench;
  bench.plan("[a]\ncommand = true\n");
  const auto count = [&] {
    return std::distance(std::filesystem::recursive_directory_iterator{bench.folder.path()}, {});
  };
  const auto before = count();

  bench.plan("[a]\ncommand = true\n");

  EXPECT_EQ(count(), before);
}

TEST(LoadPlan, NeedsModulesWhenAStepTalksToThem) {
  const Bench bench;
  bench.folder.write("runs/run/run_00012.json", "{}");

  EXPECT_THAT(faults(bench.plan("[check]\ntask = status_check\n")),
              ElementsAre(HasSubstr("names no module, but step 'check' needs them")));
  EXPECT_THAT(faults(bench.plan("[a]\ncommand = true\n")), IsEmpty());
}

}  // namespace
}  // namespace fat
