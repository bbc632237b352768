// Planning grows with the size of the schedule, not with its square. What it costs:
// tools/bench/run.
#include <algorithm>
#include <ctime>
#include <iostream>

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

/// Of the processor, so that a crowded machine does not matter.
double planning_seconds(const Bench& bench, int sections) {
  const auto text = original_sections(sections);
  const auto start = std::clock();
  const auto loaded = bench.plan(text);
  const auto end = std::clock();
  EXPECT_EQ(loaded.plan.steps.size(), static_cast<std::size_t>(sections));
  EXPECT_FALSE(has_errors(loaded.problems));
  return static_cast<double>(end - start) / CLOCKS_PER_SEC;
}

TEST(Planning, GrowsWithTheScheduleAndNotWithItsSquare) {
  const Bench bench;
  const auto small = std::min(planning_seconds(bench, 2'000), planning_seconds(bench, 2'000));

  const auto ratio = planning_seconds(bench, 20'000) / small;

  std::cout << fmt::format("10 times the sections: {:.1f} times the time\n", ratio);
  EXPECT_LT(ratio, 25) << "100 is the square";
}

}  // namespace
}  // namespace fat
