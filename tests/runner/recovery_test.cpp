// The scheduler died, or the shim, or both, or the machine: what is found afterwards.
#include "runner/recovery.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>

#include "fakes/patience.hpp"
#include "runner/leftovers.hpp"
#include "runner/step_fixture.hpp"

namespace fat {
namespace {

using testing::HasSubstr;

const std::string kReady = R"(echo '{"message":"ready"}' >&3; )";

class Recovery : public StepTest {
 protected:
  std::optional<StartRecord> start() const { return read_start(attempt(), token()); }

  /// An attempt folder as a dead scheduler and a dead shim left it.
  void leave(const std::string& start_json,
             const std::string& exit_json,
             const std::string& report) {
    std::filesystem::create_directories(attempt());
    write_to(attempt() / "lock", "");
    write_to(attempt() / "report.jsonl", report);
    if (!start_json.empty()) {
      write_to(attempt() / "start.json", start_json);
    }
    if (!exit_json.empty()) {
      write_to(attempt() / "exit.json", exit_json);
    }
  }

  std::string start_json(pid_t pid, std::uint64_t start_time) const {
    return fmt::format(
        R"({{"token":"{0}","boot_id":"{1}","shim":{{"pid":{2},"start_time":{3}}},"command":{{"pid":{2},"start_time":{3}}}}})",
        token(),
        current_boot_id(),
        pid,
        start_time);
  }

  static std::string exit_json(std::size_t report_bytes, const std::string& whose) {
    return fmt::format(
        R"({{"token":"{}","status":0,"signal":null,"ended_by":"itself","start_error":"","started_us":1,"ended_us":2,"ran_us":1,)"
        R"("user_us":0,"system_us":0,"max_rss_kib":1,"report_bytes":{},"report_dropped":0,"output_bytes":0,"output_lost":0,"survivors":0}})",
        whose,
        report_bytes);
  }

  std::string lost_because() const {
    const auto found = look();
    const auto* lost = std::get_if<Lost>(&found);
    if (lost == nullptr) {
      return "not lost";
    }
    return lost->survives ? "survives" : lost->why;
  }

  bool never_started() const { return std::holds_alternative<NeverStarted>(look()); }
};

TEST_F(Recovery, AStepThatStillRunsIsAdoptedAndEndsUnderTheNewScheduler) {
  launch_and_lose_scheduler(shell(kReady + "read answer <&4; echo $answer; exit 6"),
                            [&] { report_with("ready"); });

  const auto adopted = found_as<Adopt>();

  append_answer(attempt(), "go on");
  EXPECT_TRUE(adopted.process.signal(ShimSignal::ReadAnswers));
  EXPECT_EQ(finish(adopted.process).status, 6);
  EXPECT_EQ(content_of(attempt() / "output.log"), "go on\n");
}

TEST_F(Recovery, AnAdoptedStepCanBeAborted) {
  launch_and_lose_scheduler(shell(kReady + "sleep 100"), [&] { report_with("ready"); });

  const auto adopted = found_as<Adopt>();

  adopted.process.signal(ShimSignal::Abort);
  EXPECT_EQ(finish(adopted.process).ended_by, EndedBy::Abort);
}

TEST_F(Recovery, AStepWhoseSchedulerDiesAtOnceIsAdoptedOrHarvestedNeverLost) {
  launch_and_lose_scheduler(shell("exit 5"));  // with luck between fork and start record

  auto found = look();

  if (auto* adopted = std::get_if<Adopt>(&found)) {
    EXPECT_EQ(finish(adopted->process).status, 5);
    return;
  }
  const auto* harvest = std::get_if<Harvest>(&found);
  ASSERT_NE(harvest, nullptr);
  EXPECT_EQ(harvest->record.status, 5);
}

TEST_F(Recovery, AStepThatEndedMeanwhileIsHarvested) {
  launch_and_lose_scheduler(shell(kReady + "read answer <&4; exit 7"),
                            [&] { report_with("ready"); });
  const auto adopted = found_as<Adopt>();
  append_answer(attempt(), "x");
  adopted.process.signal(ShimSignal::ReadAnswers);
  ASSERT_TRUE(Deadline{kPatience}.wait_for({adopted.process.handle()}));

  EXPECT_EQ(found_as<Harvest>().record.status, 7);
  EXPECT_TRUE(std::holds_alternative<Harvest>(look()));  // and again
}

TEST_F(Recovery, ATornExitRecordCountsAsNone) {
  auto text = exit_json(0, token());
  leave(start_json(1, 1), text.substr(0, text.size() / 2), "");

  EXPECT_THAT(lost_because(), HasSubstr("damaged"));
}

TEST_F(Recovery, AReportShorterThanItsRecordSaysCountsAsNone) {
  leave(start_json(1, 1), exit_json(100, token()), "only this\n");

  EXPECT_THAT(lost_because(), HasSubstr("damaged"));
}

TEST_F(Recovery, TheExitRecordOfAnotherAttemptCountsAsNone) {
  leave(start_json(1, 1), exit_json(0, "somebody-else"), "");

  EXPECT_THAT(lost_because(), HasSubstr("damaged"));
}

TEST_F(Recovery, ACompleteRecordWithItsWholeReportIsHarvested) {
  leave(start_json(1, 1), exit_json(4, token()), "abc\n");

  EXPECT_TRUE(std::holds_alternative<Harvest>(look()));
}

TEST_F(Recovery, WithoutFolderItNeverStarted) {
  EXPECT_TRUE(never_started());
}

TEST_F(Recovery, AFolderWithAFreeLockAndNoStartRecordNeverStarted) {
  leave("", "", "");

  EXPECT_TRUE(never_started());
}

TEST_F(Recovery, AfterAPowerCutAMissingStartRecordProvesNothing) {
  leave("", "", "");

  const auto found = examine(attempt(), token(), "another-boot");

  ASSERT_TRUE(std::holds_alternative<Lost>(found));
  EXPECT_THAT(std::get<Lost>(found).why, HasSubstr("machine went down"));
}

TEST_F(Recovery, AShimKilledWithItsCommandIsLost) {
  const auto step = launch(shell(kReady + "sleep 100; :"), FAT_STEP_PATH);
  report_with("ready");
  const auto command = start().value().command.pid;

  kill(step.id(), SIGKILL);

  ASSERT_TRUE(Deadline{kPatience}.wait_for({step.handle()}));
  EXPECT_TRUE(ends(command));  // nobody would observe it
  EXPECT_THAT(lost_because(),
              testing::AnyOf(HasSubstr("shim died"), HasSubstr("without an exit record")));
  step.reap();
}

TEST_F(Recovery, WhatLivesOnAfterAKilledShimIsEndedBeforeItIsLost) {
  const auto step =
      launch(python("import os, time, ctypes\n"
                    "ctypes.CDLL(None).prctl(1, 0)\n"  // the command survives its shim
                    "if os.fork() == 0: os.setsid()\n"
                    "os.write(3, b'{\"pid\": %d}\\n' % os.getpid())\n"
                    "time.sleep(100)\n"),
             FAT_STEP_PATH);
  const auto pids = reported_pids(2);
  kill(step.id(), SIGKILL);
  ASSERT_TRUE(Deadline{kPatience}.wait_for({step.handle()}));
  step.reap();
  ASSERT_EQ(probe_lock(attempt()), LockState::Held);

  EXPECT_THAT(lost_because(), HasSubstr("processes ended: 2"));

  EXPECT_TRUE(ends(pids[0]));
  EXPECT_TRUE(ends(pids[1]));
  EXPECT_EQ(probe_lock(attempt()), LockState::Free);
}

TEST_F(Recovery, AProcessThatDroppedTheTokenIsFoundByTheLockItHolds) {
  const auto step =
      launch(python("import os, time\n"
                    "if os.fork() == 0:\n"
                    "  lock = [fd for fd in range(5, 64) if os.path.exists(f'/proc/self/fd/{fd}') "
                    "and os.readlink(f'/proc/self/fd/{fd}').endswith('/lock')][0]\n"
                    "  os.execve('/bin/sh', ['sh', '-c', 'echo \"{\\\\\"pid\\\\\": $$}\" >&3; "
                    "sleep 100; :'], {})\n"
                    "time.sleep(100)\n"),
             FAT_STEP_PATH);
  const auto pids = reported_pids(1);
  kill(step.id(), SIGKILL);
  ASSERT_TRUE(Deadline{kPatience}.wait_for({step.handle()}));
  step.reap();

  EXPECT_THAT(lost_because(), HasSubstr("processes ended"));

  EXPECT_TRUE(ends(pids[0]));
}

TEST_F(Recovery, AProcessThatClosedTheLockIsFoundByItsToken) {
  const auto step = launch(
      python(
          "import os, time\n"
          "if os.fork() == 0:\n"
          "  os.setsid(); os.write(3, b'{\"pid\": %d}\\n' % os.getpid()); os.closerange(0, 256)\n"
          "  os.execv('/bin/sleep', ['sleep', '100'])\n"
          "time.sleep(100)\n"),
      FAT_STEP_PATH);
  const auto pids = reported_pids(1);
  kill(step.id(), SIGKILL);
  ASSERT_TRUE(Deadline{kPatience}.wait_for({step.handle()}));
  step.reap();

  EXPECT_THAT(lost_because(), HasSubstr("processes ended"));

  EXPECT_TRUE(ends(pids[0]));
}

TEST_F(Recovery, ARecycledProcessIdIsNotTakenForTheShim) {
  const auto me = process_stat(getpid());
  leave(start_json(getpid(), me.value().start_time + 1), "", "");
  const OwnedFd held{open((attempt() / "lock").c_str(), O_RDWR | O_CLOEXEC)};
  ASSERT_EQ(flock(held.get(), LOCK_EX | LOCK_NB), 0);

  // Held by this very process, which it must not end: so it says that something is left.
  EXPECT_EQ(lost_because(), "survives");
}

TEST_F(Recovery, AShimThatHangsBeforeItsStartRecordIsEndedAndNeverStarted) {
  std::filesystem::create_directories(attempt());
  const OwnedFd held{open((attempt() / "lock").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0666)};
  ASSERT_EQ(flock(held.get(), LOCK_EX | LOCK_NB), 0);
  const pid_t hanging = fork();
  if (hanging == 0) {
    pause();
    _exit(0);
  }
  OwnedFd ours{dup(held.get())};
  const_cast<OwnedFd&>(held).reset();
  ours.reset();

  EXPECT_TRUE(never_started());

  int status = 0;
  EXPECT_EQ(waitpid(hanging, &status, 0), hanging);
  EXPECT_TRUE(WIFSIGNALED(status));
}

TEST_F(Recovery, AShimWithoutListenerMakesItsRecordsDurable) {
  if (std::system(
          "command -v strace > /dev/null 2>&1 && strace -o /dev/null true > /dev/null 2>&1") != 0) {
    GTEST_SKIP() << "strace is not usable here";
  }
  const auto wrapper = folder_ / "traced";
  const auto trace = folder_ / "trace";
  write_to(wrapper,
           fmt::format("#!/bin/sh\nexec strace -I4 -o {} -e trace=fsync,renameat '{}' \"$@\"\n",
                       trace.string(),
                       FAT_STEP_PATH));
  std::filesystem::permissions(wrapper, std::filesystem::perms::owner_all);
  auto step = std::optional{launch(shell(kReady + "read answer <&4"), wrapper)};
  report_with("ready");
  const OwnedFd handle{open_process(start().value().shim.pid)};
  EXPECT_THAT(content_of(trace), testing::Not(HasSubstr("fsync")));

  const auto shim = start().value().shim.pid;
  step.reset();  // nobody listens any more
  append_answer(attempt(), "x");
  kill(shim, SIGUSR1);
  ASSERT_TRUE(Deadline{kPatience}.wait_for({handle.get()}));

  const auto text = content_of(trace);
  const auto rename = text.find("\"exit.json.new\"");
  EXPECT_LT(text.find("fsync"), rename);
  EXPECT_LT(rename, text.rfind("fsync"));
  EXPECT_EQ(std::count(text.begin(), text.end(), '\n') >= 4, true) << text;
}

TEST_F(Recovery, LeftoversOfNobodyAreNobody) {
  const auto left = end_leftovers("token-of-nobody", folder_);

  EXPECT_EQ(left.ended, 0);
  EXPECT_TRUE(left.alive.empty());
}

}  // namespace
}  // namespace fat
