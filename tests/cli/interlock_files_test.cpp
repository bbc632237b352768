// The states of the interlocks in the order in which two threads give them -> the file.
#include "cli/interlock_files.hpp"

#include <mutex>

#include <gmock/gmock.h>

#include "fakes/patience.hpp"
#include "store/temporary_folder.hpp"

namespace fat {
namespace {

StationState state_at(Microseconds boot, int trips) {
  StationState state;
  state.at.boot = boot;
  InterlockState one;
  one.name = "heating";
  one.memory.trips = trips;
  state.interlocks.push_back(one);
  return state;
}

// Who evaluates has looked before a person overrides, and gives what he saw to be stored behind
// him.
TEST(InterlockFiles, AnOlderStateDoesNotUndoWhatAPersonWasTold) {
  const TemporaryFolder folder;
  const StationStateFiles files{folder / "memory.json", folder / "newest.json"};
  InterlockFiles kept{files, false, [](const std::string& text) { ADD_FAILURE() << text; }};

  EXPECT_TRUE(kept.store(state_at(Microseconds{200}, 2), kPatience));
  EXPECT_TRUE(kept.store(state_at(Microseconds{100}, 1), kPatience));

  const auto [stored, damage] = read_interlock_memory(files);
  EXPECT_EQ(damage, "");
  ASSERT_TRUE(stored && !stored->interlocks.empty());
  EXPECT_EQ(stored->interlocks.front().memory.trips, 2);
}

// What a trip or an override is worth that no disk keeps: it is said once, tried again, and said
// when it stands there.
TEST(InterlockFiles, WhatCannotBeWrittenIsSaidAndTriedAgain) {
  const TemporaryFolder folder;
  const auto state_folder = folder / "away";
  const StationStateFiles files{state_folder / "memory.json", state_folder / "newest.json"};
  std::mutex mutex;
  std::vector<std::string> said;
  {
    InterlockFiles kept{files, false, [&](const std::string& text) {
                          const std::lock_guard lock{mutex};
                          said.push_back(text);
                        }};
    EXPECT_FALSE(kept.store(state_at(Microseconds{100}, 1), std::chrono::milliseconds{100}));

    std::filesystem::create_directory(state_folder);
    EXPECT_TRUE(kept.store(state_at(Microseconds{200}, 2), kPatience));
  }

  EXPECT_THAT(
      said,
      testing::ElementsAre(testing::HasSubstr("the state of the interlocks cannot be written: "),
                           "the state of the interlocks is written again"));
  EXPECT_EQ(read_interlock_memory(files).state->interlocks.front().memory.trips, 2);
}

TEST(InterlockFiles, TriesOnceMoreWhenTheProcessEnds) {
  const TemporaryFolder folder;
  const auto state_folder = folder / "away";
  const StationStateFiles files{state_folder / "memory.json", state_folder / "newest.json"};
  {
    InterlockFiles kept{files, false, [](const std::string&) {}};
    EXPECT_FALSE(kept.store(state_at(Microseconds{100}, 1), std::chrono::milliseconds{100}));
    std::filesystem::create_directory(state_folder);
  }

  EXPECT_EQ(read_interlock_memory(files).state->interlocks.front().memory.trips, 1);
}

}  // namespace
}  // namespace fat
