// Reserved keys of a step's section.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "plan/plan_test_support.hpp"

namespace fat {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

TEST(StepKeys, FillTheStep) {
  const Bench bench;
  const auto loaded = bench.plan(
      "[a]\ncommand = true\ntimeout = 90 min\nsilence_timeout = 30 s\nattempts = 3\nretry_delay = "
      "2 min\n"
      "retry_on = timeout\non_failure = continue\nrecovery = rerun\nleave_running = yes\nshell = "
      "yes\n"
      "needs = freezer, laser\ntags = cold\nmeasurements = dark_rate [0, 2600] Hz, gain\n");

  ASSERT_THAT(faults(loaded), IsEmpty());
  const Step& step = loaded.plan.steps.at(0);
  EXPECT_EQ(step.timeout, std::chrono::minutes{90});
  EXPECT_EQ(step.silence_timeout, std::chrono::seconds{30});
  EXPECT_EQ(step.attempts, 3);
  EXPECT_EQ(step.retry_delay, std::chrono::minutes{2});
  EXPECT_EQ(step.retry_on, (RetryOn{false, true}));
  EXPECT_EQ(step.on_failure, OnFailure::Continue);
  EXPECT_EQ(step.recovery, Recovery::Rerun);
  EXPECT_TRUE(step.leave_running);
  EXPECT_TRUE(step.shell);
  EXPECT_THAT(step.needs, ElementsAre("freezer", "laser"));
  EXPECT_THAT(step.tags, ElementsAre("cold"));
  EXPECT_EQ(step.measurements.size(), 2U);
}

TEST(StepKeys, ReportEachValueOfTheWrongType) {
  const Bench bench;
  const auto loaded = bench.plan(
      "[a]\ncommand = true\ntimeout = 90\nattempts = 0\nretry_on = never\non_failure = "
      "panic\nshell = maybe\n"
      "measurements = [\n");

  EXPECT_THAT(
      faults(loaded),
      ElementsAre(
          "s.ini:5: 'timeout' in [a]: '90' is not a duration with its unit, such as '90 min'",
          HasSubstr("s.ini:6: 'attempts' in [a]: '0' is not a whole number from 1"),
          HasSubstr("s.ini:7: 'retry_on' in [a]"),
          HasSubstr("s.ini:8: 'on_failure' in [a]: 'panic' is not pause, stop or continue"),
          HasSubstr("s.ini:9: 'shell' in [a]"),
          HasSubstr("s.ini:10: 'measurements' in [a]")));
}

TEST(StepKeys, OfALaterVersionAreErrors) {
  const Bench bench;
  const auto loaded = bench.plan("[a]\ncommand = true\nwhen = x\n");

  EXPECT_THAT(faults(loaded),
              ElementsAre(HasSubstr("'when' in [a]: this version cannot do it yet")));
}

TEST(StepKeys, PassTheirNameToAFunctionWithAPrefix) {
  const Bench bench;
  const auto loaded = bench.plan("[a]\npackage = p\ntask = f\narg.timeout = 90\narg.needs = hv\n");

  EXPECT_THAT(faults(loaded), IsEmpty());
  EXPECT_THAT(loaded.plan.steps.at(0).arguments,
              ElementsAre(Argument{"timeout", "90"}, Argument{"needs", "hv"}));
}

TEST(StepKeys, WithoutMeaningForTheKindAreErrorsUnlessInherited) {
  const Bench bench;

  EXPECT_THAT(faults(bench.plan("[a]\npackage = p\ntask = f\nshell = yes\n")),
              ElementsAre(HasSubstr("'shell' in [a]: only a 'command' can run in a shell; write "
                                    "'arg.shell' to pass it to the function")));
  EXPECT_THAT(faults(bench.plan("[w]\ntask = wait_time\nduration = 1 s\ntimeout = 2 s\n")),
              ElementsAre(HasSubstr("a step that only waits or asks has none")));
  EXPECT_THAT(faults(bench.plan("[DEFAULT]\ntimeout = 2 h\n[w]\ntask = wait_time\nduration = 1 "
                                "s\n[c]\ncommand = true\n")),
              IsEmpty());
}

TEST(StepKeys, AllowVerifyOnlyForBuiltInTasks) {
  const Bench bench;

  EXPECT_THAT(faults(bench.plan("[a]\ncommand = true\nrecovery = verify\n")),
              ElementsAre(HasSubstr("only a built-in task can be verified")));
}

TEST(StepKeys, OfACommandAreAllThatItsSectionMayHold) {
  const Bench bench;

  EXPECT_THAT(
      faults(bench.plan("[a]\ncommand = true\ntimout = 3 s\n")),
      ElementsAre(
          "s.ini:5: 'timout' in [a]: unknown key: a command has no parameters; did you mean "
          "'timeout'?"));
}

TEST(StepKeys, AllowOneKindOfWorkInASection) {
  const Bench bench;

  EXPECT_THAT(faults(bench.plan("[a]\ncommand = true\ntask = hv_off\n")),
              ElementsAre(HasSubstr("'task' in [a]: stands beside 'command'")));
}

}  // namespace
}  // namespace fat
