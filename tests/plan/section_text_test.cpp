// A plan written as a schedule reads back as the same plan.
#include "fat/plan/section_text.hpp"

#include <gmock/gmock.h>

#include "plan/plan_test_support.hpp"

namespace fat {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;

TEST(SectionText, ReadsBackAsTheSamePlan) {
  const Bench bench;
  bench.folder.write("station.ini", "[backup disk]\ntarget = /mnt\n");
  const auto first = bench.plan(
      "min_modules = 0\nstrict_code = yes\nverbose = yes\nsafe_state_after = 20 min\n"
      "[gain]\ncommand = sh -c 'echo 90%% $${HOME}'\nshell = yes\ntimeout = 2 h\n"
      "silence_timeout = 10 min\nattempts = 3\nretry_delay = 5 min\nretry_on = timeout\n"
      "leave_running = yes\nrecovery = rerun\nrun_backup = yes\non_failure = continue\n"
      "needs = hv, laser\ntags = cold\nmeasurements = gain [, 1e8] Hz\n"
      "[look]\ntask = ramp\nvoltage = 1500 V\nneeds = cpu\nbackground = yes\nafter = gain\n"
      "[ask]\ntask = manual_input\nmessage = first line\n    second line\n"
      "[settle]\ntask = wait_time\nduration = 4 h\n");
  ASSERT_THAT(faults(first), IsEmpty());

  std::string text = constants_text(first.plan, "runs/run/run_00012.json");
  for (const auto& step : first.plan.steps) {
    text += "\n" + section_text(step, {.backups = true, .lanes = true});
  }
  const auto second = bench.plan_file(text);

  EXPECT_THAT(faults(second), IsEmpty()) << text;
  ASSERT_EQ(titles(second.plan.steps), titles(first.plan.steps)) << text;
  for (std::size_t i = 0; i < first.plan.steps.size(); ++i) {
    EXPECT_EQ(fingerprint(second.plan.steps[i]), fingerprint(first.plan.steps[i])) << text;
    EXPECT_EQ(second.plan.steps[i].run_backup, first.plan.steps[i].run_backup);
  }
  EXPECT_EQ(second.plan.min_modules, 0);
  EXPECT_TRUE(second.plan.strict_code);
  EXPECT_TRUE(second.plan.verbose);
  EXPECT_EQ(second.plan.safe_state_after, first.plan.safe_state_after);
}

TEST(SectionText, NamesTheServicesThatAPlanNeeds) {
  Plan plan;
  plan.needs_services = {"daq:*", "camera"};

  EXPECT_THAT(constants_text(plan, "run.json"), HasSubstr("needs_services = daq:*, camera\n"));
}

}  // namespace
}  // namespace fat
