// Random files never crash or hang the loader; the seed is printed.
#include <random>
#include <string>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "plan/plan_test_support.hpp"

namespace fat {
namespace {

std::string random_bytes(std::mt19937& random, std::size_t most) {
  std::string text(std::uniform_int_distribution<std::size_t>{0, most}(random), '\0');
  for (char& letter : text) {
    letter = static_cast<char>(std::uniform_int_distribution<int>{0, 255}(random));
  }
  return text;
}

/// A file that was right until some bytes of it changed.
std::string damaged(std::string text, std::mt19937& random) {
  const int count = std::uniform_int_distribution<int>{1, 6}(random);
  for (int i = 0; i < count && !text.empty(); ++i) {
    const auto at = std::uniform_int_distribution<std::size_t>{0, text.size() - 1}(random);
    if (i % 2 == 0) {
      text[at] = static_cast<char>(std::uniform_int_distribution<int>{0, 127}(random));
    } else {
      text.erase(at, std::uniform_int_distribution<std::size_t>{1, 20}(random));
    }
  }
  return text;
}

class RandomText : public testing::Test {
 protected:
  const std::uint32_t seed_ = std::random_device{}();
  const testing::ScopedTrace trace_{__FILE__, __LINE__, fmt::format("seed {}", seed_)};
  std::mt19937 random_{seed_};
  Bench bench_;
};

TEST_F(RandomText, NeverCrashesTheScheduleLoader) {
  for (int i = 0; i < 300; ++i) {
    const auto loaded = bench_.plan_file(random_bytes(random_, 300));
    EXPECT_TRUE(has_errors(loaded.problems));
  }
}

TEST_F(RandomText, NeverCrashesItWhenAlmostRight) {
  const std::string right =
      "[constants]\nrun_file = runs/run/run_00012.json\n[DEFAULT]\nx = %(y)s\ny = 1\n"
      "[cool]\nfragment = loop\nrepeat = 20\nhv = on\n[fragment loop]\nparameters = hv\n"
      "[loop/a]\npackage = p\ntask = f\nhv = ${hv}\n[w]\ntask = wait_time\nduration = 3 s\n"
      "[c]\ncommand = echo 'x'\ntimeout = 3 s\n[safe_state]\nsteps = off\n[off]\ntask = hv_off\n";
  ASSERT_FALSE(has_errors(bench_.plan_file(right).problems));
  for (int i = 0; i < 600; ++i) {
    bench_.plan_file(damaged(right, random_));
  }
}

TEST_F(RandomText, NeverCrashesTheReadersOfJson) {
  const std::string right =
      R"({"DEgg2021-3-133": "runs/run_00012/DEgg2021-3-133.json", "MasterFAT_00": {"[0] a": 1, "[1] b c": -1}})";
  for (int i = 0; i < 300; ++i) {
    bench_.folder.write("runs/run/run_00012.json", damaged(right, random_));
    bench_.folder.write("runs/run_00012/DEgg2021-3-133.json", random_bytes(random_, 100));
    bench_.plan("[a]\ncommand = true\n");
  }
}

TEST_F(RandomText, NeverCrashesTheStationReader) {
  for (int i = 0; i < 300; ++i) {
    parse_station_file(damaged("[station]\nname = x\n[safe_state]\nsteps = a\n[a]\ncommand = "
                               "x\n[backup b]\ntarget = /x\n",
                               random_),
                       "station.ini",
                       "/b");
  }
}

}  // namespace
}  // namespace fat
