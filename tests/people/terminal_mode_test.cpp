// Settings of a terminal, changed and given back.
#include "fat/people/terminal_mode.hpp"

#include <array>
#include <csignal>
#include <cstdlib>

#include <gtest/gtest.h>
#include <sys/wait.h>

#include "people/virtual_terminal.hpp"

namespace fat {
namespace {

TEST(TerminalMode, GivesTheSettingsBackAtItsEnd) {
  const VirtualTerminal terminal;
  {
    TerminalMode mode{terminal.fd()};
    EXPECT_TRUE(mode.read_keys());
    EXPECT_FALSE(mode.read_keys());
    EXPECT_FALSE(terminal.echoes());
  }
  EXPECT_TRUE(terminal.echoes());
}

TEST(TerminalMode, GivesBackWhatAKilledEngineLeftBehind) {
  const VirtualTerminal terminal;
  {
    const TerminalMode supervisor{terminal.fd()};
    const pid_t engine = fork();
    if (engine == 0) {
      TerminalMode mode{terminal.fd()};
      mode.read_keys();
      kill(getpid(), SIGKILL);
    }
    ASSERT_EQ(waitpid(engine, nullptr, 0), engine);
    EXPECT_FALSE(terminal.echoes());
  }
  EXPECT_TRUE(terminal.echoes());
}

TEST(TerminalMode, LeavesCtrlCAlone) {
  const VirtualTerminal terminal;
  TerminalMode mode{terminal.fd()};
  mode.read_keys();
  termios settings{};
  tcgetattr(terminal.fd(), &settings);

  EXPECT_NE(settings.c_lflag & ISIG, 0U);
}

TEST(TerminalMode, DoesNothingWhereThereIsNoTerminal) {
  std::array<int, 2> ends{};
  ASSERT_EQ(pipe2(ends.data(), O_CLOEXEC), 0);
  TerminalMode mode{ends[0]};

  EXPECT_FALSE(mode.read_keys());
  EXPECT_FALSE(can_show_live_view(ends[0]));
  EXPECT_EQ(terminal_size(ends[0]).width, 80);
  close(ends[0]);
  close(ends[1]);
}

TEST(TerminalMode, RespectsDumbTerminalsAndNoColor) {
  const VirtualTerminal terminal;
  setenv("TERM", "xterm", 1);
  unsetenv("NO_COLOR");
  EXPECT_TRUE(wants_colour(terminal.fd()));
  setenv("NO_COLOR", "1", 1);
  EXPECT_FALSE(wants_colour(terminal.fd()));
  EXPECT_TRUE(can_show_live_view(terminal.fd()));
  setenv("TERM", "dumb", 1);
  EXPECT_FALSE(can_show_live_view(terminal.fd()));
}

}  // namespace
}  // namespace fat
