// The run JSON: the original's format, what tasks wrote kept, damage kept aside.
#include "fat/store/run_json_file.hpp"

#include <array>
#include <csignal>
#include <cstdlib>
#include <ctime>

#include <fcntl.h>
#include <gmock/gmock.h>
#include <poll.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "fakes/manual_clock.hpp"
#include "store/json_members.hpp"
#include "store/temporary_folder.hpp"

namespace fat {
namespace {

using std::chrono::milliseconds;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

// 2026-11-21 00:00:00 UTC
const WallTime kMidnight{std::chrono::sys_days{std::chrono::year{2026} / 11 / 21}};

StepSummary step(int index, const std::string& title, std::optional<Outcome> outcome = {}) {
  StepSummary step;
  step.index = index;
  step.title = title;
  step.outcome = outcome;
  return step;
}

class RunJson : public testing::Test {
 public:
  RunJson() {
    ::setenv("TZ", "Europe/Berlin", 1);
    ::tzset();
    summary_.run = 12;
    summary_.run_file = file_.string();
    summary_.master_key = "MasterFAT_00";
    summary_.archived_schedule = (folder_ / "runs/run_00012/cold_0.ini").string();
    summary_.started = kMidnight;
    summary_.steps = {step(0, "gain", Outcome::Done), step(1, "dark rate")};
    write_text(file_, kAsCreated);
  }

  ~RunJson() override {
    ::unsetenv("TZ");
    ::tzset();
  }

 protected:
  std::vector<std::string> write() { return record_.write(summary_); }

  std::string text() const { return read_text(file_); }

  static constexpr const char* kAsCreated =
      "{\n    \"DEgg2021-3-133\": \"runs/run_00012/DEgg2021-3-133.json\",\n    \"comment\": "
      "\"cold\",\n    \"date\": \"2026-11-20\"\n}";

  TemporaryFolder folder_;
  std::filesystem::path file_ = folder_ / "runs/run/run_00012.json";
  std::filesystem::path good_ = folder_ / "runs/run_00012/run_00012.json.last_good";
  ManualClock clock_;
  RunJsonFile record_{file_, clock_, {.version = "0.1.0", .patience = milliseconds{0}}};
  RunSummary summary_;
};

TEST_F(RunJson, ReadsAsTheOriginalWroteIt) {
  EXPECT_THAT(write(), IsEmpty());

  EXPECT_EQ(
      text(),
      "{\n    \"DEgg2021-3-133\": \"runs/run_00012/DEgg2021-3-133.json\",\n    \"comment\": "
      "\"cold\",\n    \"date\": \"2026-11-20\",\n    \"MasterFAT_00\": {\n        \"[0] "
      "gain\": 1,\n        \"[1] dark rate\": -1,\n        \"ConfigPath\": \"" +
          (folder_ / "runs/run/../run_00012/cold_0.ini").string() +
          "\",\n        \"Date\": \"2026-11-21\",\n        \"Fatmaster\": \"0.1.0\"\n    }\n}");
}

TEST_F(RunJson, SaysOneForDoneZeroForErroredAndMinusOneForAllElse) {
  summary_.steps = {step(0, "a", Outcome::Done),
                    step(1, "b", Outcome::Errored),
                    step(2, "c", Outcome::Skipped),
                    step(3, "d", Outcome::Interrupted),
                    step(4, "e", Outcome::Aborted),
                    step(5, "f")};

  write();

  EXPECT_THAT(text(),
              HasSubstr("\"[0] a\": 1,\n        \"[1] b\": 0,\n        \"[2] c\": -1,\n        "
                        "\"[3] d\": -1,\n        \"[4] e\": -1,\n        \"[5] f\": -1,"));
}

TEST_F(RunJson, HoldsTheEndOnlyWhenTheRunIsCompleted) {
  summary_.ended = kMidnight + std::chrono::hours{1};
  summary_.status = RunStatus::Stopped;
  write();
  EXPECT_THAT(text(), Not(HasSubstr("end_time")));

  summary_.status = RunStatus::Completed;
  write();

  EXPECT_THAT(text(), HasSubstr("\"end_time\": \"2026-11-21 02:00:00.000000\""));
}

TEST_F(RunJson, SaysThatAStationIsVirtualInsideTheMaster) {
  summary_.virtual_station = true;

  write();

  EXPECT_THAT(text(), HasSubstr("        \"Virtual\": true\n    }\n}"));
}

TEST_F(RunJson, IsNotWrittenAgainWhenNothingChanged) {
  summary_.manual_inputs = {kMidnight};
  summary_.terminated = "no light";
  write();

  struct stat before {};

  ASSERT_EQ(::stat(file_.c_str(), &before), 0);

  write();

  struct stat after {};

  ASSERT_EQ(::stat(file_.c_str(), &after), 0);
  EXPECT_EQ(before.st_ino, after.st_ino);
}

TEST_F(RunJson, KeepsWhatTasksWroteByteForByte) {
  write();
  auto changed = text();
  changed.insert(changed.rfind('}') - 1,
                 ",\n    \"huge\": 123456789012345678901234567890,\n    \"nan\": [NaN, -Infinity, "
                 "0.10],\n    \"name\": \"\\u00e4\",\n    \"name\": 2");
  write_text(file_, changed);
  summary_.steps[1].outcome = Outcome::Errored;

  write();

  const auto place = changed.find("\"[1] dark rate\": -1");
  changed.replace(place, 19, "\"[1] dark rate\": 0");
  EXPECT_EQ(text(), changed);
}

TEST_F(RunJson, KeepsWhatOthersWroteInsideTheMaster) {
  write_text(file_,
             R"({"MasterFAT_00": {"[0] old": -1, "[0] x": 1, "Note": "mine", "Date": "x"}})");

  write();

  EXPECT_THAT(text(), HasSubstr("\"Note\": \"mine\""));
  EXPECT_THAT(text(), Not(HasSubstr("[0] old")));
}

TEST_F(RunJson, LeavesTheMastersOfEarlierRunsAlone) {
  write_text(file_, R"({"MasterFAT_00": {"[0] gain": 1 , "end_time": "x"}, "[3] dark": 0})");
  summary_.master_key = "MasterFAT_01";

  write();

  EXPECT_THAT(text(), HasSubstr(R"("MasterFAT_00": {"[0] gain": 1 , "end_time": "x"},)"));
  EXPECT_THAT(text(), HasSubstr(R"("[3] dark": 0)"));
  EXPECT_THAT(text(), HasSubstr(R"("MasterFAT_01": {)"));
}

TEST_F(RunJson, NumbersManualInputsAsTheOriginal) {
  write_text(file_, R"({"ManualInputTime0": "2026-11-20 10:00:00"})");
  summary_.manual_inputs = {kMidnight, kMidnight + Microseconds{1}};

  write();

  EXPECT_THAT(text(), HasSubstr("\"ManualInputTime1\": \"2026-11-21 01:00:00.000000\""));
  EXPECT_THAT(text(), HasSubstr("\"ManualInputTime2\": \"2026-11-21 01:00:00.000001\""));
  EXPECT_THAT(text(), Not(HasSubstr("ManualInputTime3")));
}

TEST_F(RunJson, KeepsTheEleventhManualInputInsideTheMaster) {
  for (int second = 0; second < 12; ++second) {
    summary_.manual_inputs.push_back(kMidnight + std::chrono::seconds{second});
  }

  write();
  write();

  EXPECT_THAT(text(), HasSubstr("\n    \"ManualInputTime9\": \"2026-11-21 01:00:09.000000\""));
  EXPECT_THAT(text(), HasSubstr("\n        \"ManualInputTime10\": \"2026-11-21 01:00:10.000000\""));
  EXPECT_THAT(text(), HasSubstr("\n        \"ManualInputTime11\": \"2026-11-21 01:00:11.000000\""));
  EXPECT_THAT(text(), Not(HasSubstr("ManualInputTime12")));
}

TEST_F(RunJson, SaysWhyTheRunWasTerminated) {
  summary_.terminated = "no: \xc3\xa4";

  write();

  EXPECT_THAT(text(), HasSubstr("\n    \"RunTerminated\": \"no: \\u00e4\""));
}

TEST_F(RunJson, KeepsModeAndOwnerOfTheFile) {
  ASSERT_EQ(::chmod(file_.c_str(), 0664), 0);

  write();

  struct stat status {};

  ASSERT_EQ(::stat(file_.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777U, 0664U);
}

TEST_F(RunJson, IsReplacedBehindASymbolicLink) {
  std::filesystem::create_directories(folder_ / "elsewhere");
  std::filesystem::rename(file_, folder_ / "elsewhere/data.json");
  std::filesystem::create_symlink("../../elsewhere/data.json", file_);

  write();

  EXPECT_TRUE(std::filesystem::is_symlink(file_));
  EXPECT_THAT(read_text(folder_ / "elsewhere/data.json"), HasSubstr("MasterFAT_00"));
}

TEST_F(RunJson, IsRestoredWhenDamagedAndTheDamagedOneIsKept) {
  write();
  const auto torn = text().substr(0, 60);
  write_text(file_, torn);
  summary_.steps[1].outcome = Outcome::Done;

  const auto warnings = write();

  EXPECT_THAT(warnings, ElementsAre(HasSubstr("is not complete JSON; kept as")));
  EXPECT_EQ(read_text(file_.string() + ".damaged-20261121T000000Z"), torn);
  EXPECT_THAT(text(), HasSubstr("\"DEgg2021-3-133\""));
  EXPECT_THAT(text(), HasSubstr("\"[1] dark rate\": 1"));
}

TEST_F(RunJson, KeepsEveryDamagedFile) {
  write();
  write_text(file_, "{");
  write();
  write_text(file_, "[");
  write();

  EXPECT_EQ(read_text(file_.string() + ".damaged-20261121T000000Z"), "{");
  EXPECT_EQ(read_text(file_.string() + ".damaged-20261121T000000Z-1"), "[");
}

TEST_F(RunJson, IsNotTouchedWhenDamagedWithoutAGoodCopy) {
  write_text(file_, "{\"DEgg");

  EXPECT_THROW(write(), std::runtime_error);

  EXPECT_EQ(text(), "{\"DEgg");
}

TEST_F(RunJson, IsRestoredWhenItWasRemoved) {
  write();
  const auto before = text();
  std::filesystem::remove(file_);

  EXPECT_THAT(write(), ElementsAre(HasSubstr("is missing; restored from")));
  EXPECT_EQ(text(), before);
}

TEST_F(RunJson, IsRestoredWithWhatTasksWroteBeforeTheLastWrite) {
  write_text(file_, R"({"note of a task": 1})");
  write();
  write_text(file_, "");

  write();

  EXPECT_THAT(text(), HasSubstr("note of a task"));
}

TEST_F(RunJson, IsReadAgainWhenATaskIsInTheMiddleOfWriting) {
  RunJsonFile patient(file_, clock_, {.version = "0.1.0", .patience = std::chrono::seconds{5}});
  write_text(file_, "{\"torn");
  std::array<int, 2> ready{};
  ASSERT_EQ(::pipe(ready.data()), 0);
  const pid_t child = ::fork();
  if (child == 0) {
    char byte = 0;
    static_cast<void>(::read(ready[0], &byte, 1) + 1);
    write_text(file_, "{\"whole\": 1}");
    ::_exit(0);
  }
  ASSERT_EQ(::write(ready[1], "x", 1), 1);

  EXPECT_THAT(patient.write(summary_), IsEmpty());

  EXPECT_THAT(text(), HasSubstr("\"whole\": 1"));
  ::waitpid(child, nullptr, 0);
}

TEST_F(RunJson, IsNotWrittenWhileSomebodyElseHoldsItsLock) {
  const auto lock = folder_ / "runs/run/.run_00012.json.lock";
  const int descriptor = ::open(lock.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  ASSERT_EQ(::flock(descriptor, LOCK_EX), 0);

  EXPECT_THROW(write(), std::runtime_error);

  ::close(descriptor);
  EXPECT_EQ(text(), kAsCreated);
}

TEST_F(RunJson, RefusesAFolderInItsPlace) {
  std::filesystem::remove(file_);
  std::filesystem::create_directories(file_);

  EXPECT_THROW(write(), std::runtime_error);
}

TEST_F(RunJson, IsCompleteForEveryReaderWhileItIsRewritten) {
  const pid_t writer = ::fork();
  if (writer == 0) {
    for (int round = 0; round < 1000; ++round) {
      summary_.steps[static_cast<std::size_t>(round % 2)].outcome =
          round % 3 == 0 ? std::optional(Outcome::Done) : std::nullopt;
      summary_.terminated = std::string(static_cast<std::size_t>(round), 'x');
      write();
    }
    ::_exit(0);
  }
  std::size_t read = 0, torn = 0;
  while (::waitpid(writer, nullptr, WNOHANG) == 0) {
    ++read;
    torn += store::split_json_object(text()) ? 0U : 1U;
  }

  EXPECT_GT(read, 100U);
  EXPECT_EQ(torn, 0U);
}

TEST_F(RunJson, IsCompleteWhereverItsWriterIsKilled) {
  for (int kill = 0; kill < 25; ++kill) {
    const pid_t writer = ::fork();
    if (writer == 0) {
      for (std::size_t round = 0;; ++round) {
        summary_.terminated = std::string(round % 5000, 'x');
        write();
      }
    }
    ::poll(nullptr, 0, 1 + (kill % 7));  // any moment will do
    ::kill(writer, SIGKILL);
    ::waitpid(writer, nullptr, 0);

    ASSERT_TRUE(store::split_json_object(text())) << kill;
  }
  EXPECT_THAT(write(), IsEmpty());
}

TEST_F(RunJson, KeepsTheDateThatIsThereUntilTheRunStarts) {
  summary_.started.reset();
  write();
  EXPECT_THAT(text(), HasSubstr("\"Date\": \"2026-11-21\""));  // today's

  clock_.step_wall(std::chrono::hours{48});
  summary_.steps[1].outcome = Outcome::Done;
  write();

  EXPECT_THAT(text(), HasSubstr("\"Date\": \"2026-11-21\""));
}

TEST_F(RunJson, NamesAScheduleThatStandsElsewhereAsItIs) {
  summary_.archived_schedule = "/station/schedules/cold.ini";

  write();

  EXPECT_THAT(text(), HasSubstr("\"ConfigPath\": \"/station/schedules/cold.ini\""));
}

TEST_F(RunJson, HasNoViewOfARunWithoutAMaster) {
  summary_.master_key.clear();

  EXPECT_THROW(write(), std::logic_error);
  EXPECT_EQ(text(), kAsCreated);
}

TEST_F(RunJson, CountsAnswersPastNumbersThatAreTaken) {
  write_text(file_, R"({"ManualInputTime1": "of a task"})");
  summary_.manual_inputs = {kMidnight, kMidnight + std::chrono::hours{1}};

  write();

  EXPECT_THAT(text(), HasSubstr("\"ManualInputTime2\": \"2026-11-21 01:00:00.000000\""));
  EXPECT_THAT(text(), HasSubstr("\"ManualInputTime1\": \"of a task\""));
}

}  // namespace
}  // namespace fat
