// ShimOrder -> a shim that stands by. See the header.
#include "runner/standby_shim.hpp"

#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <exception>
#include <utility>

#include <poll.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include "runner/process_table.hpp"
#include "runner/shim_spawn.hpp"

namespace fat {
namespace {

constexpr int kEndPatience = 1000;  // milliseconds

bool same_file(const struct stat& one, const struct stat& other) {
  return one.st_dev == other.st_dev && one.st_ino == other.st_ino && one.st_size == other.st_size &&
         one.st_mtim.tv_sec == other.st_mtim.tv_sec &&
         one.st_mtim.tv_nsec == other.st_mtim.tv_nsec &&
         one.st_ctim.tv_sec == other.st_ctim.tv_sec && one.st_ctim.tv_nsec == other.st_ctim.tv_nsec;
}

/// One message, all of it or nothing.
bool send_order(int socket, std::string& message, int lock, int listener) {
  iovec bytes{message.data(), message.size()};
  const std::array<int, 2> descriptors{lock, listener};
  alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof descriptors)> control{};
  msghdr head{};
  head.msg_iov = &bytes;
  head.msg_iovlen = 1;
  head.msg_control = control.data();
  head.msg_controllen = control.size();
  auto* const carried = CMSG_FIRSTHDR(&head);
  carried->cmsg_level = SOL_SOCKET;
  carried->cmsg_type = SCM_RIGHTS;
  carried->cmsg_len = CMSG_LEN(sizeof descriptors);
  std::memcpy(CMSG_DATA(carried), descriptors.data(), sizeof descriptors);
  return sendmsg(socket, &head, MSG_DONTWAIT | MSG_NOSIGNAL) ==
         static_cast<ssize_t>(message.size());
}

/// Waits a second at most. (Not WNOHANG at once: a handle tells of the end of a killed process a
/// moment before the kernel lets us have it.)
void see_it_end(int handle) {
  pollfd end{handle, POLLIN, 0};
  int count = 0;
  do {
    count = poll(&end, 1, kEndPatience);
  } while (count < 0 && errno == EINTR);
  siginfo_t info{};
  const auto options = WEXITED | (count > 0 ? 0 : WNOHANG);
  while (waitid(P_PIDFD, static_cast<id_t>(handle), &info, options) < 0 && errno == EINTR) {
  }
}

std::vector<std::string> standby_words(const std::filesystem::path& program) {
  return {program.string(),
          std::string{kStandbyWord},
          std::string{kStandbyProtocol},
          std::string(kCommandLineRoom, ' ')};
}

/// Its token comes with its order and is written into this room.
std::vector<std::string> standby_environment(const std::vector<std::string>& environment) {
  auto ours = without_token(environment);
  ours.push_back(std::string{kTokenVariable} + std::string(kTokenRoom, ' '));
  return ours;
}

}  // namespace

void StandbyShim::prepare(const std::filesystem::path& program,
                          const std::vector<std::string>& environment) {
  if (waiting_) {
    return;
  }
  try {
    waiting_ = start(program, environment);
  } catch (const std::exception&) {
    waiting_.reset();  // the step itself says what is wrong, when it is started without one
  }
}

std::optional<StandbyShim::Waiting> StandbyShim::start(
    const std::filesystem::path& program, const std::vector<std::string>& environment) {
  Waiting waiting;
  const auto path = std::filesystem::absolute(program);
  std::array<int, 2> ends{};
  if (stat(path.c_str(), &waiting.program) != 0 ||
      socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends.data()) != 0) {
    return std::nullopt;
  }
  waiting.socket = OwnedFd{ends[0]};
  const OwnedFd far_end{ends[1]};
  waiting.id = spawn_shim({.words = standby_words(path),
                           .environment = standby_environment(environment),
                           .descriptors = {{far_end.get(), kOrderDescriptor}},
                           .working_folder = {},
                           .is_silent = true});
  waiting.handle = open_process(waiting.id);
  if (!waiting.handle) {
    kill(waiting.id, SIGKILL);  // our own child, not reaped: nobody else can have its id
    while (waitpid(waiting.id, nullptr, 0) < 0 && errno == EINTR) {
    }
    return std::nullopt;
  }
  return waiting;
}

void StandbyShim::dismiss() {
  if (!waiting_) {
    return;
  }
  waiting_->socket.reset();
  signal_handle(waiting_->handle.get(), SIGKILL);
  see_it_end(waiting_->handle.get());
  waiting_.reset();
}

StandbyShim::Readiness StandbyShim::readiness(const Waiting& waiting) {
  std::array<char, kStandbyReady.size() + 1> said{};
  const auto got = recv(waiting.socket.get(), said.data(), said.size(), MSG_DONTWAIT);
  if (got < 0 && errno == EAGAIN) {
    return Readiness::NotYet;
  }
  const bool ready =
      got > 0 && std::string_view{said.data(), static_cast<std::size_t>(got)} == kStandbyReady;
  return ready ? Readiness::Ready : Readiness::Gone;
}

std::optional<StandbyShim::Taken> StandbyShim::hand_over(const ShimOrder& order,
                                                         int lock,
                                                         int listener) {
  if (!waiting_) {
    return std::nullopt;
  }

  struct stat now {};

  if (stat(order.words.front().c_str(), &now) != 0 || !same_file(now, waiting_->program)) {
    dismiss();
    return std::nullopt;
  }
  auto message = pack(order);
  if (!message) {
    return std::nullopt;
  }
  const auto state = waiting_->is_ready ? Readiness::Ready : readiness(*waiting_);
  if (state == Readiness::NotYet) {
    return std::nullopt;
  }
  waiting_->is_ready = state == Readiness::Ready;
  if (!waiting_->is_ready || !send_order(waiting_->socket.get(), *message, lock, listener)) {
    dismiss();
    return std::nullopt;
  }
  Taken taken{waiting_->id, std::move(waiting_->handle)};
  waiting_.reset();
  return taken;
}

}  // namespace fat
