// Small scripts in the place of the engine: what the supervisor does when they end.
#include "fat/runner/supervisor.hpp"

#include <csignal>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

namespace fat {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class Supervise : public testing::Test {
 protected:
  /// The n-th engine runs the n-th script; the last one is repeated.
  int supervise_scripts(const std::vector<std::string>& scripts) {
    SupervisorSettings settings;
    settings.command = [this, &scripts](const std::vector<int>& died) {
      died_.push_back(died);
      return std::vector<std::string>{
          "/bin/sh", "-c", scripts[std::min(died_.size(), scripts.size()) - 1]};
    };
    settings.tell = [this](const std::string& text) {
      told_.push_back(text);
      if (on_death_) {
        on_death_();
      }
    };
    settings.restore_terminal = [this] { ++restored_; };
    settings.first_delay = delay_;
    settings.give_up_after = give_up_after_;
    return supervise(settings);
  }

  Microseconds delay_ = 1ms;
  int give_up_after_ = 3;
  std::function<void()> on_death_;
  std::vector<std::vector<int>> died_;  ///< what each engine was told
  std::vector<std::string> told_;
  int restored_ = 0;
};

TEST_F(Supervise, PassesTheExitCodeOn) {
  EXPECT_EQ(supervise_scripts({"exit 3"}), 3);
  EXPECT_EQ(supervise_scripts({"exit 0"}), 0);

  EXPECT_THAT(told_, IsEmpty());
  EXPECT_EQ(restored_, 0);
}

TEST_F(Supervise, StartsAKilledEngineAgainAndSaysWhichOneDied) {
  EXPECT_EQ(supervise_scripts({"kill -9 $$", "kill -SEGV $$", "exit 4"}), 4);

  ASSERT_EQ(died_.size(), 3U);
  EXPECT_THAT(died_[0], IsEmpty());
  ASSERT_EQ(died_[1].size(), 1U);
  EXPECT_GT(died_[1][0], 0);
  ASSERT_EQ(died_[2].size(), 2U);
  EXPECT_EQ(died_[2][0], died_[1][0]);
  EXPECT_THAT(told_, ElementsAre(HasSubstr("signal 9 (Killed)"), HasSubstr("signal 11")));
  EXPECT_EQ(restored_, 2);
}

TEST_F(Supervise, StartsAnEngineAgainThatEndedBecauseOfItsOwnBug) {
  EXPECT_EQ(supervise_scripts({"exit 70", "exit 1"}), 1);

  EXPECT_THAT(told_, ElementsAre(HasSubstr("a bug of its own; starting it again")));
}

TEST_F(Supervise, GivesUpAfterManyDeathsInARow) {
  EXPECT_EQ(supervise_scripts({"kill -9 $$"}), kEngineBug);

  EXPECT_EQ(died_.size(), 3U);
  ASSERT_EQ(told_.size(), 3U);
  EXPECT_THAT(told_[2], HasSubstr("3 times in a row; giving up"));
  EXPECT_THAT(told_[2], HasSubstr("fatmaster resume"));
}

TEST_F(Supervise, TriesAgainWhenTheProgramCannotBeExecutedAndSaysSo) {
  SupervisorSettings settings;
  settings.command = [](const auto&) { return std::vector<std::string>{"/no/such/engine"}; };
  settings.tell = [this](const std::string& text) { told_.push_back(text); };
  settings.restore_terminal = [] {};
  settings.first_delay = 1ms;
  settings.give_up_after = 2;
  std::string last_words;
  settings.gave_up = [&last_words](const std::string& text) { last_words = text; };

  EXPECT_EQ(supervise(settings), kEngineBug);

  EXPECT_THAT(told_, ElementsAre(HasSubstr("could not be started"), HasSubstr("giving up")));
  EXPECT_EQ(last_words, told_.back());
}

TEST_F(Supervise, PassesSigtermOn) {
  EXPECT_EQ(supervise_scripts({"trap 'exit 42' TERM; kill -TERM $PPID; while :; do :; done"}), 42);
}

TEST_F(Supervise, PassesCtrlCOnThatAProgramSent) {
  EXPECT_EQ(supervise_scripts({"trap 'exit 43' INT; kill -INT $PPID; while :; do :; done"}), 43);
}

TEST_F(Supervise, OutlivesTheTerminal) {
  EXPECT_EQ(supervise_scripts({"kill -HUP $PPID; exit 2"}), 2);
}

TEST_F(Supervise, OutlivesASignalThatCameTooLateForTheEngine) {
  give_up_after_ = 1;
  on_death_ = [] {
    kill(getpid(), SIGHUP);
    kill(getpid(), SIGTERM);
  };

  EXPECT_EQ(supervise_scripts({"kill -9 $$"}), kEngineBug);
}

TEST_F(Supervise, TakesCtrlCBeforeTheEngineListensForAWish) {
  EXPECT_EQ(supervise_scripts({"kill -INT $$"}), kEngineStopped);
  EXPECT_EQ(supervise_scripts({"kill -TERM $$"}), kEngineStopped);

  EXPECT_THAT(told_, IsEmpty());
}

/// An engine that listens late: blocked until then, the signal must not be lost.
const std::string kListensLate =
    "exec python3 -S -c '\n"
    "import os, signal\n"
    "signal.signal(signal.SIGTERM, lambda *_: os._exit(44))\n"
    "signal.signal(signal.SIGINT, lambda *_: os._exit(45))\n"
    "signal.pthread_sigmask(signal.SIG_UNBLOCK, [signal.SIGTERM, signal.SIGINT])\n"
    "signal.pause()'";

TEST_F(Supervise, TellsTheNextEngineOfASigtermThatCameWhileNoneLived) {
  on_death_ = [] { kill(getpid(), SIGTERM); };
  delay_ = 1h;  // not waited for: the wish is more urgent

  EXPECT_EQ(supervise_scripts({"kill -9 $$", kListensLate}), 44);
}

TEST_F(Supervise, TellsTheNextEngineOfACtrlCThatCameWhileNoneLived) {
  on_death_ = [] { kill(getpid(), SIGINT); };
  delay_ = 1h;

  EXPECT_EQ(supervise_scripts({"kill -9 $$", kListensLate}), 45);
}

TEST_F(Supervise, TheEngineStartsWithTheSignalsAsTheyWere) {
  EXPECT_EQ(supervise_scripts({"grep -q '^SigBlk:.0000000000000000' /proc/self/status"}), 0);
}

}  // namespace
}  // namespace fat
