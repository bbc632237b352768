// Launching: what the command gets, what is recorded, and what is left when it cannot start.
#include "runner/step_process.hpp"

#include <cerrno>

#include <sys/resource.h>

#include "runner/step_fixture.hpp"

namespace fat {
namespace {

using testing::HasSubstr;

/// A soft limit of this process, and so of the shims it starts, while this lives.
class SoftLimit {
 public:
  SoftLimit(__rlimit_resource what, rlim_t value) : what_(what) {
    getrlimit(what, &before_);
    const rlimit now{value, before_.rlim_max};
    setrlimit(what, &now);
  }

  SoftLimit(const SoftLimit&) = delete;
  SoftLimit& operator=(const SoftLimit&) = delete;

  ~SoftLimit() { setrlimit(what_, &before_); }

 private:
  __rlimit_resource what_;
  rlimit before_{};
};

class Launch : public StepTest {
 protected:
  LaunchFault fault_of(const LaunchSpec& what, const std::string& shim = FAT_STEP_PATH) {
    try {
      launch(what, shim);
    } catch (const LaunchError& error) {
      text_ = error.what();
      return error.fault();
    }
    throw std::runtime_error{"launched"};
  }

  std::string text_;
};

TEST_F(Launch, KeepsOutputInItsOrderAndTheExitStatus) {
  const auto record = run(shell("echo one; echo two >&2; echo three; exit 3"));

  EXPECT_EQ(record.status, 3);
  EXPECT_EQ(record.signal, std::nullopt);
  EXPECT_EQ(record.ended_by, EndedBy::Itself);
  EXPECT_EQ(record.output_bytes, 14U);
  EXPECT_EQ(content_of(attempt() / "output.log"), "one\ntwo\nthree\n");
}

TEST_F(Launch, RecordsTheSignalThatKilledTheCommand) {
  const auto record = run(shell("kill -SEGV $$"));

  EXPECT_EQ(record.signal, SIGSEGV);
  EXPECT_EQ(record.status, std::nullopt);
}

TEST_F(Launch, TheCommandSeesItsOwnStartRecord) {
  auto what = shell("cat \"$STEP\"/start.json");
  what.environment.push_back("STEP=" + attempt().string());

  run(what);

  const auto start = parse_start_record(content_of(attempt() / "output.log"));
  ASSERT_TRUE(start);
  EXPECT_EQ(start->token, token());
  EXPECT_EQ(start->boot_id, current_boot_id());
  EXPECT_GT(start->command.start_time, 0U);
}

TEST_F(Launch, TheCommandGetsItsDescriptorsTheLockAndNothingElse) {
  const OwnedFd leak{dup(1)};  // not close-on-exec

  run(
      python("import os\n"
             "for fd in range(256):\n"
             "  try: print(fd, os.readlink(f'/proc/self/fd/{fd}').split(':')[0])\n"
             "  except OSError: pass\n"));

  EXPECT_THAT(content_of(attempt() / "output.log"),
              testing::MatchesRegex("0 /dev/null\n1 pipe\n2 pipe\n3 pipe\n4 pipe\n[0-9]+ " +
                                    (attempt() / "lock").string() + "\n"));
}

TEST_F(Launch, TheCommandStartsWithNoSignalBlockedOrIgnored) {
  run(spec({"grep", "-E", "Sig(Blk|Ign)", "/proc/self/status"}));

  EXPECT_EQ(content_of(attempt() / "output.log"),
            "SigBlk:\t0000000000000000\nSigIgn:\t0000000000000000\n");
}

TEST_F(Launch, TheCommandGetsTheEnvironmentItWasGivenAndItsChannels) {
  auto what = shell("env | grep -E '^(FATMASTER|MINE)' | sort");
  what.environment.emplace_back("MINE=a b");
  what.environment.emplace_back("FATMASTER_TOKEN=of somebody else");

  run(what);

  EXPECT_EQ(
      content_of(attempt() / "output.log"),
      "FATMASTER_ANSWER_FD=4\nFATMASTER_REPORT_FD=3\nFATMASTER_TOKEN=" + token() + "\nMINE=a b\n");
}

TEST_F(Launch, TheFilesOfAStepLieInItsFolder) {
  auto what = shell("cat \"$STEP\"/call.json");
  what.environment.push_back("STEP=" + attempt().string());
  what.files = {{"call.json", "{\"task\": 1}"}};

  run(what);

  EXPECT_EQ(content_of(attempt() / "output.log"), "{\"task\": 1}");
}

TEST_F(Launch, ACommandThatDoesNotExistIsRecordedAsAStartError) {
  const auto record = run(spec({"/no/such/program"}));

  EXPECT_EQ(record.status, 127);
  EXPECT_THAT(record.start_error, HasSubstr("/no/such/program: No such file or directory"));
}

TEST_F(Launch, AShimThatMayNotOpenEnoughFilesSaysSoInTheRecord) {
  const SoftLimit few{RLIMIT_NOFILE, 16};

  const auto record = run(shell("true"));

  EXPECT_THAT(record.start_error, HasSubstr("Too many open files"));
}

TEST_F(Launch, AFileThatMayNotGrowLosesOutputButNeverBlocksTheCommand) {
  auto step = [&] {
    const SoftLimit small{RLIMIT_FSIZE, 100'000};
    return launch(shell("head -c 3000000 /dev/zero; echo '{\"heartbeat\":true}' >&3"),
                  FAT_STEP_PATH);
  }();

  const auto record = finish(step);

  EXPECT_EQ(record.status, 0);
  EXPECT_EQ(record.output_bytes, 3'000'000U);
  EXPECT_EQ(std::filesystem::file_size(attempt() / "output.log"), 100'000U);
  EXPECT_THAT(content_of(attempt() / "exit.json"), HasSubstr("\"output_lost\":2900000"));
  EXPECT_THAT(content_of(attempt() / "report.jsonl"), HasSubstr("heartbeat"));
}

TEST_F(Launch, RefusesAFolderThatExistsAndLeavesItAlone) {
  std::filesystem::create_directories(attempt());
  write_to(attempt() / "precious", "x");

  EXPECT_EQ(fault_of(shell("true")), LaunchFault::FolderExists);

  EXPECT_EQ(content_of(attempt() / "precious"), "x");
}

TEST_F(Launch, WithoutShimLeavesNothingBehind) {
  EXPECT_EQ(fault_of(shell("true"), "/no/such/shim"), LaunchFault::NoShim);

  EXPECT_THAT(text_, HasSubstr("/no/such/shim: No such file or directory"));
  EXPECT_FALSE(std::filesystem::exists(attempt()));
}

TEST_F(Launch, WithoutWorkingFolderLeavesNothingBehind) {
  auto what = shell("true");
  what.working_folder = "/no/such/folder";

  EXPECT_EQ(fault_of(what), LaunchFault::NoWorkingFolder);

  EXPECT_FALSE(std::filesystem::exists(attempt()));
}

TEST_F(Launch, WithoutDescriptorsLeavesNothingBehind) {
#ifdef FAT_SANITIZED
  GTEST_SKIP() << "the sanitizer's own check of types needs descriptors";
#endif
  const SoftLimit few{RLIMIT_NOFILE, 5};

  EXPECT_EQ(fault_of(shell("true")), LaunchFault::System);

  EXPECT_FALSE(std::filesystem::exists(attempt()));
}

TEST_F(Launch, AFolderThatCannotBeMadeIsAnErrorOfItsOwn) {
  write_to(folder_ / "steps", "a file in the way");

  EXPECT_EQ(fault_of(shell("true")), LaunchFault::FolderNotMade);
}

}  // namespace
}  // namespace fat
