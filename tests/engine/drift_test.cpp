#include "fat/engine/drift.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/bench_run.hpp"

namespace fat {

namespace {

using ::testing::IsEmpty;

Plan before() {
  Plan plan;
  plan.modules = {{.serial = "DEgg-1", .path = "one.json"}};
  plan.steps = {command("a"), command("b"), command("c")};
  return plan;
}

TEST(Drift, OfTheSamePlanIsEmpty) {
  EXPECT_THAT(compare(before(), before()), IsEmpty());
}

TEST(Drift, IgnoresWhereAStepStandsInItsFile) {
  auto after = before();
  after.steps[0].source.line = 99;
  after.steps[0].estimate = 5min;

  EXPECT_THAT(compare(before(), after), IsEmpty());
}

TEST(Drift, NamesWhatChangedInAStep) {
  auto after = before();
  after.steps[1].timeout = 90min;

  const auto drifts = compare(before(), after);

  ASSERT_EQ(drifts.size(), 1U);
  EXPECT_EQ(drifts[0].what, "b");
  EXPECT_EQ(drifts[0].text, "timeout: none -> 1 h 30 min");
}

TEST(Drift, NamesNewGoneAndMovedSteps) {
  auto after = before();
  after.steps = {command("b"), command("a"), command("d")};

  std::vector<std::pair<DriftKind, std::string>> found;
  for (const auto& drift : compare(before(), after)) {
    found.emplace_back(drift.kind, drift.what);
  }

  EXPECT_THAT(found,
              testing::ElementsAre(std::pair{DriftKind::New, "d"},
                                   std::pair{DriftKind::Gone, "c"},
                                   std::pair{DriftKind::Moved, "b"}));
}

TEST(Drift, ComparesTheModuleSet) {
  auto after = before();
  after.modules = {{.serial = "DEgg-1", .path = "other.json"}, {.serial = "DEgg-2"}};

  const auto drifts = compare(before(), after);

  ASSERT_EQ(drifts.size(), 2U);
  EXPECT_EQ(drifts[0].what, "module DEgg-1");
  EXPECT_EQ(drifts[0].text, "one.json -> other.json");
  EXPECT_EQ(drifts[1].what, "module DEgg-2");
}

TEST(Drift, ComparesWhatTheStationFileAndTheConstantsSay) {
  auto old_plan = before();
  old_plan.station = {{"[station] name", "cold room"}, {"[paths] runs", "runs"}};
  auto after = before();
  after.station = {{"[station] name", "warm room"}, {"[backup disk] target", "/mnt"}};
  after.safe_state_after = 5min;

  std::vector<std::string> lines;
  for (const auto& drift : compare(old_plan, after)) {
    lines.push_back(drift.what + ": " + drift.text);
  }

  EXPECT_THAT(lines,
              testing::ElementsAre("setting [backup disk] target: '/mnt'",
                                   "setting [constants] safe_state_after: '15 min' -> '5 min'",
                                   "setting [station] name: 'cold room' -> 'warm room'",
                                   "setting [paths] runs: was 'runs'"));
  EXPECT_NE(fingerprint(old_plan), fingerprint(after));
}

TEST(Drift, NamesArgumentsPromisesAndModulesThatAreGone) {
  auto old_plan = before();
  old_plan.steps[0].arguments = {{.name = "n_jobs", .value = "4"}};
  old_plan.steps[1].measurements = {{.name = "gain", .max = 1e8}};
  auto after = old_plan;
  after.steps[0].arguments = {{.name = "n_jobs", .value = "8"}, {.name = "use_fir", .value = "1"}};
  after.steps[1].measurements = {{.name = "gain", .min = 1.0, .unit = "Hz"}};
  after.modules.clear();

  std::vector<std::string> lines;
  for (const auto& drift : compare(old_plan, after)) {
    lines.push_back(drift.what + ": " + drift.text);
  }

  using ::testing::Contains;
  using ::testing::HasSubstr;
  EXPECT_THAT(lines,
              Contains(testing::AllOf(HasSubstr("a: "),
                                      HasSubstr("n_jobs: '4' -> '8'"),
                                      HasSubstr("use_fir: none -> '1'"),
                                      HasSubstr("order of options: n_jobs -> n_jobs, use_fir"))));
  EXPECT_THAT(lines, Contains(HasSubstr("measurements: gain [, 100000000] ; -> gain [1, ] Hz;")));
  EXPECT_THAT(lines, Contains("module DEgg-1: "));
}

}  // namespace

}  // namespace fat
