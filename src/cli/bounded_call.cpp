#include "cli/bounded_call.hpp"

#include <array>
#include <csignal>
#include <system_error>

#include <fcntl.h>
#include <poll.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "fat/model/exec_words.hpp"
#include "fat/model/owned_fd.hpp"
#include "fat/model/plain_environment.hpp"

namespace fat {

namespace {

using BoundedClock = std::chrono::steady_clock;

constexpr std::size_t kMostOutput = 1048576;

void write_all(int fd, std::string_view text) {
  while (!text.empty()) {
    const auto count = write(fd, text.data(), text.size());
    if (count <= 0) {
      return;
    }
    text.remove_prefix(static_cast<std::size_t>(count));
  }
}

/// In the child: away from the terminal and from every lock and pipe of this program, so that one
/// that cannot be killed holds nothing. `in` -1: there is nothing to read.
void stand_alone(int in, int out) {
  setsid();
  dup2(out, STDOUT_FILENO);
  const int nothing = open("/dev/null", O_RDWR);
  if (nothing < 0) {
    _exit(1);
  }
  dup2(in < 0 ? nothing : in, STDIN_FILENO);
  dup2(nothing, STDERR_FILENO);
  close_range(STDERR_FILENO + 1, ~0U, 0);
  std::signal(SIGPIPE, SIG_DFL);
}

std::chrono::milliseconds left_until(BoundedClock::time_point deadline) {
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - BoundedClock::now());
  return std::max(left, std::chrono::milliseconds{0});
}

/// Until the other end is closed. False when the deadline came first.
bool read_until(int fd, BoundedClock::time_point deadline, std::string& text) {
  std::array<char, 4096> buffer{};
  while (true) {
    pollfd waiting{.fd = fd, .events = POLLIN, .revents = 0};
    if (poll(&waiting, 1, static_cast<int>(left_until(deadline).count())) <= 0) {
      return false;
    }
    const auto count = read(fd, buffer.data(), buffer.size());
    if (count <= 0) {
      return true;
    }
    const auto room = kMostOutput - std::min(text.size(), kMostOutput);
    text.append(buffer.data(), std::min(static_cast<std::size_t>(count), room));
  }
}

int status_of(pid_t child) {
  int status = 0;
  if (waitpid(child, &status, 0) != child) {
    return 1;
  }
  return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

BoundedResult run_child(std::chrono::milliseconds patience,
                        const std::function<int()>& body,
                        int input = -1) {
  std::array<int, 2> ends{};
  if (pipe2(ends.data(), O_CLOEXEC) != 0) {
    throw std::system_error{errno, std::generic_category(), "cannot make a pipe"};
  }
  const OwnedFd in{ends[0]};
  OwnedFd out{ends[1]};
  const auto deadline = BoundedClock::now() + patience;
  const pid_t child = fork();
  if (child < 0) {
    throw std::system_error{errno, std::generic_category(), "cannot start a process"};
  }
  if (child == 0) {
    stand_alone(input, out.get());
    _exit(body());
  }
  out.reset();
  BoundedResult result;
  result.answered = read_until(in.get(), deadline, result.text);
  if (result.answered) {
    result.status = status_of(child);
    return result;
  }
  kill(-child, SIGKILL);
  kill(child, SIGKILL);  // before its setsid()
  waitpid(child, nullptr, WNOHANG);
  return result;
}

/// In memory, to be read from its beginning.
OwnedFd file_with(const std::string& text) {
  OwnedFd file{memfd_create("fatmaster_input", MFD_CLOEXEC)};
  if (!file) {
    throw std::system_error{errno, std::generic_category(), "cannot make a file in memory"};
  }
  write_all(file.get(), text);
  lseek(file.get(), 0, SEEK_SET);
  return file;
}

}  // namespace

BoundedResult call_within(std::chrono::milliseconds patience,
                          const std::function<std::string()>& work) {
  return run_child(patience, [&work] {
    try {
      write_all(STDOUT_FILENO, work());
      return 0;
    } catch (const std::exception& error) {
      write_all(STDOUT_FILENO, error.what());
      return 1;
    }
  });
}

BoundedResult run_within(std::chrono::milliseconds patience, const ProgramCall& program) {
  const auto argv = exec_words(program.words);
  const auto entries = program.environment.empty() ? plain_environment() : program.environment;
  const auto environment = exec_words(entries);
  const auto input = file_with(program.input);
  return run_child(
      patience,
      [&] {
        dup2(STDOUT_FILENO, STDERR_FILENO);
        if (!program.folder.empty() && chdir(program.folder.c_str()) != 0) {
          return 1;
        }
        execvpe(argv.front(), argv.data(), environment.data());
        return kNoSuchProgram;
      },
      input.get());
}

BoundedResult run_within(std::chrono::milliseconds patience,
                         const std::vector<std::string>& words) {
  return run_within(patience, {.words = words, .environment = {}, .folder = {}, .input = {}});
}

}  // namespace fat
