// [fragment NAME] sections and their use.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "plan/plan_test_support.hpp"

namespace fat {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

constexpr const char* kLoop =
    "[fragment loop]\nparameters = hv_status\n[loop/slowmon]\ntask = hv_off\n"
    "[loop/online_mon]\npackage = p\ntask = f\nhv_status = ${HV_status}\n";

TEST(Fragments, AreRepeatedWithNumbersOfOneWidth) {
  const Bench bench;
  const auto loaded = bench.plan(
      std::string{"[cool down]\nfragment = loop\nrepeat = 10\nhv_status = moving\n"} + kLoop);

  ASSERT_THAT(faults(loaded), IsEmpty());
  ASSERT_THAT(loaded.plan.steps, SizeIs(20));
  EXPECT_EQ(loaded.plan.steps[0].title, "cool down/01/slowmon");
  EXPECT_EQ(loaded.plan.steps[19].title, "cool down/10/online_mon");
  EXPECT_THAT(loaded.plan.steps[1].arguments, ElementsAre(Argument{"hv_status", "moving"}));
}

TEST(Fragments, WithoutRepeatHaveNoNumber) {
  const Bench bench;
  const auto loaded =
      bench.plan(std::string{kLoop} + "[cool down]\nfragment = loop\nhv_status = x\n");

  EXPECT_THAT(titles(loaded.plan.steps), ElementsAre("cool down/slowmon", "cool down/online_mon"));
}

TEST(Fragments, CanContainFragments) {
  const Bench bench;
  const auto loaded = bench.plan(
      "[all]\nfragment = outer\nrepeat = 2\nseconds = 3 s\n"
      "[fragment outer]\nparameters = seconds\n"
      "[outer/in]\nfragment = inner\nlength = ${seconds}\n"
      "[fragment inner]\nparameters = length\n"
      "[inner/wait]\ntask = wait_time\nduration = ${length}\n");

  EXPECT_THAT(faults(loaded), IsEmpty());
  EXPECT_THAT(titles(loaded.plan.steps), ElementsAre("all/1/in/wait", "all/2/in/wait"));
  EXPECT_EQ(loaded.plan.steps.at(0).arguments.at(0).value, "3 s");
}

TEST(Fragments, TakeWhatTheyDoAndHowOftenFromParametersWithADefault) {
  const Bench bench;
  const auto loaded = bench.plan(
      "[DEFAULT]\ntimes = 0\n[a]\nfragment = outer\n[b]\nfragment = outer\ntimes = 2\n"
      "[fragment outer]\nparameters = times\n"
      "[outer/one]\ncommand = true\n"
      "[outer/more]\nfragment = inner\nrepeat = ${times}\n"
      "[fragment inner]\n[inner/two]\ncommand = true\n");

  EXPECT_THAT(faults(loaded), IsEmpty());
  EXPECT_THAT(titles(loaded.plan.steps),
              ElementsAre("a/one", "b/one", "b/more/1/two", "b/more/2/two"));
}

TEST(Fragments, ThatContainThemselvesAreErrors) {
  const Bench bench;
  const auto loaded = bench.plan(
      "[x]\nfragment = a\n[fragment a]\nparameters =\n[a/1]\nfragment = b\n[fragment "
      "b]\nparameters =\n"
      "[b/1]\nfragment = a\n");

  EXPECT_THAT(
      faults(loaded),
      ElementsAre(HasSubstr("s.ini:12: 'fragment' in [b/1]: fragment 'a' would contain itself")));
}

TEST(Fragments, CheckTheParametersWhereTheyAreUsed) {
  const Bench bench;
  const auto loaded = bench.plan(
      std::string{"[cool down]\nfragment = loop\nhv_state = moving\ntimeout = 3 s\n"} + kLoop);

  EXPECT_THAT(
      faults(loaded),
      ElementsAre(
          HasSubstr("s.ini:5: 'hv_state' in [cool down]: the fragment has no such parameter; did "
                    "you mean 'hv_status'?"),
          HasSubstr("'timeout' in [cool down]: stands in the steps of the fragment"),
          HasSubstr("s.ini:3: [cool down] lacks 'hv_status'")));
}

TEST(Fragments, ReportAProblemOfARepeatedStepOnce) {
  const Bench bench;
  const auto loaded = bench.plan(
      "[x]\nfragment = a\nrepeat = 50\n[fragment a]\nparameters =\n[a/1]\ntask = nothing\n");

  EXPECT_THAT(faults(loaded), SizeIs(1));
}

TEST(Fragments, ReportAnUnsetParameter) {
  const Bench bench;

  EXPECT_THAT(faults(bench.plan("[x]\nfragment = a\nhv = 1\n[fragment a]\nparameters = hv\n"
                                "[a/1]\ncommand = echo ${hw}\n")),
              ElementsAre(HasSubstr(
                  "s.ini:9: 'command' in [a/1]: ${hw} is not among the fragment's parameters")));
  EXPECT_THAT(
      faults(bench.plan("[x]\ncommand = echo ${hv}\n")),
      ElementsAre(HasSubstr("${hv} stands outside of a fragment; write $${ for a literal ${")));
}

TEST(Fragments, LeaveALiteralDollarAlone) {
  const Bench bench;
  const auto loaded = bench.plan("[x]\ncommand = echo $${HOME} $x $\nshell = yes\n");

  EXPECT_THAT(faults(loaded), IsEmpty());
  EXPECT_EQ(loaded.plan.steps.at(0).command, "echo ${HOME} $x $");
}

TEST(Fragments, SuggestTheNameThatWasMeant) {
  const Bench bench;

  EXPECT_THAT(faults(bench.plan(std::string{"[x]\nfragment = lop\nhv_status = 1\n"} + kLoop)).at(0),
              HasSubstr("no [fragment lop]; did you mean 'loop'?"));
}

TEST(Fragments, ThatNobodyUsesAreAWarning) {
  const Bench bench;

  EXPECT_THAT(faults(bench.plan(std::string{"[x]\ncommand = true\n"} + kLoop)),
              ElementsAre(HasSubstr("fragment 'loop' is used nowhere")));
}

TEST(Fragments, CannotMakeMoreStepsThanAPlanMayHold) {
  const Bench bench;
  const auto loaded = bench.plan(
      "[x]\nfragment = a\nrepeat = 100000\n[fragment a]\nparameters =\n[a/1]\nfragment = b\nrepeat "
      "= 100000\n"
      "[fragment b]\nparameters =\n[b/1]\ncommand = true\n");

  EXPECT_THAT(faults(loaded), ElementsAre(HasSubstr("more than 200000 steps")));
}

TEST(Fragments, CannotMakeTwoStepsOfOneTitle) {
  const Bench bench;
  const auto loaded = bench.plan(
      std::string{"[x/slowmon]\ncommand = true\n[x]\nfragment = loop\nhv_status = 1\n"} + kLoop);

  EXPECT_THAT(faults(loaded),
              ElementsAre(HasSubstr("the title 'x/slowmon' is that of s.ini:3 too")));
}

}  // namespace
}  // namespace fat
