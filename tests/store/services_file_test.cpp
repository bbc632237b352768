// services.json and services_state.json.
#include "fat/store/services_file.hpp"

#include <fstream>

#include <gmock/gmock.h>

#include "store/temporary_folder.hpp"

namespace fat {
namespace {

using testing::HasSubstr;

ServicesState some_services() {
  ServicesState state{
      .at = {.wall = WallTime{Microseconds{5}}, .boot = Microseconds{7}, .boot_id = "boot"},
      .pid = 12,
      .services = {}};
  state.services.push_back(
      {.name = "camera", .group = "daq", .wanted = true, .pid = 9, .memory = {}});
  state.services.back().memory.phase = ServicePhase::Running;
  state.services.back().memory.number = 3;
  return state;
}

class ServicesFileTest : public testing::Test {
 protected:
  TemporaryFolder folder_;
  ServiceFiles files_{folder_.path() / "services.json",
                      folder_.path() / "services_state.json",
                      folder_.path() / "services"};
};

TEST_F(ServicesFileTest, ComesBackAsItWas) {
  write_services_memory(files_, some_services(), false);
  publish_services_state(files_, some_services(), false);

  EXPECT_EQ(read_services_memory(files_).state, some_services());
  EXPECT_EQ(newest_services_state(files_), some_services());
  EXPECT_EQ(std::filesystem::status(files_.memory).permissions(),
            std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
}

TEST_F(ServicesFileTest, KnowsNothingWhereNothingWasWritten) {
  const auto read = read_services_memory(files_);

  EXPECT_FALSE(read.state);
  EXPECT_EQ(read.damage, "");
  EXPECT_FALSE(newest_services_state(files_));
}

TEST_F(ServicesFileTest, SaysThatTheMemoryIsDamagedAndLeavesIt) {
  for (const auto* text : {"", "{", "{\"at\":1}", "[]"}) {
    std::ofstream{files_.memory} << text;

    const auto read = read_services_memory(files_);

    EXPECT_FALSE(read.state);
    EXPECT_THAT(read.damage, HasSubstr("services.json cannot be read")) << text;
    EXPECT_TRUE(std::filesystem::exists(files_.memory));
  }
}

}  // namespace
}  // namespace fat
