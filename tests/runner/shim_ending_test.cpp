// Every way a step ends: limits, abort, halt, and what it leaves behind.
#include "runner/step_fixture.hpp"

namespace fat {
namespace {

const std::string kToldReady = R"(echo '{"message": "ready"}' >&3; )";

class Ending : public StepTest {
 protected:
  /// Started, and as far as it says "ready".
  StepProcess ready(const LaunchSpec& what) const {
    auto step = launch(what, FAT_STEP_PATH);
    report_with("ready");
    return step;
  }
};

TEST_F(Ending, ATimeoutEndsAStepThatGoesOn) {
  auto what = shell("while :; do echo still here; sleep 0.02; done");
  what.timeout = 300ms;

  const auto record = run(what);

  EXPECT_EQ(record.ended_by, EndedBy::Timeout);
  EXPECT_EQ(record.signal, SIGTERM);
  EXPECT_GE(record.ran, 300ms);
}

TEST_F(Ending, SilenceEndsAStepThatSaysNothing) {
  auto what = shell("echo begun; exec sleep 100");
  what.silence_timeout = 200ms;

  const auto record = run(what);

  EXPECT_EQ(record.ended_by, EndedBy::Silence);
}

TEST_F(Ending, SilenceIsNotWhileTheStepReports) {
  auto what = shell(
      "for i in 1 2 3 4 5 6 7 8; do echo '{\"heartbeat\": true}' >&3; sleep 0.1; done; exit 5");
  what.silence_timeout = 400ms;

  const auto record = run(what);

  EXPECT_EQ(record.ended_by, EndedBy::Itself);
  EXPECT_EQ(record.status, 5);
}

TEST_F(Ending, AbortLetsTheStepEndItself) {
  const auto step = ready(
      shell("trap 'echo tidied; exit 9' TERM; " + kToldReady + "while :; do sleep 0.01; done"));

  EXPECT_TRUE(step.signal(ShimSignal::Abort));
  const auto record = finish(step);

  EXPECT_EQ(record.ended_by, EndedBy::Abort);
  EXPECT_EQ(record.status, 9);
  EXPECT_THAT(content_of(attempt() / "output.log"), testing::HasSubstr("tidied\n"));
}

TEST_F(Ending, AStepThatIgnoresTermIsDeadWithItsGrandchildrenBeforeTheShimEnds) {
  auto what = shell(
      "trap '' TERM; echo '{\"pid\": '$$'}' >&3; "
      "sh -c 'echo \"{\\\"pid\\\": $$}\" >&3; setsid sh -c \"echo {\\\\\\\"pid\\\\\\\": \\$\\$} "
      ">&3; "
      "sleep 100; :\" & sleep 100; :' & sleep 100; :");
  what.grace = 200ms;
  const auto step = launch(what, FAT_STEP_PATH);
  const auto pids = reported_pids(3);

  step.signal(ShimSignal::Abort);
  const auto record = finish(step);

  EXPECT_EQ(record.ended_by, EndedBy::Abort);
  EXPECT_EQ(record.signal, SIGKILL);
  EXPECT_GE(record.ran, 200ms);
  for (const auto pid : pids) {
    EXPECT_FALSE(process_stat(pid)) << pid;
  }
}

TEST_F(Ending, HaltKillsAtOnce) {
  auto what = shell("trap '' TERM; " + kToldReady + "sleep 100; :");
  what.grace = 100s;
  const auto step = ready(what);

  step.signal(ShimSignal::Halt);
  const auto record = finish(step);

  EXPECT_EQ(record.ended_by, EndedBy::Halt);
  EXPECT_EQ(record.signal, SIGKILL);
}

TEST_F(Ending, ASecondAbortDoesNotWaitForTheGrace) {
  auto what = shell(R"(trap 'echo "{\"message\": \"asked\"}" >&3' TERM; )" + kToldReady +
                    "while :; do sleep 0.01; done");
  what.grace = 100s;
  const auto step = ready(what);

  step.signal(ShimSignal::Abort);
  report_with("asked");
  step.signal(ShimSignal::Abort);
  const auto record = finish(step);

  EXPECT_EQ(record.ended_by, EndedBy::Abort);
  EXPECT_EQ(record.signal, SIGKILL);
}

TEST_F(Ending, AStoppedStepHearsTheAbort) {
  const auto step = ready(shell("trap 'exit 4' TERM; " + kToldReady + "kill -STOP $$; sleep 100"));

  step.signal(ShimSignal::Abort);

  EXPECT_EQ(finish(step).status, 4);
}

TEST_F(Ending, AStepThatWantsTheTerminalIsNotStopped) {
  const auto record = run(shell("stty sane < /dev/tty; echo went on"));

  EXPECT_EQ(record.status, 0);
}

TEST_F(Ending, ADaemonisedGrandchildIsEndedAndCounted) {
  const auto record = run(python(
      "import os, time, sys\n"
      "r, w = os.pipe()\n"
      "if os.fork() == 0:\n"
      "  os.setsid()\n"
      "  if os.fork() == 0:\n"
      "    os.write(3, b'{\"pid\": %d}\\n' % os.getpid()); os.write(w, b'x'); time.sleep(100)\n"
      "  os._exit(0)\n"
      "os.wait(); os.read(r, 1)\n"));

  EXPECT_EQ(record.status, 0);
  EXPECT_EQ(record.ended_by, EndedBy::Itself);
  EXPECT_EQ(record.survivors, 1);
  EXPECT_FALSE(process_stat(reported_pids(1).front()));
}

TEST_F(Ending, ASurvivorThatIgnoresTermIsKilled) {
  const auto record = run(
      shell("(trap '' TERM; " + kToldReady + "while :; do sleep 0.05; done) & sleep 0.1; exit 0"));

  EXPECT_EQ(record.status, 0);
  EXPECT_GE(record.survivors, 1);
  EXPECT_LE(record.ran, 1s);  // the command's own time, without the two seconds for the survivor
}

TEST_F(Ending, WhatMayGoOnIsLeftRunning) {
  auto what = shell(R"(setsid sh -c 'echo "{\"pid\": $$}" >&3; exec sleep 100' & sleep 0.1)");
  what.leave_running = true;
  const auto step = launch(what, FAT_STEP_PATH);
  to_kill_ = reported_pids(1);

  const auto record = finish(step);

  EXPECT_EQ(record.status, 0);
  EXPECT_EQ(record.survivors, 0);
  const auto left = process_stat(to_kill_.front());
  EXPECT_TRUE(left && is_alive(*left));
  EXPECT_TRUE(std::holds_alternative<Harvest>(look()));
  EXPECT_TRUE(process_stat(to_kill_.front()));  // looking ends nothing
}

TEST_F(Ending, WhatMayGoOnIsEndedByAnAbortAllTheSame) {
  auto what = shell(R"(setsid sh -c 'echo "{\"pid\": $$}" >&3; exec sleep 100' & sleep 100)");
  what.leave_running = true;
  const auto step = launch(what, FAT_STEP_PATH);
  const auto pids = reported_pids(1);

  step.signal(ShimSignal::Abort);
  finish(step);

  EXPECT_FALSE(process_stat(pids.front()));
}

TEST_F(Ending, ACommandThatClosesAllItsDescriptorsIsStillWatched) {
  auto what = python(
      "import os, time\nos.write(3, b'{\"pid\": %d}\\n' % os.getpid())\n"
      "os.closerange(0, 256)\ntime.sleep(100)\n");
  what.timeout = 1s;

  const auto record = run(what);

  EXPECT_EQ(record.ended_by, EndedBy::Timeout);
  EXPECT_LT(record.system, 500ms);  // a closed pipe is not asked over and over
}

TEST_F(Ending, AForkBombOfBoundedSizeIsEnded) {
  const auto record =
      run(python("import os, time, signal\n"
                 "signal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
                 "top = os.getpid()\n"
                 "r, w = os.pipe()\n"
                 "for level in range(7):\n"
                 "  if os.fork() == 0: os.setsid()\n"
                 "os.write(w, b'x')\n"
                 "seen = 0\n"
                 "while os.getpid() == top and seen < 128: seen += len(os.read(r, 128))\n"
                 "if os.getpid() != top: time.sleep(100)\n"));

  EXPECT_EQ(record.status, 0);
  EXPECT_EQ(record.survivors, 127);
}

TEST_F(Ending, ManyQuickShortLivedProcessesAreNotTakenForSurvivors) {
  const auto record = run(shell("for i in 1 2 3 4 5 6 7 8 9 10; do (true) & done; wait; exit 0"));

  EXPECT_EQ(record.survivors, 0);
}

TEST_F(Ending, ProcessorTimeAndMemoryOfTheCommandAreRecorded) {
  const auto record = run(shell("i=0; while [ $i -lt 100000 ]; do i=$((i+1)); done"));

  EXPECT_GT(record.user + record.system, 10ms);
  EXPECT_GT(record.max_rss_kib, 100);
  EXPECT_GE(record.ended, record.started);
}

}  // namespace
}  // namespace fat
