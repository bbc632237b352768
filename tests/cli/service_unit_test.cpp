// A station's path -> a systemd unit; a run -> whether the service takes it up.
#include "cli/service_unit.hpp"

#include <gmock/gmock.h>

#include "cli/run_at_hand.hpp"
#include "cli/sample_station.hpp"

namespace fat {
namespace {

using testing::HasSubstr;

TEST(ServiceUnit, IsNamedAsSystemdEscapesAPath) {
  EXPECT_EQ(unit_name("/lab/station-1/"), "fatmaster-lab-station\\x2d1.service");
  EXPECT_EQ(unit_name("/lab/a b/\xc3\xa4"), "fatmaster-lab-a\\x20b-\\xc3\\xa4.service");
}

TEST(ServiceUnit, StartsTheServiceOfThatStationWhateverItsNameIs) {
  const auto text = unit_text({.program = "/opt/my fat/bin/fatmaster",
                               .station = "/lab/50%/$HOME \"x\"",
                               .name = "bench\n[Service]"});

  EXPECT_THAT(text,
              HasSubstr("ExecStart=\"/opt/my fat/bin/fatmaster\" -C \"/lab/50%%/$$HOME \\\"x\\\"\" "
                        "service\n"));
  EXPECT_THAT(text, HasSubstr("WorkingDirectory=/lab/50%%/$HOME \"x\"\n"));
  EXPECT_THAT(text, HasSubstr("station bench [Service]\n"));
}

TEST(ServiceUnit, LetsStepsOutliveItAndGivesTimeToStop) {
  const auto text = unit_text({.program = "/bin/fatmaster", .station = "/lab", .name = "lab"});

  EXPECT_THAT(text, HasSubstr("KillMode=process\n"));
  EXPECT_THAT(text, HasSubstr("TimeoutStopSec=190s\n"));
  EXPECT_THAT(text, HasSubstr("SuccessExitStatus=1 4 5\n"));
}

TEST(ServiceUnit, KeepsTheProcessThatReadsTheBenchAlive) {
  const auto text =
      bench_unit_text({.program = "/bin/fatmaster", .station = "/lab/50%", .name = "lab"});

  EXPECT_THAT(text, HasSubstr("ExecStart=\"/bin/fatmaster\" -C \"/lab/50%%\" station\n"));
  EXPECT_THAT(text, HasSubstr("Type=notify\n"));
  EXPECT_THAT(text, HasSubstr("WatchdogSec=10s\n"));
  EXPECT_THAT(text, HasSubstr("KillMode=process\n")) << "its services outlive it";
  EXPECT_THAT(text, HasSubstr("Restart=always\n"));
  EXPECT_EQ(bench_unit_name("/lab/a"), "fatmaster-lab-a-station.service");
}

TEST(ServiceUnit, RefusesALineEndInAPath) {
  EXPECT_THROW(bench_unit_text({.program = "/bin/fatmaster", .station = "/lab\nx", .name = "lab"}),
               std::invalid_argument);
  EXPECT_THROW(unit_text({.program = "/bin/fatmaster", .station = "/lab\nx", .name = "lab"}),
               std::invalid_argument);
}

class TakingUp : public testing::Test {
 protected:
  bool takes_up() const {
    const SqliteJournal journal{station_.folder() / "fatmaster.db", JournalMode::ReadOnly};
    return decide_take_up(load_run(journal, 12).campaign->state(), journal.events(12)).resume;
  }

  void stopped_by(const std::string& who) {
    station_.append(300, StopRequested{.reason = "r"}, who);
    station_.append(301, RunEnded{.status = RunStatus::Stopped, .reason = "r"});
  }

  SampleStation station_;
};

TEST_F(TakingUp, GoesOnWithARunThatHasNotEnded) {
  station_.reach_second_attempt();

  EXPECT_TRUE(takes_up());
}

TEST_F(TakingUp, LeavesACompletedRunAlone) {
  station_.complete();

  EXPECT_FALSE(takes_up());
}

TEST_F(TakingUp, LeavesARunAloneThatAPersonStopped) {
  stopped_by("anna (uid 1000)");

  EXPECT_FALSE(takes_up());
}

TEST_F(TakingUp, GoesOnWithARunThatWasStoppedBecauseTheMachineWentDown) {
  stopped_by("SIGTERM");

  EXPECT_TRUE(takes_up());
}

}  // namespace
}  // namespace fat
