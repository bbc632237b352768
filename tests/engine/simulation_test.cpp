// Seeds by the thousand: kills, power cuts, time-outs, answers, verbs and clock steps in any order.
// FATMASTER_SEEDS says how many, FATMASTER_SEED the first (default 1).
#include <cstdlib>
#include <string>

#include <gtest/gtest.h>

#include "engine/random_world.hpp"

namespace fat {

namespace {

std::uint64_t number(const char* variable, std::uint64_t otherwise) {
  const char* text = std::getenv(variable);
  return text == nullptr ? otherwise : std::strtoull(text, nullptr, 10);
}

TEST(Simulation, KeepsEveryPromiseInAnyOrderOfDisasters) {
  const auto first = number("FATMASTER_SEED", 1);
  const auto seeds = number("FATMASTER_SEEDS", 2000);
  for (auto seed = first; seed < first + seeds; ++seed) {
    RandomWorld world{seed};

    const auto broken = world.play();

    ASSERT_EQ(broken, "") << "replay with FATMASTER_SEED=" << seed << " FATMASTER_SEEDS=1\n"
                          << world.story();
  }
}

}  // namespace

}  // namespace fat
