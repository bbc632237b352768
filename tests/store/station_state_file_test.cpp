// interlocks.json and station_state.json.
#include "fat/store/station_state_file.hpp"

#include <fstream>

#include <gmock/gmock.h>

#include "store/temporary_folder.hpp"

namespace fat {
namespace {

using testing::HasSubstr;

StationState some_state() {
  StationState state{
      .at = {.wall = WallTime{Microseconds{5}}, .boot = Microseconds{7}, .boot_id = "boot"},
      .pid = 12,
      .interlocks = {}};
  state.interlocks.push_back(
      {.name = "heating",
       .action = InterlockAction::Set,
       .objection = {},
       .memory = {
           .phase = InterlockPhase::Latched, .tripped_at = state.at, .why = "hot", .trips = 3}});
  return state;
}

class StationStateFileTest : public testing::Test {
 protected:
  TemporaryFolder folder_;
  StationStateFiles files_{folder_.path() / "interlocks.json", folder_.path() / "state.json"};
};

TEST_F(StationStateFileTest, ComesBackAsItWas) {
  write_interlock_memory(files_, some_state(), false);
  publish_station_state(files_, some_state(), false);

  EXPECT_EQ(read_interlock_memory(files_).state, some_state());
  EXPECT_EQ(newest_station_state(files_), some_state());
}

TEST_F(StationStateFileTest, KnowsNothingWhereNothingWasWritten) {
  const auto read = read_interlock_memory(files_);

  EXPECT_FALSE(read.state);
  EXPECT_EQ(read.damage, "");
  EXPECT_FALSE(newest_station_state(files_));
}

TEST_F(StationStateFileTest, SaysThatTheMemoryIsDamagedAndLeavesIt) {
  for (const auto* text : {"", "{", "{\"at\":1}", "[]"}) {
    std::ofstream{files_.memory} << text;

    const auto read = read_interlock_memory(files_);

    EXPECT_FALSE(read.state);
    EXPECT_THAT(read.damage, HasSubstr("interlocks.json cannot be read")) << text;
    EXPECT_TRUE(std::filesystem::exists(files_.memory));
  }
}

}  // namespace
}  // namespace fat
