// `needs`, `background` and `after` of a schedule.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "plan/plan_test_support.hpp"

namespace fat {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

TEST(PlanLanes, AStepSaysWhatItOccupiesAndWhatItFollows) {
  const Bench bench;
  const auto loaded = bench.plan(
      "[gain]\ncommand = true\nneeds = laser, HV, network:shared\n"
      "[analyse]\ncommand = true\nneeds = cpu\nbackground = yes\nafter = gain\n");

  ASSERT_THAT(faults(loaded), IsEmpty());
  EXPECT_THAT(loaded.plan.steps.at(0).needs, ElementsAre("laser", "hv", "network:shared"));
  EXPECT_FALSE(loaded.plan.steps.at(0).background);
  EXPECT_TRUE(loaded.plan.steps.at(1).background);
  EXPECT_THAT(loaded.plan.steps.at(1).after, ElementsAre("gain"));
}

TEST(PlanLanes, WhatHoldsTheWholeBenchCannotRunInTheBackground) {
  const Bench bench;
  const auto loaded = bench.plan("[a]\ncommand = true\nbackground = yes\n");

  EXPECT_THAT(faults(loaded),
              ElementsAre(HasSubstr("s.ini:5: 'background' in [a]: a step without 'needs' holds "
                                    "the whole bench, and nothing runs beside it; say what")));
}

TEST(PlanLanes, AResourceIsAWordAndNamedOnce) {
  const Bench bench;
  const auto loaded = bench.plan(
      "[a]\ncommand = true\nneeds = hv:share\n[b]\ncommand = true\nneeds = hv, HV:shared\n"
      "[c]\ncommand = true\nneeds = :shared, the laser\n");

  EXPECT_THAT(
      faults(loaded),
      ElementsAre(HasSubstr("s.ini:5: 'needs' in [a]: 'hv:share' is not a list of resources"),
                  HasSubstr("s.ini:8: 'needs' in [b]: names 'hv' twice"),
                  HasSubstr("s.ini:11: 'needs' in [c]")));
}

TEST(PlanLanes, ALinkIsThatOfADeviceOfTheStation) {
  const Bench bench;
  const auto loaded = bench.plan("[a]\ncommand = true\nneeds = hv, supply:link\n");

  EXPECT_THAT(faults(loaded),
              ElementsAre(HasSubstr("s.ini:3: [a] needs supply:link, but station.ini has no "
                                    "[device supply]")));
}

TEST(PlanLanes, AStepFollowsOnlyEarlierOnes) {
  const Bench bench;
  const auto loaded = bench.plan(
      "[gain]\ncommand = true\nafter = gain, later, gian\n[later]\ncommand = true\nafter = "
      "gain\n");

  EXPECT_THAT(faults(loaded),
              ElementsAre(HasSubstr("'after' in [gain]: the step would wait for itself"),
                          HasSubstr("'after' in [gain]: 'later' stands later and would never come"),
                          HasSubstr("'after' in [gain]: no step 'gian'; did you mean 'gain'?")));
}

TEST(PlanLanes, AStepOfAFragmentFollowsThoseOfItsOwnUse) {
  const Bench bench;
  const auto loaded = bench.plan(
      "[cool]\nfragment = loop\nrepeat = 2\n[fragment loop]\nparameters =\n"
      "[loop/scan]\ncommand = true\n[loop/look]\ncommand = true\nafter = scan\n"
      "[last]\ncommand = true\nafter = cool\n");

  ASSERT_THAT(faults(loaded), IsEmpty());
  EXPECT_THAT(loaded.plan.steps.at(3).after, ElementsAre("cool/2/scan"));
  EXPECT_THAT(loaded.plan.steps.at(4).after,
              ElementsAre("cool/1/look", "cool/1/scan", "cool/2/look", "cool/2/scan"));
}

TEST(PlanLanes, AStepSaysWhenItsResultsAreValid) {
  const Bench bench;
  const auto loaded = bench.plan(
      "[a]\ncommand = true\nvalid_when = freezer in -40 +- 2 degC, file:light.txt in [, 5]\n"
      "[b]\ncommand = true\nvalid_when = freezer at -40 degC\n"
      "[c]\ntask = wait_time\nduration = 1 s\nvalid_when = freezer in [1, 2]\n");

  EXPECT_EQ(loaded.plan.steps.at(0).valid_when.size(), 2U);
  EXPECT_THAT(faults(loaded),
              ElementsAre(HasSubstr("s.ini:8: 'valid_when' in [b]: 'freezer at -40 degC' is not of "
                                    "the form 'freezer in -40 +- 2 degC' or"),
                          HasSubstr("'valid_when' in [c]: a step that only waits")));
}

TEST(PlanLanes, StepsOfTheSafeStateFollowEachOther) {
  const Bench bench;
  const auto loaded = bench.plan(
      "[a]\ncommand = true\n[safe_state]\nsteps = off\n"
      "[off]\ncommand = true\nrecovery = rerun\nneeds = hv\nbackground = yes\nafter = a\n");

  EXPECT_THAT(faults(loaded),
              ElementsAre(HasSubstr("'background' in [off]: only steps of the sequence"),
                          HasSubstr("'after' in [off]: only steps of the sequence")));
}

}  // namespace
}  // namespace fat
