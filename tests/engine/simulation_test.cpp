// Seeds by the thousand: kills, power cuts, time-outs, answers, verbs, drift and clock steps in any
// order. FATMASTER_SEEDS says how many (10,000; built with a sanitizer 1,000), FATMASTER_SEED the
// first (1). A seed that breaks a promise is shrunk and told in sentences. Prints how often every
// transition of the state machine was taken; from 10,000 seeds on each of them has to be.
#include <cstdlib>
#include <ctime>
#include <iostream>
#include <string>

#include <fmt/format.h>
#include <gmock/gmock.h>

#include "engine/random_world.hpp"
#include "engine/shrink.hpp"

namespace fat {

namespace {

using ::testing::IsEmpty;

constexpr std::uint64_t kBounded = 10000;
#ifdef FAT_SANITIZED
constexpr std::uint64_t kDefault = 1000;
#else
constexpr std::uint64_t kDefault = kBounded;
#endif

std::uint64_t number_of(const char* variable, std::uint64_t otherwise) {
  const char* text = std::getenv(variable);
  return text == nullptr ? otherwise : std::strtoull(text, nullptr, 10);
}

/// Deadlines are written in local time: this zone has summer time.
void live_in_berlin() {
  ::setenv("TZ", "Europe/Berlin", 1);
  ::tzset();
}

TEST(Simulation, KeepsEveryPromiseInAnyOrderOfDisasters) {
  live_in_berlin();
  const auto first = number_of("FATMASTER_SEED", 1);
  const auto seeds = number_of("FATMASTER_SEEDS", kDefault);
  StateCoverage coverage;
  for (auto seed = first; seed < first + seeds; ++seed) {
    const auto story = random_story(seed);

    const auto broken = RandomWorld{story, {.coverage = &coverage}}.play();

    ASSERT_EQ(broken, "") << fmt::format(
        "seed {}; again: FATMASTER_SEED={} FATMASTER_SEEDS=1 fat_engine_tests "
        "--gtest_filter='Simulation.*'\n{}",
        seed,
        seed,
        told_shortly(story, {.coverage = &coverage}));
  }
  std::cout << coverage.text()
            << fmt::format(
                   "{} seeds from {}; pairs of an event and a state it does not fit, each "
                   "refused: {}\n",
                   seeds,
                   first,
                   coverage.illegal().refused());
  EXPECT_THAT(coverage.unexpected(), IsEmpty());
  if (seeds >= kBounded && first == 1) {
    EXPECT_THAT(coverage.missing(), IsEmpty());
    EXPECT_THAT(coverage.illegal().untried(), IsEmpty());
  }
}

}  // namespace

}  // namespace fat
