// [safe_state] and [on_resume] of schedule and station.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "plan/plan_test_support.hpp"

namespace fat {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

TEST(SafeState, IsNotPartOfTheSequence) {
  const Bench bench;
  const auto loaded = bench.plan(
      "[a]\ncommand = true\n[safe_state]\nsteps = hv off\n[hv off]\ntask = hv_off\n"
      "[on_resume]\nsteps = set up\n[set up]\ncommand = true\n");

  EXPECT_THAT(faults(loaded), IsEmpty());
  EXPECT_THAT(titles(loaded.plan.steps), ElementsAre("a"));
  EXPECT_THAT(titles(loaded.plan.safe_state), ElementsAre("hv off"));
  EXPECT_THAT(titles(loaded.plan.on_resume), ElementsAre("set up"));
}

TEST(SafeState, OfAScheduleIsAddedToThatOfTheStation) {
  const Bench bench;
  bench.folder.write(
      "station.ini",
      "[safe_state]\nsteps = laser off\n[laser off]\ncommand = true\nrecovery = rerun\n");
  const auto loaded = bench.plan(
      "[a]\ncommand = true\n[safe_state]\nsteps = hv off, laser off\n[hv off]\ntask = hv_off\n");

  EXPECT_THAT(faults(loaded), IsEmpty());
  EXPECT_THAT(titles(loaded.plan.safe_state), ElementsAre("laser off", "hv off"));
}

TEST(SafeState, OfTheStationCannotBeChangedByASchedule) {
  const Bench bench;
  bench.folder.write(
      "station.ini",
      "[safe_state]\nsteps = laser off\n[laser off]\ncommand = true\nrecovery = rerun\n");
  const auto loaded = bench.plan("[a]\ncommand = true\n[laser off]\ncommand = false\n");

  EXPECT_THAT(faults(loaded),
              ElementsAre(testing::AllOf(HasSubstr("s.ini:5: the title 'laser off' is that of"),
                                         HasSubstr("station.ini:3 too"))));
}

TEST(SafeState, HoldsOnlyStepsThatAreSafeToRepeat) {
  const Bench bench;
  const auto loaded = bench.plan(
      "[a]\ncommand = true\n[safe_state]\nsteps = x, y, z\n[x]\ncommand = true\n[y]\ntask = "
      "ramp\nvoltage = 0 V\n"
      "[z]\ntask = manual_input\nmessage = ok?\n");

  EXPECT_THAT(faults(loaded),
              ElementsAre(HasSubstr("s.ini:7: [x] belongs to the safe state"),
                          HasSubstr("its recovery is verify"),
                          HasSubstr("[z] asks a person")));
}

TEST(SafeState, BoundsEveryStepInTime) {
  const Bench bench;
  const auto loaded =
      bench.plan("[a]\ncommand = true\n[safe_state]\nsteps = x\n[x]\ntask = hv_off\n");

  EXPECT_EQ(loaded.plan.safe_state.at(0).timeout, std::chrono::minutes{5});
}

TEST(SafeState, ReportsAStepThatIsNotThere) {
  const Bench bench;
  const auto loaded =
      bench.plan("[a]\ncommand = true\n[safe_state]\nsteps = hv of\n[hv off]\ntask = hv_off\n");

  EXPECT_THAT(faults(loaded),
              ElementsAre("s.ini:6: no step [hv of], which 'steps' names; did you mean 'hv off'?"));
}

TEST(SafeState, SharesNoStepWithOnResume) {
  const Bench bench;
  const auto loaded = bench.plan(
      "[a]\ncommand = true\n[safe_state]\nsteps = x\n[on_resume]\nsteps = x\n[x]\ntask = hv_off\n");

  EXPECT_THAT(faults(loaded), ElementsAre(HasSubstr("[x] stands in both")));
}

}  // namespace
}  // namespace fat
