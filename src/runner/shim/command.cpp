// Command line -> waiting child. See the header.
#include "runner/shim/command.hpp"

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdint>

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace fat::shim {
namespace {

constexpr int kFirstFree = 5;
constexpr int kReportFd = 3;
constexpr int kAnswerFd = 4;

bool make_pipe(Pipe& pipe, bool we_read) {
  std::array<int, 2> ends{};
  if (pipe2(ends.data(), O_CLOEXEC) != 0) {
    return false;
  }
  pipe.reading = OwnedFd{ends[0]};
  pipe.writing = OwnedFd{ends[1]};
  return fcntl(ends[we_read ? 0 : 1], F_SETFL, O_NONBLOCK) == 0;
}

// By the kernel's own call: the C library does not let go of the two signals that its posix_spawn
// leaves ignored.
void reset_signals() {
  const std::array<std::uint64_t, 4> by_default{};
  for (int number = 1; number < NSIG; ++number) {
    syscall(SYS_rt_sigaction, number, by_default.data(), nullptr, sizeof(std::uint64_t));
  }
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, nullptr);
}

bool connect_descriptors(const CommandPipes& pipes, int lock) {
  return fcntl(lock, F_DUPFD, kFirstFree) >= 0 && dup2(pipes.output.writing.get(), 1) == 1 &&
         dup2(pipes.output.writing.get(), 2) == 2 &&
         dup2(pipes.report.writing.get(), kReportFd) == kReportFd &&
         dup2(pipes.answer.reading.get(), kAnswerFd) == kAnswerFd;
}

[[noreturn]] void be_the_command(CommandPipes& pipes, char** command, int lock, pid_t shim) {
  pipes.ours.reset();
  char go = 0;
  // A command that nobody observes must not run: it dies with the shim, and does not begin after
  // it.
  if (prctl(PR_SET_PDEATHSIG, SIGKILL) != 0 || setpgid(0, 0) != 0 || getppid() != shim ||
      recv(pipes.theirs.get(), &go, 1, 0) != 1) {
    _exit(kCannotExecute);
  }
  if (connect_descriptors(pipes, lock)) {
    reset_signals();
    execvp(command[0], command);
  }
  const int error = errno;
  send(pipes.theirs.get(), &error, sizeof error, MSG_NOSIGNAL);
  _exit(kCannotExecute);
}

}  // namespace

std::optional<CommandPipes> make_pipes() {
  CommandPipes pipes;
  std::array<int, 2> gate{};
  if (!make_pipe(pipes.output, true) || !make_pipe(pipes.report, true) ||
      !make_pipe(pipes.answer, false) ||
      socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, gate.data()) != 0) {
    return std::nullopt;
  }
  pipes.ours = OwnedFd{gate[0]};
  pipes.theirs = OwnedFd{gate[1]};
  return pipes;
}

pid_t fork_command(CommandPipes& pipes, char** command, int lock) {
  const pid_t shim = getpid();
  const pid_t child = fork();
  if (child == 0) {
    be_the_command(pipes, command, lock, shim);
  }
  if (child > 0) {
    setpgid(child, child);  // both sides do it: whoever comes first
    pipes.theirs.reset();
    pipes.output.writing.reset();
    pipes.report.writing.reset();
    pipes.answer.reading.reset();
  }
  return child;
}

bool let_go(const CommandPipes& pipes) {
  const char go = 1;
  ssize_t sent = -1;
  do {
    sent = send(pipes.ours.get(), &go, 1, MSG_NOSIGNAL);
  } while (sent < 0 && errno == EINTR);
  return sent == 1;
}

int start_errno(const CommandPipes& pipes) {
  int error = 0;
  const auto got = recv(pipes.ours.get(), &error, sizeof error, MSG_DONTWAIT);
  return got == static_cast<ssize_t>(sizeof error) ? error : 0;
}

}  // namespace fat::shim
