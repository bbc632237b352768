// A virtual station as a process of its own: found, not found, ended.
#include "fat/sim/station_address.hpp"

#include <csignal>
#include <filesystem>
#include <sstream>
#include <utility>

#include <gmock/gmock.h>
#include <sys/wait.h>
#include <unistd.h>

#include "fakes/patience.hpp"
#include "fat/sim/sim_main.hpp"
#include "sim/temp_folder.hpp"

namespace fat {
namespace {

using namespace std::chrono_literals;

/// `fatmaster sim` in a child process, killed at the end if it still lives.
class SimProcess {
 public:
  explicit SimProcess(const std::filesystem::path& state_folder) : pid_(::fork()) {
    if (pid_ == 0) {
      std::ostringstream out, err;
      SimOptions options;
      options.station.modules = 3;
      options.station.seed = 7;
      options.state_folder = state_folder;
      ::_exit(sim_main(options, out, err));
    }
  }

  ~SimProcess() {
    if (pid_ > 0) {
      ::kill(pid_, SIGKILL);
      wait();
    }
  }

  SimProcess(const SimProcess&) = delete;
  SimProcess& operator=(const SimProcess&) = delete;

  int pid() const { return pid_; }

  int wait() {
    int status = 0;
    ::waitpid(std::exchange(pid_, -1), &status, 0);
    return status;
  }

 private:
  pid_t pid_;
};

TEST(StationAddress, IsNotFoundWhereNoneRuns) {
  const TempFolder folder;

  EXPECT_EQ(find_virtual_station(folder.path()), std::nullopt);
  EXPECT_EQ(wait_for_virtual_station(folder.path(), 20ms), std::nullopt);
  EXPECT_TRUE(end_virtual_station(folder.path(), 1s));
}

TEST(StationAddress, IsFoundOnceTheProcessServes) {
  const TempFolder folder;
  const SimProcess sim{folder.path()};

  const auto found = wait_for_virtual_station(folder.path(), kPatience);

  ASSERT_TRUE(found);
  EXPECT_EQ(found->pid, sim.pid());
  EXPECT_EQ(found->seed, 7U);
  EXPECT_EQ(found->ports.size(), 3U);
  EXPECT_EQ(find_virtual_station(folder.path()), found);
}

TEST(StationAddress, IsGoneAfterTheProcessWasKilled) {
  const TempFolder folder;
  SimProcess sim{folder.path()};
  ASSERT_TRUE(wait_for_virtual_station(folder.path(), kPatience));

  ::kill(sim.pid(), SIGKILL);
  sim.wait();

  EXPECT_TRUE(std::filesystem::exists(folder.path() / "virtual_station.json"));
  EXPECT_EQ(find_virtual_station(folder.path()), std::nullopt);
}

TEST(StationAddress, ComesBackAtItsPortsAfterItsEnd) {
  const TempFolder folder;
  SimProcess sim{folder.path()};
  ASSERT_TRUE(wait_for_virtual_station(folder.path(), kPatience));

  EXPECT_TRUE(end_virtual_station(folder.path(), kPatience));

  EXPECT_EQ(sim.wait(), 0);
  EXPECT_EQ(find_virtual_station(folder.path()), std::nullopt);
  const auto before = last_virtual_station(folder.path());
  const SimProcess again{folder.path()};
  const auto found = wait_for_virtual_station(folder.path(), kPatience);
  ASSERT_TRUE(before);
  ASSERT_TRUE(found);
  EXPECT_EQ(found->ports, before->ports);
  EXPECT_EQ(found->pid, again.pid());
}

TEST(StationAddress, RefusesASecondStationInTheSameFolder) {
  const TempFolder folder;
  const SimProcess first{folder.path()};
  ASSERT_TRUE(wait_for_virtual_station(folder.path(), kPatience));
  SimProcess second{folder.path()};

  const int status = second.wait();

  EXPECT_TRUE(WIFEXITED(status));
  EXPECT_EQ(WEXITSTATUS(status), 6);
  EXPECT_EQ(find_virtual_station(folder.path())->pid, first.pid());
}

TEST(StationAddress, SurvivesAFileThatIsNone) {
  for (const char* text :
       {"",
        "{",
        "[]",
        R"({"ports":3})",
        R"({"ports":[],"pid":"x"})",
        "\xff\xfe",
        R"({"ports":[],"pid":1e300,"boot_id":"b","start_ticks":0,"seed":1})",
        R"({"ports":[],"pid":1,"boot_id":"b","start_ticks":-1,"seed":1})",
        R"({"ports":[5000.5],"pid":1,"boot_id":"b","start_ticks":0,"seed":1})"}) {
    EXPECT_EQ(parse_station_address(text), std::nullopt) << text;
  }
  EXPECT_EQ(parse_station_address(std::string(60000, '[')), std::nullopt);
}

TEST(StationAddress, ReadsBackWhatItWrites) {
  const StationAddress address{
      .pid = 12, .boot_id = "b", .start_ticks = 99, .seed = 4, .ports = {5000, 5001}};

  EXPECT_EQ(parse_station_address(to_json_text(address)), address);
}

}  // namespace
}  // namespace fat
