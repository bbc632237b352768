// doctor, install-service, backup, restore on a small station.
#include "cli/station_commands.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <nlohmann/json.hpp>
#include <sys/stat.h>

#include "cli/bounded_call.hpp"
#include "cli/command_run.hpp"
#include "cli/doctor.hpp"
#include "cli/sample_station.hpp"
#include "fakes/patience.hpp"
#include "fat/store/station_lock.hpp"

namespace fat {
namespace {

using testing::AllOf;
using testing::HasSubstr;

TEST(FindingsText, SaysWhatToDoBelowWhatIsWrong) {
  const auto text = findings_text({{.subject = "disk", .text = "90.0 GiB free"},
                                   {.health = Health::Problem,
                                    .subject = "fat-step",
                                    .text = "does not run",
                                    .advice = "install again"}});

  EXPECT_EQ(text,
            "ok       disk         90.0 GiB free\n"
            "problem  fat-step     does not run\n"
            "         -> install again\n"
            "\n"
            "1 problem, 0 warnings.\n");
}

TEST(BoundedCall, GivesUpWorkThatHangs) {
  const auto result = call_within(std::chrono::milliseconds{50}, []() -> std::string {
    while (true) {
      pause();
    }
  });

  EXPECT_FALSE(result.answered);
}

TEST(BoundedCall, TellsWhatWorkThrew) {
  const auto result =
      call_within(kPatience, []() -> std::string { throw std::runtime_error{"no such mount"}; });

  EXPECT_EQ(result.status, 1);
  EXPECT_EQ(result.text, "no such mount");
}

TEST(BoundedCall, RunsAProgramAndBoundsWhatItSays) {
  const auto result = run_within(kPatience, {"sh", "-c", "head -c 2000000 /dev/zero; exit 3"});

  EXPECT_EQ(result.status, 3);
  EXPECT_EQ(result.text.size(), 1048576U);
  EXPECT_EQ(run_within(kPatience, {"/no/such/program"}).status, 127);
}

TEST(BoundedCall, GivesAProgramItsInputItsFolderAndItsEnvironment) {
  const auto result = run_within(kPatience,
                                 {.words = {"/bin/sh", "-c", "cat; pwd; echo $MINE"},
                                  .environment = {"MINE=a b"},
                                  .folder = "/",
                                  .input = "read\n"});

  EXPECT_EQ(result.text, "read\n/\na b\n");
}

class AtTheStation : public testing::Test {
 protected:
  AtTheStation() { setenv("HOME", home_.path().c_str(), 1); }

  CommandRun run(std::vector<std::string> words) const {
    return run_words(station_.folder(), std::move(words));
  }

  void name_backup_target(const std::filesystem::path& folder) {
    write_text(station_.folder() / "station.ini",
               "[station]\nname = sample\n[backup nas]\ntarget = " + folder.string() + "\n");
  }

  TemporaryFolder home_;
  SampleStation station_;
};

TEST_F(AtTheStation, DoctorLooksAtEverythingAndTheJournal) {
  const auto doctor = run({"doctor"});

  EXPECT_THAT(doctor.out, HasSubstr("ok       journal      whole: 3 events of 1 run\n"));
  EXPECT_THAT(doctor.out, HasSubstr("ok       owner        nobody"));
  EXPECT_THAT(doctor.out, HasSubstr("GiB free"));
  EXPECT_EQ(doctor.exit_code, 0);
}

TEST_F(AtTheStation, DoctorNamesAMissingBackupTarget) {
  name_backup_target("/no/such/mount");

  const auto doctor = run({"doctor"});

  EXPECT_THAT(doctor.out,
              HasSubstr("warning  backup nas   the backup target nas (/no/such/mount) is not "
                        "there; is it mounted?\n"));
}

TEST_F(AtTheStation, StationCheckListsDevicesOrEveryMistake) {
  const auto file = station_.folder() / "other.ini";
  write_text(file,
             "[device generator]\nkind = tektronix_afg3000\nlink = prologix 10.0.0.5:1234 10\n");
  const auto well = run({"station", "check", file.string()});
  EXPECT_EQ(well.exit_code, 0);
  EXPECT_THAT(well.out, HasSubstr("generator        tektronix_afg3000  prologix 10.0.0.5:1234 10"));
  EXPECT_EQ(nlohmann::json::parse(run({"station", "check", file.string(), "--json"}).out)
                .at(0)
                .at("kind"),
            "tektronix_afg3000");

  write_text(
      file,
      "[device a]\nkind = rigol_dp900\nlink = tcp h:1\nmax_volts = 3\n[device b]\nkind = x\n");
  const auto wrong = run({"station", "check", file.string()});
  EXPECT_EQ(wrong.exit_code, 3);
  EXPECT_THAT(wrong.err, AllOf(HasSubstr("other.ini:4: "), HasSubstr("other.ini:6: ")));
  EXPECT_EQ(run({"station", "chekc"}).exit_code, 2);
}

TEST_F(AtTheStation, DoctorLeavesNothingInABackupTarget) {
  const TemporaryFolder target;
  name_backup_target(target.path());

  EXPECT_THAT(run({"doctor"}).out, HasSubstr("is writable"));
  EXPECT_TRUE(std::filesystem::is_empty(target.path()));
}

TEST_F(AtTheStation, DoctorReportsAWrongStationFileAsAProblem) {
  write_text(station_.folder() / "station.ini", "[station]\nnmae = x\n");

  const auto doctor = run({"doctor", "--json"});

  const auto findings = nlohmann::json::parse(doctor.out);
  EXPECT_EQ(doctor.exit_code, 1);
  EXPECT_EQ(findings.at(0).at("health"), "problem");
  EXPECT_THAT(findings.at(0).at("text").get<std::string>(), HasSubstr("did you mean 'name'"));
}

TEST_F(AtTheStation, DoctorSaysThatAJournalIsDamaged) {
  write_text(station_.folder() / "fatmaster.db", "this is no database at all, not even close");

  const auto doctor = run({"doctor"});

  EXPECT_THAT(doctor.out, HasSubstr("problem  journal"));
  EXPECT_EQ(doctor.exit_code, 1);
}

TEST_F(AtTheStation, AQuickExaminationFindsAFolderThatCannotBeWritten) {
  if (geteuid() == 0) {
    GTEST_SKIP() << "root may write everywhere";
  }
  chmod(station_.folder().c_str(), 0500);

  Station station;
  station.state = station_.folder();
  station.runs = station_.folder();
  const auto findings = examine_station(station, Depth::Quick);
  chmod(station_.folder().c_str(), 0700);

  EXPECT_TRUE(std::ranges::any_of(findings, &Finding::prevents_run));
}

TEST_F(AtTheStation, InstallServiceDryWritesNothing) {
  const auto install = run({"install-service", "--dry-run"});

  EXPECT_EQ(install.exit_code, 0);
  EXPECT_THAT(install.out, AllOf(HasSubstr("[Service]"), HasSubstr("would write ")));
  EXPECT_TRUE(std::filesystem::is_empty(home_.path()));
}

TEST_F(AtTheStation, InstallServiceWritesTheUnitAndUninstallRemovesIt) {
  unsetenv("XDG_CONFIG_HOME");
  unsetenv("XDG_RUNTIME_DIR");
  unsetenv("DBUS_SESSION_BUS_ADDRESS");

  const auto install = run({"install-service"});

  const auto folder = home_ / ".config/systemd/user";
  ASSERT_FALSE(std::filesystem::is_empty(folder));
  const auto unit = *std::filesystem::directory_iterator{folder};
  EXPECT_THAT(read_text(unit.path()), HasSubstr("KillMode=process"));
  EXPECT_THAT(install.out, HasSubstr("systemctl --user daemon-reload"));
  EXPECT_THAT(install.out, HasSubstr("loginctl enable-linger"));

  run({"install-service", "--uninstall"});
  EXPECT_TRUE(std::filesystem::is_empty(folder));
}

TEST_F(AtTheStation, ServiceLeavesAnEndedRunAlone) {
  station_.complete();

  const auto service = run({"service"});

  EXPECT_EQ(service.exit_code, 0);
  EXPECT_THAT(service.out, HasSubstr("run 12 is left alone: it is completed"));
}

TEST_F(AtTheStation, BackupSavesOnceAndRestoreBringsItBack) {
  const TemporaryFolder target;
  const TemporaryFolder elsewhere;
  name_backup_target(target.path());
  station_.complete();

  const auto first = run({"backup"});
  const auto second = run({"backup", "--to", "nas"});
  const auto list = run({"backup", "--list"});

  EXPECT_EQ(first.exit_code, 0) << first.err;
  EXPECT_THAT(first.out, HasSubstr("nas: "));
  EXPECT_THAT(second.out, HasSubstr("nas: nothing changed since "));
  const auto begin = list.out.find(target.path().string());
  ASSERT_NE(begin, std::string::npos) << list.out;
  const auto archive = list.out.substr(begin, list.out.find('\n', begin) - begin);

  const auto restore = run({"restore", archive, "--to", (elsewhere / "back").string()});
  EXPECT_EQ(restore.exit_code, 0) << restore.err;
  EXPECT_THAT(restore.out, HasSubstr("files in "));
}

TEST_F(AtTheStation, BackupNamesATargetThatFails) {
  name_backup_target("/no/such/mount");

  const auto backup = run({"backup"});

  EXPECT_EQ(backup.exit_code, 1);
  EXPECT_THAT(backup.err, HasSubstr("nas: FAILED: "));
}

TEST_F(AtTheStation, BackupWithoutATargetSaysWhatIsMissing) {
  const auto backup = run({"backup"});

  EXPECT_EQ(backup.exit_code, 3);
  EXPECT_THAT(backup.err, HasSubstr("[backup NAME]"));
}

TEST_F(AtTheStation, DoctorAndServiceNameWhoDrivesTheStation) {
  const StationLock lock{station_.folder(), this_process(12)};

  EXPECT_THAT(run({"doctor"}).out,
              HasSubstr(fmt::format("ok       owner        process {} of ", getpid())));
  EXPECT_THAT(run({"doctor"}).out, HasSubstr(" works on run 12\n"));

  const auto service = run({"service"});
  EXPECT_EQ(service.exit_code, 0);
  EXPECT_THAT(service.out,
              AllOf(HasSubstr(fmt::format("nothing to do: process {} of ", getpid())),
                    HasSubstr(" drives the station\n")));
}

TEST_F(AtTheStation, RestoreIntoWhatIsThereAlreadyDoesNothing) {
  const TemporaryFolder target;
  name_backup_target(target.path());
  station_.complete();
  ASSERT_EQ(run({"backup"}).exit_code, 0);

  const auto restore = run({"restore"});

  EXPECT_EQ(restore.exit_code, 0) << restore.err;
  EXPECT_THAT(restore.out, HasSubstr("nothing to do: all of it is there already"));
}

TEST_F(AtTheStation, ADamagedSnapshotIsNamedAndNotBroughtBack) {
  const TemporaryFolder target;
  name_backup_target(target.path());
  station_.complete();
  ASSERT_EQ(run({"backup"}).exit_code, 0);
  EXPECT_EQ(run({"backup", "verify"}).exit_code, 0);
  for (const auto& entry : std::filesystem::recursive_directory_iterator{target.path()}) {
    if (entry.is_regular_file()) {
      std::filesystem::resize_file(entry.path(), entry.file_size() / 2);
    }
  }

  const auto verify = run({"backup", "verify"});
  EXPECT_EQ(verify.exit_code, 1);
  EXPECT_THAT(verify.err, AllOf(HasSubstr("DAMAGED  "), HasSubstr("is damaged in ")));
  const auto restore = run({"restore"});
  EXPECT_EQ(restore.exit_code, 3);
  EXPECT_THAT(restore.err, HasSubstr("is damaged in "));
}

TEST_F(AtTheStation, VerifyNamesATargetThatIsAway) {
  name_backup_target("/no/such/mount");

  const auto verify = run({"backup", "verify", "--json"});

  EXPECT_EQ(verify.exit_code, 1);
  const auto found = nlohmann::json::parse(verify.out);
  EXPECT_EQ(found.at(0).at("good"), false);
  EXPECT_THAT(found.at(0).at("text").get<std::string>(), HasSubstr("is not there"));
}

}  // namespace
}  // namespace fat
