// Settings of a terminal, changed and given back.
#include "fat/people/terminal_mode.hpp"

#include <csignal>
#include <cstdlib>
#include <string_view>

#include <sys/ioctl.h>
#include <unistd.h>

namespace fat {
namespace {

constexpr tcflag_t kLineFlags = ICANON | ECHO;

/// A job that went to the background between check and change must not be stopped for it.
void set(int fd, const termios& settings) noexcept {
  sigset_t only_ttou;
  sigset_t before;
  sigemptyset(&only_ttou);
  sigaddset(&only_ttou, SIGTTOU);
  pthread_sigmask(SIG_BLOCK, &only_ttou, &before);
  tcsetattr(fd, TCSANOW, &settings);  // not TCSADRAIN: after Ctrl-S that would wait for ever
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
}

std::string_view environment(const char* name) {
  const char* text = std::getenv(name);
  return text == nullptr ? std::string_view{} : std::string_view{text};
}

}  // namespace

TerminalMode::TerminalMode(int fd)
    : fd_(fd), known_(fd >= 0 && isatty(fd) == 1 && tcgetattr(fd, &before_) == 0) {}

TerminalMode::~TerminalMode() {
  restore();
}

// NOLINTNEXTLINE(readability-make-member-function-const): it changes the terminal
bool TerminalMode::read_keys() {
  termios now{};
  if (!known_ || !in_foreground(fd_) || tcgetattr(fd_, &now) != 0) {
    return false;
  }
  if ((now.c_lflag & kLineFlags) == 0) {
    return false;
  }
  now.c_lflag &= ~kLineFlags;
  now.c_lflag |= ISIG;
  now.c_cc[VMIN] = 1;
  now.c_cc[VTIME] = 0;
  set(fd_, now);
  return true;
}

void TerminalMode::restore() noexcept {
  termios now{};
  if (!known_ || !in_foreground(fd_) || tcgetattr(fd_, &now) != 0) {
    return;
  }
  if ((now.c_lflag & kLineFlags) != (before_.c_lflag & kLineFlags)) {
    set(fd_, before_);
  }
}

bool TerminalMode::in_foreground(int fd) noexcept {
  const pid_t group = tcgetpgrp(fd);
  return group == -1 || group == getpgrp();  // -1: not our controlling terminal, no job control
}

bool can_show_live_view(int fd) {
  const std::string_view term = environment("TERM");
  return isatty(fd) == 1 && !term.empty() && term != "dumb";
}

bool wants_colour(int fd) {
  return can_show_live_view(fd) && environment("NO_COLOR").empty();
}

TerminalSize terminal_size(int fd) {
  winsize size{};
  if (ioctl(fd, TIOCGWINSZ, &size) != 0 || size.ws_col == 0 || size.ws_row == 0) {
    return {};
  }
  return {.width = size.ws_col, .height = size.ws_row};
}

}  // namespace fat
