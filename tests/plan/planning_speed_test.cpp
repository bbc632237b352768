// Planning grows with the size of the schedule, not with its square. Generous bounds: debug and
// sanitizer builds.
#include <chrono>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "plan/plan_test_support.hpp"

namespace fat {
namespace {

std::string original_sections(int count) {
  std::string text;
  for (int i = 0; i < count; ++i) {
    text += fmt::format(
        "[measure_gain_{}]\npackage = degg_measurements.daq_scripts.measure_gain_online\n"
        "task = measure_gain\ncomment = room temp\nn_jobs = 4\nrun_backup = False\n\n",
        i);
  }
  return text;
}

std::chrono::milliseconds planning_time(const Bench& bench, int sections) {
  const auto text = original_sections(sections);
  const auto start = std::chrono::steady_clock::now();
  const auto loaded = bench.plan(text);
  const auto end = std::chrono::steady_clock::now();
  EXPECT_EQ(loaded.plan.steps.size(), static_cast<std::size_t>(sections));
  EXPECT_FALSE(has_errors(loaded.problems));
  return std::chrono::duration_cast<std::chrono::milliseconds>(end - start);
}

TEST(PlanningSpeed, OfAFullScheduleIsNotNoticed) {
  const Bench bench;
  const auto spent = planning_time(bench, 1114);

  RecordProperty("milliseconds", static_cast<int>(spent.count()));
  EXPECT_LT(spent, std::chrono::milliseconds{400});
}

TEST(PlanningSpeed, OfAHundredThousandSectionsIsSeconds) {
  const Bench bench;
  const auto spent = planning_time(bench, 100'000);

  RecordProperty("milliseconds", static_cast<int>(spent.count()));
  EXPECT_LT(spent, std::chrono::seconds{20});
}

}  // namespace
}  // namespace fat
