// A program's words -> a child process whose standard input and output are the wire.
#include "devices/process_link.hpp"

#include <array>
#include <cerrno>
#include <csignal>

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "devices/descriptor_io.hpp"
#include "fat/model/command_line.hpp"

namespace fat {
namespace {

constexpr std::chrono::seconds kEndsWithin{1};  // after its output was closed

/// As posix_spawn wants them.
std::vector<char*> pointers_into(std::vector<std::string>& words) {
  std::vector<char*> pointers;
  pointers.reserve(words.size() + 1);
  for (auto& word : words) {
    pointers.push_back(word.data());
  }
  pointers.push_back(nullptr);
  return pointers;
}

}  // namespace

std::string ProcessLink::name() const {
  return "command " + join_command(words_);
}

Exchange ProcessLink::open(Microseconds /*timeout*/) {
  end_process();
  std::array<int, 2> ends{-1, -1};
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()) != 0) {
    return link_failure(DeviceFault::Unreachable, error_text(errno));
  }
  wire_ = OwnedFd{ends[0]};
  const OwnedFd theirs{ends[1]};
  ::fcntl(wire_.get(), F_SETFL, O_NONBLOCK);
  const auto argv = pointers_into(words_);
  const auto environment = pointers_into(environment_);
  posix_spawn_file_actions_t files{};
  posix_spawn_file_actions_init(&files);
  posix_spawn_file_actions_adddup2(&files, theirs.get(), STDIN_FILENO);
  posix_spawn_file_actions_adddup2(&files, theirs.get(), STDOUT_FILENO);
  if (!folder_.empty()) {
    posix_spawn_file_actions_addchdir_np(&files, folder_.c_str());
  }
  posix_spawnattr_t attributes{};
  posix_spawnattr_init(&attributes);
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP);
  char* const* given = environment_.empty() ? environ : environment.data();
  const int error =
      ::posix_spawnp(&process_, argv.front(), &files, &attributes, argv.data(), given);
  posix_spawn_file_actions_destroy(&files);
  posix_spawnattr_destroy(&attributes);
  if (error != 0) {
    process_ = -1;
    wire_.reset();
    return link_failure(DeviceFault::Unreachable, "cannot be started: " + error_text(error));
  }
  return {};
}

Exchange ProcessLink::send(std::string_view bytes, Microseconds timeout) {
  return send_bytes(wire_.get(), bytes, timeout);
}

Exchange ProcessLink::receive(Microseconds timeout) {
  auto result = receive_bytes(wire_.get(), timeout);
  if (result.fault == DeviceFault::Closed) {
    result.why = reap();
  }
  return result;
}

// Its output is closed: it ends within a moment, or it lives on without one and is of no use.
std::string ProcessLink::reap() {
  ended_well_ = false;
  const OwnedFd process{static_cast<int>(::syscall(SYS_pidfd_open, process_, 0))};
  siginfo_t state{};
  if (!process || !wait_for(process.get(), POLLIN, kEndsWithin) ||
      ::waitid(P_PID, static_cast<id_t>(process_), &state, WEXITED | WNOHANG | WNOWAIT) != 0 ||
      state.si_pid != process_) {
    return "the program closed its output";
  }
  ended_well_ = state.si_code == CLD_EXITED && state.si_status == 0;
  return fmt::format("the program ended with {} {}",
                     state.si_code == CLD_EXITED ? "status" : "signal",
                     state.si_status);
}

void ProcessLink::end_process() {
  wire_.reset();
  if (process_ > 0) {
    ::kill(-process_, SIGKILL);
    int status = 0;
    while (::waitpid(process_, &status, 0) < 0 && errno == EINTR) {
    }
  }
  process_ = -1;
}

}  // namespace fat
