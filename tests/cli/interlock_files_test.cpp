// The states of the interlocks in the order in which two threads give them -> the file.
#include "cli/interlock_files.hpp"

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

}  // namespace
}  // namespace fat
