// Which snapshots may go: never the newest, never what others made.
#include "store/retention.hpp"

#include <algorithm>
#include <random>

#include <fmt/format.h>
#include <gmock/gmock.h>

#include "store/snapshot_names.hpp"

namespace fat::store {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

/// Of run 12, made that many hours after midnight.
std::string made(int hours) {
  return snapshot_name(12,
                       WallTime{std::chrono::sys_days{std::chrono::year{2026} / 11 / 21}} +
                           std::chrono::hours{hours});
}

std::vector<std::string> hourly(int count) {
  std::vector<std::string> names;
  names.reserve(static_cast<std::size_t>(count));
  for (int hour = 0; hour < count; ++hour) {
    names.push_back(made(hour));
  }
  return names;
}

TEST(Retention, KeepsAllWhenNothingIsSaid) {
  EXPECT_THAT(superseded(12, hourly(50), {.last = 0, .daily = 0}), IsEmpty());
}

TEST(Retention, KeepsTheNewestAndTheNewestOfEachDay) {
  const auto gone = superseded(12, hourly(72), {.last = 3, .daily = 2});

  std::vector<std::string> kept;
  for (const auto& name : hourly(72)) {
    if (std::ranges::find(gone, name) == gone.end()) {
      kept.push_back(name);
    }
  }
  EXPECT_THAT(kept, ElementsAre(made(47), made(69), made(70), made(71)));
}

TEST(Retention, CountsOnlyDaysThatHaveASnapshot) {
  EXPECT_THAT(superseded(12, {made(0), made(240), made(480)}, {.last = 0, .daily = 2}),
              ElementsAre(made(0)));
}

TEST(Retention, KeepsWhatHoldsTheLastGoodVersionOfAFile) {
  EXPECT_THAT(superseded(12, hourly(4), {.last = 1, .daily = 0}, {made(1)}),
              ElementsAre(made(2), made(0)));
}

TEST(Retention, LeavesAloneWhatIsNotOfThisRun) {
  EXPECT_THAT(superseded(12,
                         {made(0),
                          made(1),
                          "run_00013_20261121T000000.000000Z.tar.zst",
                          "run_00012_20261121T000000.000000Z.tar.zst.mine",
                          "run_00012_notes.tar.zst",
                          ".run_00012.tmp"},
                         {.last = 1, .daily = 0}),
              ElementsAre(made(0)));
}

TEST(Retention, NeverRemovesTheNewestWhateverIsSaid) {
  std::mt19937 random(4711);
  for (int round = 0; round < 300; ++round) {
    auto names = hourly(static_cast<int>(random() % 100) + 1);
    const auto newest = names.back();
    std::ranges::shuffle(names, random);
    const Retention keep{.last = static_cast<int>(random() % 10),
                         .daily = static_cast<int>(random() % 5)};
    const auto gone = superseded(12, names, keep);

    EXPECT_EQ(std::ranges::find(gone, newest), gone.end()) << keep.last << ' ' << keep.daily;
    const auto most = keep.last == 0 && keep.daily == 0
                          ? names.size()
                          : static_cast<std::size_t>(std::max(keep.last, 1) + keep.daily);
    EXPECT_LE(names.size() - gone.size(), most);
  }
}

}  // namespace
}  // namespace fat::store
