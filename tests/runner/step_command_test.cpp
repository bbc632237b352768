// What a step's process is started with: words, environment, files.
#include "fat/runner/step_command.hpp"

#include <stdexcept>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace fat {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::Not;
using testing::StartsWith;
using testing::UnorderedElementsAre;

const StepSurroundings kAround{
    .files = {.program = "/usr/bin/fatmaster",
              .shim = "/usr/libexec/fatmaster/fat-step",
              .python_call = "/usr/share/fatmaster/python/fatmaster_call.py"},
    .station = "/lab/station",
    .attempt_folder = "/lab/station/runs/run_00012/steps/0003_gain/attempt_2",
    .environment = {"PATH=/bin"}};

Plan sample_plan() {
  Plan plan;
  plan.run_file = "/lab/station/runs/run/run_00012.json";
  plan.run_number = 12;
  plan.modules = {{.serial = "DEgg2021-3-133", .path = {}, .port = 0, .host = {}},
                  {.serial = "a \"b\"", .path = {}, .port = 0, .host = {}}};
  return plan;
}

AttemptStarted second_attempt() {
  AttemptStarted attempt;
  attempt.key = {.list = StepList::Main, .title = "gain", .attempt = 2};
  attempt.index = 3;
  return attempt;
}

Step step_of(StepKind kind) {
  Step step;
  step.title = "gain";
  step.kind = kind;
  return step;
}

Step command_step(const std::string& command) {
  auto step = step_of(StepKind::Command);
  step.command = command;
  return step;
}

StepCommand command_for_step(const Step& step) {
  return command_for(step, second_attempt(), sample_plan(), kAround);
}

TEST(StepCommand, WithModulesInQuarantineAStepGetsARunJsonOfItsOwn) {
  auto attempt = second_attempt();
  attempt.without = {"DEgg2021-3-133"};
  auto around = kAround;
  around.run_json_copy = "{}";
  const auto own = around.attempt_folder.string() + "/run_00012.json";

  const auto command = command_for(command_step("true"), attempt, sample_plan(), around);
  const auto python = command_for(step_of(StepKind::Python), attempt, sample_plan(), around);
  const auto builtin = command_for(step_of(StepKind::Builtin), attempt, sample_plan(), around);

  EXPECT_THAT(command.environment, Contains("FATMASTER_MODULES=[\"a \\\"b\\\"\"]"));
  EXPECT_THAT(command.environment, Contains("FATMASTER_RUN_JSON=" + own));
  ASSERT_EQ(command.files.size(), 2U);
  EXPECT_EQ(command.files[1].name, "run_00012.json.given");
  EXPECT_THAT(python.files.back().content, testing::HasSubstr("\"run_file\":\"" + own + "\""));
  EXPECT_THAT(builtin.environment,
              Contains("FATMASTER_RUN_JSON=/lab/station/runs/run/run_00012.json"));
  EXPECT_THAT(builtin.files, IsEmpty());
}

TEST(StepCommand, ASafeActionIsToldOfTheModulesInQuarantineLast) {
  auto attempt = second_attempt();
  attempt.last = {"DEgg2021-3-133"};

  const auto command = command_for(command_step("true"), attempt, sample_plan(), kAround);

  EXPECT_THAT(command.environment,
              Contains("FATMASTER_MODULES=[\"a \\\"b\\\"\",\"DEgg2021-3-133\"]"));
}

TEST(StepCommand, TellsTheProcessWhereItStands) {
  const auto command = command_for_step(command_step("true"));

  EXPECT_THAT(command.environment,
              UnorderedElementsAre(
                  "PATH=/bin",
                  "FATMASTER_RUN_JSON=/lab/station/runs/run/run_00012.json",
                  "FATMASTER_RUN_NUMBER=12",
                  "FATMASTER_STEP_INDEX=3",
                  "FATMASTER_STEP_TITLE=gain",
                  "FATMASTER_ATTEMPT=2",
                  "FATMASTER_STEP_DIR=/lab/station/runs/run_00012/steps/0003_gain/attempt_2",
                  "FATMASTER_MODULES=[\"DEgg2021-3-133\",\"a \\\"b\\\"\"]",
                  "FATMASTER_STATION=/lab/station"));
}

TEST(StepCommand, ReplacesWhatAnOuterRunLeftInTheEnvironment) {
  auto around = kAround;
  around.environment = {"FATMASTER_ATTEMPT=9", "FATMASTER_ATTEMPT_OF=mine", "FATMASTER_ATTEMPT=8"};

  const auto command = command_for(command_step("true"), second_attempt(), sample_plan(), around);

  EXPECT_THAT(command.environment, Contains("FATMASTER_ATTEMPT=2"));
  EXPECT_THAT(command.environment, Contains("FATMASTER_ATTEMPT_OF=mine"));
  EXPECT_THAT(command.environment, Contains(StartsWith("FATMASTER_ATTEMPT=")).Times(1));
}

TEST(StepCommand, SplitsACommandLikeShellWordsAndRunsNoShell) {
  const auto command = command_for_step(command_step("tools/note.sh \"gain done\" $HOME"));

  EXPECT_THAT(command.words, ElementsAre("tools/note.sh", "gain done", "$HOME"));
  EXPECT_THAT(command.files, IsEmpty());
}

TEST(StepCommand, HandsTheWholeTextToAShellWhenAskedTo) {
  auto step = command_step("a | b 'c");
  step.shell = true;

  EXPECT_THAT(command_for_step(step).words, ElementsAre("/bin/sh", "-c", "a | b 'c"));
}

TEST(StepCommand, RefusesAQuoteThatIsNotClosed) {
  EXPECT_THROW(command_for_step(command_step("note 'gain done")), std::invalid_argument);
}

TEST(StepCommand, CallsABuiltInTaskOfTheSameProgram) {
  auto step = step_of(StepKind::Builtin);
  step.task = "status_check";
  step.arguments = {{.name = "retries", .value = "3"}, {.name = "comment", .value = "-x y"}};

  EXPECT_THAT(command_for_step(step).words,
              ElementsAre("/usr/bin/fatmaster",
                          "-C",
                          "/lab/station",
                          "task",
                          "status_check",
                          "--retries",
                          "3",
                          "--comment",
                          "-x y"));
}

TEST(StepCommand, AsksABuiltInTaskWhetherItsEffectIsThere) {
  auto step = step_of(StepKind::Builtin);
  step.task = "hv_on";
  auto attempt = second_attempt();
  attempt.verify = true;

  const auto command = command_for(step, attempt, sample_plan(), kAround);

  EXPECT_THAT(command.words,
              ElementsAre("/usr/bin/fatmaster", "-C", "/lab/station", "task", "hv_on", "--verify"));
}

TEST(StepCommand, TellsThePythonLauncherWhatToCallInAFile) {
  auto step = step_of(StepKind::Python);
  step.package = "degg.measure";
  step.task = "measure_gain";
  step.arguments = {{.name = "n_jobs", .value = "4"}, {.name = "comment", .value = "\"cold\"\n"}};
  auto plan = sample_plan();
  plan.python = "/opt/venv/bin/python";

  const auto command = command_for(step, second_attempt(), plan, kAround);

  const auto call = (kAround.attempt_folder / "call.json").string();
  EXPECT_THAT(
      command.words,
      ElementsAre("/opt/venv/bin/python", "/usr/share/fatmaster/python/fatmaster_call.py", call));
  ASSERT_EQ(command.files.size(), 1U);
  EXPECT_EQ(command.files[0].name, "call.json");
  EXPECT_EQ(command.files[0].content,
            R"({"package":"degg.measure","task":"measure_gain",)"
            R"("run_file":"/lab/station/runs/run/run_00012.json",)"
            R"("arguments":[{"name":"n_jobs","value":"4"},)"
            R"({"name":"comment","value":"\"cold\"\n"}]})");
}

TEST(StepCommand, WritesACallThatIsJsonWhateverBytesTheScheduleHolds) {
  auto step = step_of(StepKind::Python);
  step.arguments = {{.name = "comment", .value = "\xff\xfe"}};

  EXPECT_THAT(command_for_step(step).files[0].content, testing::HasSubstr("\xEF\xBF\xBD"));
}

TEST(StepCommand, PutsThePackagesOfTheStationBeforeWhatPythonPathHeld) {
  auto plan = sample_plan();
  plan.python_path = {"/lab/packages", "/lab/more"};
  auto around = kAround;
  around.environment = {"PYTHONPATH=/home/anna/python"};

  const auto command = command_for(step_of(StepKind::Python), second_attempt(), plan, around);

  EXPECT_THAT(command.environment,
              Contains("PYTHONPATH=/lab/packages:/lab/more:/usr/share/fatmaster/python:"
                       "/home/anna/python"));
  EXPECT_THAT(command.environment, Contains("PYTHONUNBUFFERED=1"));
}

TEST(StepCommand, LeavesPythonPathAloneForOtherSteps) {
  EXPECT_THAT(command_for_step(command_step("true")).environment,
              Not(Contains(StartsWith("PYTHON"))));
}

TEST(StepCommand, TakesTheLeasesThatAStepNeedsAndBecomesItsCommand) {
  auto step = command_step("python3 scan.py --fast");
  step.needs = {"cpu", "bias", "supply:link", "plates:shared"};
  auto around = kAround;
  around.instruments = {"Bias", "plates", "supply"};
  auto attempt = second_attempt();

  EXPECT_THAT(command_for(step, attempt, sample_plan(), around).words,
              ElementsAre("/usr/bin/fatmaster",
                          "-C",
                          "/lab/station",
                          "lease",
                          "run",
                          "Bias,supply:link",
                          "--purpose",
                          "run 12, step 'gain', attempt 2",
                          "--",
                          "python3",
                          "scan.py",
                          "--fast"));
  attempt.key.list = StepList::SafeState;  // waits for nobody
  EXPECT_THAT(command_for(step, attempt, sample_plan(), around).words,
              ElementsAre("python3", "scan.py", "--fast"));
}

TEST(StepCommand, HasNoProcessForAWaitOrAQuestion) {
  EXPECT_THROW(command_for_step(step_of(StepKind::Wait)), std::logic_error);
  EXPECT_THROW(command_for_step(step_of(StepKind::Prompt)), std::logic_error);
}

}  // namespace
}  // namespace fat
