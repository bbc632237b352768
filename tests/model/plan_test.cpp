// Plans: stored form, fingerprints, finding steps.
#include "fat/model/plan.hpp"

#include <stdexcept>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace fat {

namespace {

using std::chrono::minutes;

Step full_step() {
  Step step;
  step.title = "gain";
  step.kind = StepKind::Python;
  step.task = "measure_gain";
  step.package = "degg.gain";
  step.command = "tools/gain.sh x";
  step.shell = true;
  step.arguments = {{"n_jobs", "4", 7}, {"comment", "", 8}};
  step.timeout = minutes{90};
  step.silence_timeout = minutes{10};
  step.attempts = 3;
  step.retry_delay = minutes{5};
  step.retry_on = {false, true};
  step.on_failure = OnFailure::Continue;
  step.recovery = Recovery::Verify;
  step.run_backup = true;
  step.leave_running = true;
  step.needs = {"laser"};
  step.tags = {"room"};
  step.measurements = {{"dark_rate", 0, 2600, "Hz"}, {"gain", std::nullopt, std::nullopt, ""}};
  step.estimate = minutes{80};
  step.source = {"s.ini", 12};
  return step;
}

Plan full_plan() {
  Plan plan;
  plan.schedule_file = "/s/s.ini";
  plan.run_file = "/s/runs/run/run_00012.json";
  plan.run_number = 12;
  plan.modules = {{"DEgg-1", "m1.json", 5000, "localhost"}, {"DEgg-2", "m2.json", 0, ""}};
  plan.python = "";
  plan.python_path = {"/p"};
  plan.verbose = true;
  plan.safe_state_after = minutes{1};
  plan.steps = {full_step(), Step{}};
  plan.safe_state = {full_step()};
  plan.on_resume = {full_step()};
  plan.backup = full_step();
  return plan;
}

Plan changed(void (*change)(Plan&)) {
  auto plan = full_plan();
  change(plan);
  return plan;
}

std::string changed_step(void (*change)(Step&)) {
  auto step = full_step();
  change(step);
  return fingerprint(step);
}

}  // namespace

TEST(Plan, IsReadBackAsItWasStored) {
  const auto text = to_json_text(full_plan());

  const auto read = plan_from_json_text(text);

  EXPECT_EQ(to_json_text(read), text);
  EXPECT_EQ(read.python, "");
  EXPECT_EQ(read.modules, full_plan().modules);
  EXPECT_EQ(read.steps[0].arguments[0].line, 7);
  EXPECT_EQ(read.steps[0].measurements, full_step().measurements);
  EXPECT_EQ(read.steps[0].source, full_step().source);
  EXPECT_EQ(read.steps[0].retry_on, full_step().retry_on);
  EXPECT_EQ(read.safe_state_after, minutes{1});
  EXPECT_EQ(fingerprint(read), fingerprint(full_plan()));
}

TEST(Plan, OfNothingIsReadBackAsItWasStored) {
  const auto read = plan_from_json_text(to_json_text(Plan{}));

  EXPECT_EQ(to_json_text(read), to_json_text(Plan{}));
  EXPECT_FALSE(read.backup.has_value());
  EXPECT_EQ(read.python, "python3");
}

TEST(Plan, StoresEveryFieldOfAStep) {
  auto plan = Plan{};
  plan.steps = {full_step()};

  EXPECT_THAT(
      to_json_text(plan),
      testing::HasSubstr(
          R"("steps":[{"title":"gain","kind":"python","task":"measure_gain","package":"degg.gain","command":"tools/gain.sh x","shell":true,)"
          R"("arguments":[{"name":"n_jobs","value":"4","line":7},{"name":"comment","line":8}],"timeout":5400000000,"silence_timeout":600000000,)"
          R"("attempts":3,"retry_delay":300000000,"retry_on":{"error":false},"on_failure":"continue","recovery":"verify","run_backup":true,)"
          R"("leave_running":true,"needs":["laser"],"tags":["room"],"measurements":[{"name":"dark_rate","min":0.0,"max":2600.0,"unit":"Hz"},{"name":"gain"}],)"
          R"("estimate":4800000000,"source":{"file":"s.ini","line":12}}])"));
}

TEST(Plan, RefusesTextsThatAreNotOne) {
  EXPECT_THROW(plan_from_json_text(""), std::invalid_argument);
  EXPECT_THROW(plan_from_json_text("{}"), std::invalid_argument);
  EXPECT_THROW(plan_from_json_text("[1]"), std::invalid_argument);
  EXPECT_THROW(plan_from_json_text(std::string(100'000, '{')), std::invalid_argument);
}

TEST(StepFingerprint, IsASha256InHex) {
  EXPECT_THAT(fingerprint(full_step()), testing::MatchesRegex("[0-9a-f]{64}"));
}

/// When this fails, every stored run sees drift after an update: change it only knowing that.
TEST(StepFingerprint, OfTheSameContentStaysTheSameOverVersionsOfTheProgram) {
  EXPECT_EQ(fingerprint(Step{}),
            "5d51a561fab22728048939137414f0ff996a9fad703e1e8e59d6f58b427d05db");
}

TEST(StepFingerprint, IgnoresTitleLinesAndEstimate) {
  const auto same = fingerprint(full_step());

  EXPECT_EQ(changed_step([](Step& step) { step.title = "other"; }), same);
  EXPECT_EQ(changed_step([](Step& step) { step.source = {"t.ini", 1}; }), same);
  EXPECT_EQ(changed_step([](Step& step) { step.arguments[0].line = 99; }), same);
  EXPECT_EQ(changed_step([](Step& step) { step.estimate.reset(); }), same);
}

TEST(StepFingerprint, ChangesWithTheContent) {
  const auto before = fingerprint(full_step());

  EXPECT_NE(changed_step([](Step& step) { step.arguments[0].value = "5"; }), before);
  EXPECT_NE(changed_step([](Step& step) { step.arguments.pop_back(); }), before);
  EXPECT_NE(changed_step([](Step& step) { step.timeout = minutes{91}; }), before);
  EXPECT_NE(changed_step([](Step& step) { step.shell = false; }), before);
  EXPECT_NE(changed_step([](Step& step) { step.recovery = Recovery::Ask; }), before);
  EXPECT_NE(changed_step([](Step& step) { step.measurements[0].max = 2601; }), before);
}

TEST(StepFingerprint, TellsNeighbouringTextsApart) {
  Step one, other;
  one.arguments = {{"a", "1,b", 0}};
  other.arguments = {{"a,1", "b", 0}};

  EXPECT_NE(fingerprint(one), fingerprint(other));
}

TEST(StepFingerprint, TellsBytesApartThatAreNotText) {
  Step one, other;
  one.command = "\xFF";
  other.command = "\xFE";

  EXPECT_NE(fingerprint(one), fingerprint(other));
}

TEST(PlanFingerprint, ChangesWithStepsOrderAndModules) {
  const auto before = fingerprint(full_plan());
  const auto after = [](void (*change)(Plan&)) { return fingerprint(changed(change)); };

  EXPECT_NE(after([](Plan& plan) { plan.steps[0].title = "other"; }), before);
  EXPECT_NE(after([](Plan& plan) { std::swap(plan.steps[0], plan.steps[1]); }), before);
  EXPECT_NE(after([](Plan& plan) { plan.backup.reset(); }), before);
  EXPECT_NE(after([](Plan& plan) { plan.safe_state.swap(plan.steps); }), before);
  EXPECT_NE(after([](Plan& plan) { plan.modules[0].path = "elsewhere.json"; }), before);
  EXPECT_NE(after([](Plan& plan) { plan.modules.pop_back(); }), before);
}

TEST(PlanFingerprint, IgnoresPortsAndOrderOfTheModules) {
  const auto before = fingerprint(full_plan());
  const auto after = [](void (*change)(Plan&)) { return fingerprint(changed(change)); };

  EXPECT_EQ(after([](Plan& plan) { plan.modules[0].port = 6000; }), before);
  EXPECT_EQ(after([](Plan& plan) { std::swap(plan.modules[0], plan.modules[1]); }), before);
}

TEST(FindStep, LooksInTheListThatIsNamed) {
  auto plan = full_plan();
  plan.steps[1].title = "second";

  EXPECT_EQ(find_step(plan.steps, "second"), 1U);
  EXPECT_EQ(find_step(plan.steps, "third"), std::nullopt);
  for (const std::size_t near : {0U, 1U, 2U, 99U}) {
    EXPECT_EQ(find_step(plan.steps, plan.steps.front().title, near), 0U) << near;
    EXPECT_EQ(find_step(plan.steps, "second", near), 1U) << near;
    EXPECT_EQ(find_step(plan.steps, "third", near), std::nullopt) << near;
  }
  EXPECT_EQ(find_step(plan, StepList::Main, "second"), &plan.steps[1]);
  EXPECT_EQ(find_step(plan, StepList::SafeState, "second"), nullptr);
  EXPECT_EQ(find_step(plan, StepList::OnResume, "gain"), plan.on_resume.data());
  EXPECT_EQ(find_step(plan, StepList::Backup, "any backup"), &*plan.backup);
  EXPECT_EQ(find_step(Plan{}, StepList::Backup, "backup"), nullptr);
}

TEST(StoredPlan, MayHoldMoreThanAParserIsKeptFor) {
  Plan plan;
  plan.steps = {full_step()};
  plan.steps[0].arguments = {{"text", std::string(1'200'000, 'x'), 7}};

  EXPECT_EQ(fingerprint(plan_from_json_text(to_json_text(plan))), fingerprint(plan));
  EXPECT_THROW(plan_from_json_text(to_json_text(plan).substr(1)), std::invalid_argument);
}

}  // namespace fat
