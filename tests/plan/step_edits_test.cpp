// Steps that come into a plan while it runs, and steps that are changed there.
#include "fat/plan/step_edits.hpp"

#include <gmock/gmock.h>

#include "plan/plan_test_support.hpp"

namespace fat {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

class StepEdits : public testing::Test {
 protected:
  /// The running plan: gain, look, cool down/scan.
  StepEdits()
      : station_(load_station_file(bench_.folder.path())),
        plan_(bench_
                  .plan("[gain]\ncommand = true\ntimeout = 2 h\nattempts = 3\n"
                        "retry_delay = 5 min\nneeds = hv, laser\nrecovery = rerun\n"
                        "on_failure = stop\ntags = cold\nmeasurements = gain [, 1e8]\n"
                        "[look]\ntask = ramp\nvoltage = 1500 V\nafter = gain\n"
                        "[cool down]\nfragment = loop\n[fragment loop]\nparameters =\n"
                        "[loop/scan]\ncommand = true\n"
                        "[safe_state]\nsteps = off\n[off]\ntask = hv_off\n")
                  .plan) {}

  NewSteps insert(const std::string& text, std::size_t place) const {
    return read_new_steps(parse_ini(text, "new.ini"), context(place));
  }

  NewSteps change(const std::string& title, const std::vector<KeyChange>& changes) const {
    const auto index = find_step(plan_.steps, title).value();
    return read_changed_step(plan_.steps[index], title, changes, context(index));
  }

  const Step& step(const std::string& title) const {
    return plan_.steps[find_step(plan_.steps, title).value()];
  }

  StepContext context(std::size_t place) const {
    return {.plan = plan_, .catalog = catalog_, .station = station_, .place = place};
  }

  Bench bench_;
  TaskCatalog catalog_ = test_catalog();
  StationFile station_;
  Plan plan_;
};

TEST_F(StepEdits, NewStepsAreReadAsThoseOfASchedule) {
  const auto made = insert(
      "[settle]\ntask = wait_time\nduration = 4 h\n[note]\ncommand = true\ntimeout = 5 min\n", 1);

  ASSERT_THAT(texts(made.problems), IsEmpty());
  EXPECT_THAT(titles(made.steps), ElementsAre("settle", "note"));
  EXPECT_EQ(made.steps[0].kind, StepKind::Wait);
  EXPECT_EQ(made.steps[1].timeout, 5min);
  EXPECT_EQ(made.steps[1].source.file, "new.ini");
  EXPECT_EQ(made.steps[1].source.line, 4);
}

TEST_F(StepEdits, FragmentsAreUnfolded) {
  const auto made = insert(
      "[cold]\nfragment = f\nrepeat = 2\n[fragment f]\nparameters =\n[f/scan]\ncommand = true\n",
      2);

  ASSERT_THAT(texts(made.problems), IsEmpty());
  EXPECT_THAT(titles(made.steps), ElementsAre("cold/1/scan", "cold/2/scan"));
}

TEST_F(StepEdits, ATypoIsAnErrorAsInASchedule) {
  const auto made = insert("[note]\ncommand = true\ntimout = 5 min\n", 1);

  EXPECT_TRUE(has_errors(made.problems));
  EXPECT_THAT(texts(made.problems),
              ElementsAre(testing::AllOf(HasSubstr("new.ini:3"), HasSubstr("'timeout'"))));
}

TEST_F(StepEdits, ATitleIsFreeInAllListsAndAmongThemselves) {
  const auto made = insert(
      "[gain]\ncommand = true\n[off]\ncommand = true\n[new]\ncommand = true\n[New]\ncommand = "
      "true\n",
      1);

  EXPECT_THAT(texts(made.problems),
              ElementsAre(HasSubstr("'gain' is taken"), HasSubstr("'off' is taken")));
}

TEST_F(StepEdits, WhatThisRunCannotDoIsRefusedWithItsLine) {
  plan_.modules.clear();
  plan_.python = "no-such-python";
  EXPECT_THAT(texts(insert("[x]\ntask = status_check\n", 1).problems),
              ElementsAre(HasSubstr("new.ini:1: [x] needs modules, but the run has none")));
  EXPECT_THAT(texts(insert("[x]\npackage = p\ntask = t\n", 1).problems),
              testing::Contains(HasSubstr("no Python interpreter 'no-such-python'")));

  const auto backup = insert("[x]\ncommand = true\nrun_backup = yes\n", 1);
  EXPECT_THAT(texts(backup.problems), ElementsAre(HasSubstr("names no [backup NAME] target")));
  EXPECT_FALSE(has_errors(backup.problems));
  ASSERT_THAT(backup.steps, SizeIs(1));
  EXPECT_FALSE(backup.steps[0].run_backup);
}

TEST_F(StepEdits, WhatARunWasStartedWithStays) {
  const auto made = insert(
      "[constants]\nrun_file = other.json\n[safe_state]\nsteps = off\n[a]\ncommand = true\n", 1);

  EXPECT_THAT(texts(made.problems),
              ElementsAre(HasSubstr("[constants] stays as the run was started with"),
                          HasSubstr("[safe_state] stays")));
}

TEST_F(StepEdits, NothingToInsertIsAnError) {
  EXPECT_THAT(texts(insert("# nothing\n", 1).problems), ElementsAre(HasSubstr("has no steps")));
}

TEST_F(StepEdits, ANewStepSaysWhatItOccupies) {
  const auto made = insert("[analyse]\ncommand = true\nneeds = CPU\nbackground = yes\n", 1);

  ASSERT_THAT(texts(made.problems), IsEmpty());
  EXPECT_THAT(made.steps.at(0).needs, ElementsAre("cpu"));
  EXPECT_TRUE(made.steps.at(0).background);
  EXPECT_THAT(texts(insert("[a]\ncommand = true\nbackground = yes\n", 1).problems),
              ElementsAre(HasSubstr("holds the whole bench")));
}

TEST_F(StepEdits, ANewStepFollowsWhatStandsBeforeItsPlace) {
  const auto made = insert("[use]\ncommand = true\nafter = gain, cool down\n", 3);

  ASSERT_THAT(texts(made.problems), IsEmpty());
  EXPECT_THAT(made.steps.at(0).after, ElementsAre("gain", "cool down/scan"));
}

TEST_F(StepEdits, ANewStepDoesNotFollowWhatComesLater) {
  const auto made = insert("[use]\ncommand = true\nafter = look, gian\n", 1);

  EXPECT_THAT(texts(made.problems),
              ElementsAre(HasSubstr("'look' stands later and would never come"),
                          HasSubstr("no step 'gian'; did you mean 'gain'?")));
}

TEST_F(StepEdits, AChangedStepKeepsAllItsOtherKeys) {
  auto expected = step("gain");
  expected.attempts = 5;

  const auto made = change("gain", {{"attempts", "5"}});

  ASSERT_THAT(texts(made.problems), IsEmpty());
  ASSERT_THAT(made.steps, SizeIs(1));
  EXPECT_EQ(fingerprint(made.steps[0]), fingerprint(expected));
  EXPECT_EQ(made.steps[0].source.line, step("gain").source.line);
}

TEST_F(StepEdits, AKeyThatIsTakenAwayHasItsDefaultAgain) {
  auto expected = step("gain");
  expected.timeout = Step{}.timeout;
  expected.needs.clear();

  const auto made = change("gain", {{"timeout", std::nullopt}, {"needs", std::nullopt}});

  ASSERT_THAT(texts(made.problems), IsEmpty());
  EXPECT_EQ(fingerprint(made.steps.at(0)), fingerprint(expected));
}

TEST_F(StepEdits, OptionsOfATaskAreCheckedAsInASchedule) {
  const auto made = change("look", {{"voltage", "1400 V"}});

  ASSERT_THAT(texts(made.problems), IsEmpty());
  EXPECT_EQ(made.steps.at(0).arguments.at(0).value, "1400 V");
  EXPECT_THAT(made.steps.at(0).after, ElementsAre("gain"));
  EXPECT_TRUE(has_errors(change("look", {{"voltage", "-40 degC"}}).problems));
  EXPECT_TRUE(has_errors(change("look", {{"voltge", "1400 V"}}).problems));
  EXPECT_TRUE(has_errors(change("look", {{"voltage", std::nullopt}}).problems));
}

TEST_F(StepEdits, TheCommandOfACommandMayChange) {
  const auto made = change("gain", {{"command", "false"}});

  ASSERT_THAT(texts(made.problems), IsEmpty());
  EXPECT_EQ(made.steps.at(0).command, "false");
}

TEST_F(StepEdits, WhatAStepIsStays) {
  EXPECT_THAT(texts(change("look", {{"task", "hv_off"}}).problems),
              ElementsAre(HasSubstr("says what the step is; drop it and insert another one")));
  EXPECT_THAT(texts(change("look", {{"command", "true"}}).problems),
              ElementsAre(HasSubstr("says what the step is")));
}

TEST_F(StepEdits, WhatDoesNotStandThereCannotBeTakenAway) {
  EXPECT_THAT(texts(change("look", {{"target", std::nullopt}}).problems),
              ElementsAre(HasSubstr("the step has no such option")));
}

TEST_F(StepEdits, ACopyHasATitleOfItsOwn) {
  const auto copy = read_changed_step(step("gain"), "gain again", {}, context(1));
  const auto same = read_changed_step(step("gain"), "look", {}, context(1));

  EXPECT_THAT(texts(copy.problems), IsEmpty());
  EXPECT_EQ(copy.steps.at(0).title, "gain again");
  EXPECT_EQ(copy.steps.at(0).attempts, 3);
  EXPECT_THAT(texts(same.problems), ElementsAre(HasSubstr("'look' is taken")));
}

}  // namespace
}  // namespace fat
