// What modules missed -> a schedule that loads again, by temperature.
#include "cli/catch_up.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "fat/plan/schedule_loader.hpp"
#include "fat/tasks/catalog.hpp"
#include "store/temporary_folder.hpp"

namespace fat {

namespace {

using testing::ElementsAre;
using testing::IsEmpty;

const std::string kSchedule = R"([constants]
run_file = runs/run/run_00012.json
[gain warm]
command = /bin/true %% "a b"
measurements = gain [, 1e8], dark_rate [0, 2600] Hz
timeout = 90 min
attempts = 3
valid_when = freezer in -40.1234567 +- 2 degC not older than 5 min, file:h.txt in [, 40] %%
[freeze]
command = /bin/true -40
tags = -40 degC
[settle]
task = wait_time
duration = 4 h
[cool down/1]
command = echo 5 | cat
shell = yes
measurements = rate
on_failure = continue
[note]
command = /bin/true
[warm up]
command = /bin/true 20
tags = 20 degC
[gain again]
command = /bin/true
measurements = gain
)";

class CatchUpTest : public testing::Test {
 protected:
  CatchUpTest() {
    write_text(folder_ / "runs/run/run_00012.json",
               R"({"m1": "runs/m1.json", "m2": "runs/m2.json"})");
    write_text(folder_ / "runs/m1.json", R"({"Port": 5001})");
    write_text(folder_ / "runs/m2.json", R"({"Port": 5002})");
    plan_ = load(kSchedule);
  }

  Plan load(const std::string& text) {
    const auto file = write_text(folder_ / "s.ini", text);
    auto loaded = load_plan({.schedule = file, .run_file = {}, .current_folder = folder_.path()},
                            catalog(),
                            load_station_file(folder_.path()));
    for (const auto& problem : loaded.problems) {
      EXPECT_NE(problem.severity, Severity::Error) << problem.message;
    }
    return std::move(loaded.plan);
  }

  /// All steps done, those named without m2.
  RunState after(const std::vector<std::string>& without_m2) const {
    RunState state{plan_};
    std::vector<EventBody> bodies{RunOpened{}, SchedulerStarted{}};
    for (std::size_t i = 0; i < plan_.steps.size(); ++i) {
      AttemptStarted started;
      started.key.title = plan_.steps[i].title;
      started.index = static_cast<int>(i);
      started.kind = plan_.steps[i].kind;
      if (std::ranges::find(without_m2, started.key.title) != without_m2.end()) {
        started.without = {"m2"};
      }
      bodies.emplace_back(started);
      bodies.emplace_back(AttemptEnded{.key = started.key, .outcome = Outcome::Done});
    }
    for (auto& body : bodies) {
      state.apply({.run = 12, .at = {.boot_id = "b"}, .who = kProgram, .body = std::move(body)});
    }
    return state;
  }

  static std::vector<std::string> titles(const Plan& plan) {
    std::vector<std::string> all;
    all.reserve(plan.steps.size());
    for (const auto& step : plan.steps) {
      all.push_back(step.title);
    }
    return all;
  }

  std::string run_file() const { return (folder_ / "runs/run/run_00012.json").string(); }

  TemporaryFolder folder_;
  Plan plan_;
};

TEST_F(CatchUpTest, NothingMissedIsNoSchedule) {
  EXPECT_EQ(catch_up(plan_, after({}), {}, run_file()).schedule, "");
}

TEST_F(CatchUpTest, HoldsExactlyWhatIsMissingBehindTheMoveToItsTemperature) {
  const auto state = after({"freeze", "cool down/1", "note", "gain again"});

  const auto found = catch_up(plan_, state, {}, run_file());

  EXPECT_THAT(found.modules, ElementsAre("m2"));
  EXPECT_THAT(titles(load(found.schedule)),
              ElementsAre("gain again", "freeze", "settle", "cool down/1"));
}

TEST_F(CatchUpTest, ToWhereTheRunBeganAPersonBringsTheBench) {
  const auto found = catch_up(plan_, after({"gain warm"}), {}, run_file());

  EXPECT_THAT(titles(load(found.schedule)), ElementsAre("catch-up: temperature", "gain warm"));
}

TEST_F(CatchUpTest, EveryStepReadsBackAsItWas) {
  const auto again = load(
      catch_up(plan_, after({"gain warm", "cool down/1", "gain again"}), {}, run_file()).schedule);

  for (const auto& step : again.steps) {
    if (const auto index = find_step(plan_.steps, step.title)) {
      EXPECT_EQ(fingerprint(step), fingerprint(plan_.steps[*index])) << step.title;
    }
  }
}

TEST_F(CatchUpTest, AModuleThatMissedNothingHasNoSchedule) {
  EXPECT_THAT(catch_up(plan_, after({"gain again"}), {"m1"}, run_file()).modules, IsEmpty());
}

}  // namespace

}  // namespace fat
