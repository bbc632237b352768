// `fatmaster task ...`: words, environment, files, exit status.
#include "fat/tasks/task_main.hpp"

#include <algorithm>
#include <array>
#include <fstream>
#include <map>
#include <sstream>

#include <fcntl.h>
#include <gmock/gmock.h>
#include <unistd.h>

#include "devices/boot_clock.hpp"
#include "fat/model/owned_fd.hpp"
#include "fat/ports/snapshots.hpp"
#include "sim/temp_folder.hpp"
#include "tasks/fake_bench.hpp"

namespace fat {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

/// Fails for targets named "bad".
class NamedSnapshots : public Snapshots {
 public:
  SnapshotResult make(const BackupTarget& target, const SnapshotRequest& request) override {
    if (target.name == "bad") {
      throw SnapshotError{"the mount is gone"};
    }
    SnapshotResult result;
    result.written = true;
    result.archive = target.target / request.run_file.stem();
    return result;
  }
};

class TaskMainTest : public ::testing::Test {
 protected:
  void write(const std::string& name, const std::string& text) {
    std::filesystem::create_directories((folder_.path() / name).parent_path());
    std::ofstream{folder_.path() / name} << text;
  }

  /// A run with modules "one" and "two".
  void write_run() {
    write("runs/run/run_00001.json",
          R"({"one": "runs/run_00001/one.json", "two": "runs/run_00001/two.json",
              "comment": "c", "date": "2026-11-21", "MasterFAT_100": {"[0] x": -1}, "[1] y": 0})");
    for (const char* serial : {"one", "two"}) {
      write(std::string{"runs/run_00001/"} + serial + ".json",
            R"({"DEggSerialNumber": "x", "Port": 5003, "fpgaVersion": 272})");
      bench_.modules[serial] = {};
    }
    environment_["FATMASTER_RUN_JSON"] = (folder_.path() / "runs/run/run_00001.json").string();
    environment_["FATMASTER_STATION"] = folder_.path().string();
  }

  int run(const std::string& name, const std::vector<std::string>& words = {}) {
    return run_task_main(name,
                         words,
                         {.bench = bench_,
                          .clock = clock_,
                          .snapshots = &snapshots_,
                          .backups = backups_,
                          .environment =
                              [this](const std::string& variable) {
                                const auto found = environment_.find(variable);
                                return found == environment_.end() ? std::nullopt
                                                                   : std::optional{found->second};
                              },
                          .out = out_,
                          .err = err_});
  }

  TempFolder folder_;
  FakeBench bench_;
  BootClock clock_;
  NamedSnapshots snapshots_;
  std::vector<BackupTarget> backups_;
  std::map<std::string, std::string> environment_;
  std::ostringstream out_, err_;
};

TEST_F(TaskMainTest, PrintsResultsForAPersonWithoutAReportChannel) {
  write_run();

  EXPECT_EQ(run("status_check"), 0);
  EXPECT_THAT(out_.str(), HasSubstr("one temperature = 21.5 degC"));
  EXPECT_THAT(out_.str(), HasSubstr("two fpga_version = 272  (passed)"));
}

TEST_F(TaskMainTest, WritesJsonLinesWhereThereIsAReportChannel) {
  write_run();
  std::array<int, 2> ends{};
  ASSERT_EQ(::pipe(ends.data()), 0);
  const OwnedFd reading{ends[0]}, writing{ends[1]};
  environment_["FATMASTER_REPORT_FD"] = std::to_string(writing.get());

  EXPECT_EQ(run("status_check"), 0);

  std::string text(64U << 10U, '\0');
  const auto count = ::read(reading.get(), text.data(), text.size());
  text.resize(static_cast<std::size_t>(std::max<ssize_t>(count, 0)));
  EXPECT_THAT(text, HasSubstr("{\"measurement\":{\"module\":\"one\""));
  EXPECT_EQ(out_.str(), "");
}

TEST_F(TaskMainTest, WritesToNoFileThatOnlyHasTheChannelsNumber) {
  write_run();
  const auto data = folder_.path() / "data";
  const OwnedFd file{::open(data.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600)};
  environment_["FATMASTER_REPORT_FD"] = std::to_string(file.get());

  EXPECT_EQ(run("status_check"), 0);

  EXPECT_EQ(std::filesystem::file_size(data), 0U);
  EXPECT_THAT(out_.str(), HasSubstr("one temperature"));
}

TEST_F(TaskMainTest, TakesTheRunFromItsOption) {
  write_run();
  const auto file = environment_["FATMASTER_RUN_JSON"];
  environment_.erase("FATMASTER_RUN_JSON");

  EXPECT_EQ(run("status_check", {"--reboot=false", "--run", file}), 0);
}

TEST_F(TaskMainTest, LeavesOutModulesThatAreNotInTheRunAnyMore) {
  write_run();
  environment_["FATMASTER_MODULES"] = R"(["two"])";

  EXPECT_EQ(run("status_check"), 0);
  EXPECT_THAT(out_.str(), Not(HasSubstr("one ")));
}

TEST_F(TaskMainTest, SaysWhatIsWrongWithItsWords) {
  EXPECT_EQ(run("status_chek"), 2);
  EXPECT_THAT(err_.str(), HasSubstr("did you mean 'status_check'?"));
  EXPECT_EQ(run("status_check", {"--rebot", "true", "--reboot", "perhaps", "x"}), 2);
  EXPECT_THAT(err_.str(), HasSubstr("did you mean 'reboot'?"));
  EXPECT_THAT(err_.str(), HasSubstr("--reboot perhaps: must be true or false"));
  EXPECT_THAT(err_.str(), HasSubstr("'x' is no option"));
  EXPECT_EQ(run("status_check", {"--reboot"}), 2);
  EXPECT_EQ(run("status_check", {"--verify"}), 2);
  EXPECT_EQ(run("status_check"), 2);
  EXPECT_EQ(run("wait_time", {"--duration", "1 s"}), 2);
}

TEST_F(TaskMainTest, SaysEveryFileThatIsWrong) {
  write_run();
  write("runs/run_00001/one.json", "{");
  write("runs/run_00001/two.json", R"({"Port": 99999})");

  EXPECT_EQ(run("status_check"), 3);
  EXPECT_THAT(err_.str(), HasSubstr("one.json: is not a JSON object"));
  EXPECT_THAT(err_.str(), HasSubstr("two.json: Port is not a number from 1 to 65535"));
}

TEST_F(TaskMainTest, SurvivesARunJsonThatNestsWithoutEnd) {
  write_run();
  write("runs/run/run_00001.json", std::string(1'000'000, '['));

  EXPECT_EQ(run("status_check"), 3);
}

TEST_F(TaskMainTest, SaysThatItCouldNotDoItsJob) {
  write_run();

  EXPECT_EQ(run("bootmon", {"--mode", "warm"}), 1);
  EXPECT_THAT(err_.str(), HasSubstr("bootmon: mode is reboot or coldboot, not 'warm'"));
}

TEST_F(TaskMainTest, BacksUpToEveryTargetAlthoughOneFails) {
  write_run();
  backups_ = {{.name = "bad", .target = "/nowhere"}, {.name = "good", .target = "/mnt/good"}};

  EXPECT_EQ(run("backup"), 1);
  EXPECT_THAT(out_.str(), HasSubstr("backup bad failed: the mount is gone"));
  EXPECT_THAT(out_.str(), HasSubstr("/mnt/good/run_00001"));
}

TEST_F(TaskMainTest, SkipsABackupThatHasNoTarget) {
  write_run();

  EXPECT_EQ(run("backup"), 77);
}

}  // namespace
}  // namespace fat
