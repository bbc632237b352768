// A campaign for a fast virtual bench: the same steps, loaded again.
#include "cli/hasty_campaign.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "fat/model/quantity.hpp"
#include "fat/plan/schedule_loader.hpp"
#include "fat/tasks/catalog.hpp"
#include "store/temporary_folder.hpp"

namespace fat {

namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

const std::string kRoundSchedule = R"([constants]
run_file = runs/run/run_00012.json
safe_state_after = 7 min
[lights off]
task = disable_all_lights
on_failure = stop
[settle]
task = wait_time
duration = 4 h
[until morning]
task = wait_time
until = 2026-11-21 08:30
[look]
task = manual_input
message = All well, 100 %% ?
default = no
deadline = 5 min
[note]
command = echo 100 %% ${DIR}
needs = cpu
background = yes
[status]
task = status_check
after = note
valid_when = freezer in -40 +- 2 degC, file:/run/lab/humidity in [0, 40] %%
timeout = 5 min
[safe_state]
steps = dark, told
[dark]
task = disable_laser
[told]
command = /bin/true
recovery = rerun
)";

class HastyCampaignTest : public testing::Test {
 protected:
  HastyCampaignTest() {
    write_text(folder_ / "runs/run/run_00012.json", R"({"m1": "runs/m1.json"})");
    write_text(folder_ / "runs/m1.json", R"({"Port": 5001})");
    auto text = kRoundSchedule;
    text.replace(text.find("${DIR}"), 6, "$$DIR");
    plan_ = load(text, "s.ini");
    RehearsalRequest request;
    request.start.boot_id = "one";
    request.start.wall = WallTime{1795161600s};  // 2026-11-20 08:00 UTC
    rehearsal_ = rehearse(
        plan_, [](const Step&) { return PastDurations{}; }, request);
  }

  Plan load(const std::string& text, const char* name) {
    const auto file = write_text(folder_ / name, text);
    auto loaded = load_plan({.schedule = file, .run_file = {}, .current_folder = folder_.path()},
                            catalog(),
                            load_station_file(folder_.path()));
    for (const auto& problem : loaded.problems) {
      EXPECT_EQ(problem.severity, Severity::Warning) << to_text(problem) << '\n' << text;
    }
    return std::move(loaded.plan);
  }

  HastyCampaign hasty(bool foreign) {
    return hasty_campaign(plan_,
                          rehearsal_,
                          {.speed = 1000,
                           .foreign = foreign,
                           .run_file = (folder_ / "runs/run/run_00012.json").string()});
  }

  TemporaryFolder folder_;
  Plan plan_;
  Rehearsal rehearsal_;
};

const Step& step_of(const Plan& plan, const std::string& title) {
  return plan.steps.at(*find_step(plan.steps, title));
}

TEST_F(HastyCampaignTest, HasTheSameStepsInTheSameOrder) {
  const auto again = load(hasty(true).schedule, "hasty.ini");

  ASSERT_EQ(again.steps.size(), plan_.steps.size());
  for (std::size_t i = 0; i < plan_.steps.size(); ++i) {
    EXPECT_EQ(again.steps[i].title, plan_.steps[i].title);
    EXPECT_EQ(again.steps[i].kind, plan_.steps[i].kind);
    EXPECT_EQ(again.steps[i].on_failure, OnFailure::Continue);
  }
  EXPECT_EQ(again.safe_state_after, 7min);
  EXPECT_EQ(again.safe_state.size(), 2U);
  EXPECT_EQ(step_of(again, "status").timeout, 5min) << "the machine is as fast as ever";
  EXPECT_THAT(step_of(again, "status").after, ElementsAre("note"));
  EXPECT_TRUE(step_of(again, "note").background);
  EXPECT_EQ(step_of(again, "note").command, step_of(plan_, "note").command);
}

// Its station has devices and no channels.
TEST_F(HastyCampaignTest, OnlyWaitsWhereChannelsAreSetOrWaitedFor) {
  plan_.steps.at(*find_step(plan_.steps, "status")).task = "wait_for_channel";
  plan_.safe_state.front().task = "set_channel";
  const auto campaign = hasty(true);
  const auto again = load(campaign.schedule, "hasty.ini");

  EXPECT_THAT(campaign.channels, ElementsAre("status"));
  EXPECT_EQ(step_of(again, "status").kind, StepKind::Wait);
  EXPECT_EQ(again.safe_state.size(), 1U);
}

TEST_F(HastyCampaignTest, WaitsShorter) {
  const auto again = load(hasty(true).schedule, "hasty.ini");
  const auto wait = [&](const std::string& title) {
    const auto& arguments = step_of(again, title).arguments;
    return arguments.size() == 1 ? parse_duration(arguments[0].value) : std::nullopt;
  };

  EXPECT_EQ(wait("settle"), 14'400ms);
  // Until the morning: some 20 of 24 hours, whatever the machine's zone.
  ASSERT_TRUE(wait("until morning"));
  EXPECT_GT(*wait("until morning"), 1s);
  EXPECT_LT(*wait("until morning"), 130s);
}

TEST_F(HastyCampaignTest, AnswersWithYesAtOnce) {
  const auto again = load(hasty(true).schedule, "hasty.ini");

  EXPECT_THAT(step_of(again, "look").arguments,
              ElementsAre(Argument{.name = "message", .value = "All well, 100 % ?"},
                          Argument{.name = "default", .value = "yes"}));
}

TEST_F(HastyCampaignTest, LeavesOutWhatMayReachTheRealBench) {
  const auto campaign = hasty(false);
  const auto again = load(campaign.schedule, "hasty.ini");

  EXPECT_THAT(campaign.foreign, ElementsAre("note"));
  EXPECT_EQ(step_of(again, "note").kind, StepKind::Wait);
  EXPECT_TRUE(step_of(again, "note").background);
  ASSERT_EQ(again.safe_state.size(), 1U);
  EXPECT_EQ(again.safe_state[0].title, "dark");
  EXPECT_THAT(campaign.schedule, Not(HasSubstr("command")));
}

TEST_F(HastyCampaignTest, KeepsOnlyTheLimitsThatTheVirtualBenchCanMeet) {
  const auto campaign = hasty(true);
  const auto again = load(campaign.schedule, "hasty.ini");

  EXPECT_THAT(campaign.windows, ElementsAre("status"));
  ASSERT_EQ(step_of(again, "status").valid_when.size(), 1U);
  EXPECT_EQ(step_of(again, "status").valid_when[0].signal, "freezer");
}

TEST(HastyStation, HasTheDevicesAndNoTarget) {
  Station station;
  station.name = "cold lab";
  station.backups.push_back({.name = "far", .target = "/mnt/far"});
  DeviceEntry laser;
  laser.name = "laser";
  laser.kind = "tektronix_afg3000";
  laser.link = LinkAddress{.kind = LinkKind::Tcp, .host = "10.25.124.252", .port = 1234};
  laser.parameters = {{"first_byte", "3 s"}};
  DeviceEntry freezer;
  freezer.name = "freezer";
  freezer.kind = "manual_freezer";
  freezer.parameters = {{"thermometer", "t"}};
  station.devices = {laser, freezer};

  const auto text = hasty_station(station);

  EXPECT_THAT(text, HasSubstr("[device laser]\nkind = tektronix_afg3000\nlink = tcp "));
  EXPECT_THAT(text, HasSubstr("first_byte = 3 s"));
  EXPECT_THAT(text, HasSubstr("[device freezer]\nkind = julabo\n"));
  EXPECT_THAT(text, HasSubstr("name = rehearsal of cold lab"));
  EXPECT_THAT(text, Not(HasSubstr("/mnt/far")));
}

}  // namespace

}  // namespace fat
