// posix_spawn: the callers have threads, and a plain fork among threads may hang.
#include "store/program.hpp"

#include <array>
#include <cerrno>
#include <csignal>
#include <system_error>

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "fat/model/exec_words.hpp"
#include "fat/model/owned_fd.hpp"
#include "fat/model/plain_environment.hpp"

namespace fat::store {

namespace {

constexpr std::size_t kMostError = 65536;
constexpr int kSilenceMilliseconds = 1000;

[[noreturn]] void fail_spawn(int why, const std::string& what) {
  throw std::system_error(why, std::generic_category(), what);
}

/// How a child begins: its streams, and signals as a program expects them.
class Beginning {
 public:
  Beginning(int input, int output, int error) {
    posix_spawn_file_actions_init(&actions_);
    if (input >= 0) {
      posix_spawn_file_actions_adddup2(&actions_, input, STDIN_FILENO);
    } else {
      posix_spawn_file_actions_addopen(&actions_, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    }
    posix_spawn_file_actions_adddup2(&actions_, output, STDOUT_FILENO);
    posix_spawn_file_actions_adddup2(&actions_, error, STDERR_FILENO);
    posix_spawnattr_init(&attributes_);
    sigset_t plain;
    sigemptyset(&plain);
    posix_spawnattr_setsigmask(&attributes_, &plain);
    sigaddset(&plain, SIGPIPE);
    sigaddset(&plain, SIGINT);
    sigaddset(&plain, SIGTERM);
    posix_spawnattr_setsigdefault(&attributes_, &plain);
    posix_spawnattr_setflags(&attributes_, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
  }

  ~Beginning() {
    posix_spawn_file_actions_destroy(&actions_);
    posix_spawnattr_destroy(&attributes_);
  }

  Beginning(const Beginning&) = delete;
  Beginning& operator=(const Beginning&) = delete;

  /// 0 when there is no such program.
  pid_t spawn(const std::vector<std::string>& words) const {
    auto argv = exec_words(words);
    const auto variables = environment();
    auto envp = exec_words(variables);
    pid_t child = 0;
    const int why = ::posix_spawnp(
        &child, words.front().c_str(), &actions_, &attributes_, argv.data(), envp.data());
    if (why == ENOENT) {
      return 0;
    }
    if (why != 0) {
      fail_spawn(why, "cannot start " + words.front());
    }
    return child;
  }

 private:
  /// Plain, in English, and nobody asks for a password in a window.
  static std::vector<std::string> environment() {
    auto entries = plain_environment();
    std::erase_if(entries, [](const std::string& entry) { return entry.starts_with("LC_"); });
    entries.insert(entries.end(), {"LC_ALL=C", "SSH_ASKPASS_REQUIRE=never"});
    return entries;
  }

  posix_spawn_file_actions_t actions_{};
  posix_spawnattr_t attributes_{};
};

/// Hands on what comes, and nothing when nothing comes for a while; the program is asked to end
/// when nobody wants more.
void pump(int from, const ProgramCall& call, pid_t child) {
  std::array<char, 65536> piece{};
  bool wanted = true;
  for (;;) {
    pollfd readable{.fd = from, .events = POLLIN, .revents = 0};
    const int ready = ::poll(&readable, 1, kSilenceMilliseconds);
    const auto count = ready > 0 ? ::read(from, piece.data(), piece.size()) : ssize_t{0};
    if (ready < 0 || count < 0) {
      if (errno == EINTR) {
        continue;
      }
      return;
    }
    if (ready > 0 && count == 0) {
      return;
    }
    if (wanted && call.take && !call.take({piece.data(), static_cast<std::size_t>(count)})) {
      wanted = false;
      ::kill(child, SIGTERM);
    }
  }
}

int wait_for(pid_t child) {
  int status = 0;
  while (::waitpid(child, &status, 0) < 0) {
    if (errno != EINTR) {
      fail_spawn(errno, "cannot wait for a program");
    }
  }
  return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

std::string whole_text(int file) {
  std::string text(kMostError, '\0');
  const auto count = ::pread(file, text.data(), text.size(), 0);
  text.resize(count > 0 ? static_cast<std::size_t>(count) : 0);
  return text;
}

}  // namespace

ProgramEnd run_program(const ProgramCall& call) {
  const OwnedFd errors{::memfd_create("fatmaster_errors", MFD_CLOEXEC)};
  std::array<int, 2> ends{-1, -1};
  if (!errors || (call.output < 0 && ::pipe2(ends.data(), O_CLOEXEC) != 0)) {
    fail_spawn(errno, "cannot make a pipe");
  }
  const OwnedFd reading{ends[0]};
  OwnedFd writing{ends[1]};
  const pid_t child =
      Beginning{call.input, call.output >= 0 ? call.output : writing.get(), errors.get()}.spawn(
          call.words);
  writing.reset();
  if (child == 0) {
    return {.status = kProgramMissing,
            .error = call.words.front() + " is not installed on this machine"};
  }
  if (reading) {
    pump(reading.get(), call, child);
  }
  const int status = wait_for(child);
  return {.status = status, .error = whole_text(errors.get())};
}

}  // namespace fat::store
