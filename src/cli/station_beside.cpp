#include "cli/station_beside.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstddef>
#include <string_view>
#include <system_error>

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cli/machine_orders.hpp"
#include "cli/own_process.hpp"
#include "fat/model/plain_environment.hpp"
#include "fat/runner/system_clock.hpp"

namespace fat {

namespace {

constexpr std::string_view kNoticeVariable = "NOTIFY_SOCKET=";
constexpr Microseconds kComesUpWithin = std::chrono::seconds{20};
constexpr Microseconds kSettlesWithin = std::chrono::seconds{5};
constexpr Microseconds kLooksEvery = std::chrono::milliseconds{20};
constexpr Microseconds kFormerEndsWithin = std::chrono::seconds{30};
constexpr Microseconds kLeavesWithin = std::chrono::seconds{60};  // and what ramps, as long as that
constexpr Microseconds kShortestPause = std::chrono::seconds{5};
constexpr Microseconds kLongestPause = std::chrono::minutes{5};

/// Where `tell_service_manager` of the process speaks to us: a name that the kernel chose.
OwnedFd notice_socket() {
  OwnedFd socket{::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)};
  sockaddr_un any{};
  any.sun_family = AF_UNIX;
  if (!socket ||
      ::bind(socket.get(), reinterpret_cast<const sockaddr*>(&any), sizeof any.sun_family) != 0) {
    throw std::system_error{errno, std::generic_category(), "cannot listen to it"};
  }
  return socket;
}

/// "@00a1f".
std::string name_of(const OwnedFd& socket) {
  sockaddr_un name{};
  socklen_t length = sizeof name;
  if (::getsockname(socket.get(), reinterpret_cast<sockaddr*>(&name), &length) != 0) {
    throw std::system_error{errno, std::generic_category(), "cannot listen to it"};
  }
  const auto used = length - offsetof(sockaddr_un, sun_path) - 1;
  return "@" + std::string{&name.sun_path[1], used};
}

std::vector<std::string> environment_with(const OwnedFd& notices) {
  auto environment = own_environment();
  std::erase_if(environment, [](const auto& entry) { return entry.starts_with(kNoticeVariable); });
  environment.push_back(std::string{kNoticeVariable} + name_of(notices));
  return environment;
}

bool says_it_is_ready(const OwnedFd& notices) {
  std::array<char, 256> notice{};
  for (;;) {
    const auto length = ::recv(notices.get(), notice.data(), notice.size(), 0);
    if (length < 0) {
      return false;
    }
    if (std::string_view{notice.data(), static_cast<std::size_t>(length)} == "READY=1") {
      return true;
    }
  }
}

std::string in_words(int status) {
  return WIFSIGNALED(status) ? fmt::format("signal {}", WTERMSIG(status))
                             : fmt::format("exit code {}", WEXITSTATUS(status));
}

OwnedFd handle_of(pid_t process) {
  return OwnedFd{static_cast<int>(::syscall(SYS_pidfd_open, process, 0))};
}

/// False: neither has anything to say within that time.
bool wait_for(const std::vector<int>& descriptors, Microseconds time) {
  std::vector<pollfd> entries;
  for (const int descriptor : descriptors) {
    entries.push_back({.fd = descriptor, .events = POLLIN, .revents = 0});
  }
  const auto ms = std::chrono::ceil<std::chrono::milliseconds>(std::max(time, Microseconds{0}));
  return ::poll(entries.data(), entries.size(), static_cast<int>(ms.count())) != 0;
}

bool lives(const OwnedFd& process) {
  return !wait_for({process.get()}, Microseconds{0});
}

}  // namespace

StationBeside::~StationBeside() {
  if (process_ > 0) {
    kill(process_, SIGTERM);
  }
}

std::optional<StationOwner> StationBeside::reader() const {
  return who_holds(parts_.station.state, parts_.files.lock);
}

/// One that belongs to another run is about to end: that run has.
std::optional<StationOwner> StationBeside::reader_when_the_former_has_ended() const {
  const auto is_a_former = [this](const auto& one) {
    return one && one->run != 0 && one->run != parts_.run;
  };
  auto now = reader();
  if (is_a_former(now)) {
    parts_.tell(fmt::format(
        "bench: waits for process {}, which read it for run {}, to end", now->pid, now->run));
  }
  for (const auto end = parts_.clock.now().boot + kFormerEndsWithin;
       is_a_former(now) && parts_.clock.now().boot < end;) {
    SystemClock::pause(kLooksEvery);
    now = reader();
  }
  return now;
}

void StationBeside::begin() {
  const auto other = reader_when_the_former_has_ended();
  if (other && other->run == 0) {
    return;
  }
  hosts_ = true;
  if (other && other->run == parts_.run) {
    found_ = other->pid;
    parts_.tell(fmt::format("bench: process {} goes on reading it", other->pid));
  } else if (other) {
    parts_.alarm(fmt::format(
        "the bench is not read yet: process {} of run {} has not ended", other->pid, other->run));
  } else {
    start_and_wait();
  }
}

void StationBeside::start(const std::vector<std::string>& environment) {
  started_ = parts_.clock.now();
  const OwnedFd log{::open(parts_.log.c_str(),
                           O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC,
                           parts_.station.group.empty() ? 0600 : 0660)};
  if (!log) {
    throw std::system_error{errno, std::generic_category(), "cannot write " + parts_.log.string()};
  }
  process_ = spawn_own(parts_.words, environment, log.get(), "cannot start `fatmaster station`");
}

void StationBeside::start_and_wait() {
  try {
    const auto notices = notice_socket();
    start(environment_with(notices));
    wait_until_it_reads(notices);
  } catch (const std::system_error& error) {
    parts_.alarm(fmt::format("nobody reads the bench: {}", error.what()));
    return;
  }
  learn_its_end();
  if (process_ > 0) {
    parts_.tell(fmt::format(
        "bench: process {} reads and guards it as long as this run goes on, as `fatmaster station` "
        "would; {} has what it says",
        process_,
        parts_.log.string()));
  }
}

void StationBeside::wait_until_it_reads(const OwnedFd& notices) const {
  const auto process = handle_of(process_);
  const auto come_up = parts_.clock.now().boot + kComesUpWithin;
  bool ready = false;
  while (!ready && lives(process) &&
         wait_for({notices.get(), process.get()}, come_up - parts_.clock.now().boot)) {
    ready = says_it_is_ready(notices);
  }
  for (const auto end = parts_.clock.now().boot + kSettlesWithin;
       lives(process) && !parts_.settled() && parts_.clock.now().boot < end;) {
    SystemClock::pause(kLooksEvery);
  }
}

void StationBeside::learn_its_end() {
  int status = 0;
  if (process_ <= 0 || waitpid(process_, &status, WNOHANG) != process_) {
    return;
  }
  const bool lived_long = elapsed(*started_, parts_.clock.now()) > kLongestPause;
  pause_ = lived_long ? kShortestPause : std::clamp(2 * pause_, kShortestPause, kLongestPause);
  parts_.alarm(
      fmt::format("process {}, which read the bench, has ended ({}); it is started again; {} has "
                  "what it said",
                  process_,
                  in_words(status),
                  parts_.log.string()));
  process_ = -1;
}

void StationBeside::keep() {
  if (!hosts_) {
    return;
  }
  learn_its_end();
  const bool rests = started_ && elapsed(*started_, parts_.clock.now()) < pause_;
  if (process_ > 0 || rests || reader()) {
    return;
  }
  if (found_ > 0) {
    parts_.alarm(
        fmt::format("process {}, which read the bench, has ended; another one is started", found_));
    found_ = -1;
  }
  try {
    start(own_environment());
  } catch (const std::system_error& error) {
    pause_ = kLongestPause;
    parts_.alarm(fmt::format("nobody reads the bench: {}", error.what()));
  }
}

void StationBeside::end() {
  const pid_t process = process_ > 0 ? process_ : found_;
  const auto handle = process > 0 ? handle_of(process) : OwnedFd{};
  const auto now = reader();
  const bool is_it = process == process_ || (now && now->pid == process);
  if (!handle || !is_it) {
    return;
  }
  parts_.tell("bench: the process that read it leaves it harmless and ends");
  ::syscall(SYS_pidfd_send_signal, handle.get(), SIGTERM, nullptr, 0);
  int status = 0;
  if (!wait_for({handle.get()}, kLeavesWithin + 2 * longest_ramp(parts_.station))) {
    parts_.alarm(
        fmt::format("process {} has NOT ended yet, so the bench may not be harmless; {} "
                    "has what it says",
                    process,
                    parts_.log.string()));
  } else if (process == process_ && waitpid(process, &status, WNOHANG) == process && status != 0) {
    parts_.alarm(
        fmt::format("process {} has ended with {}, so the bench may NOT be harmless; {} "
                    "has what it said",
                    process,
                    in_words(status),
                    parts_.log.string()));
  }
  process_ = found_ = -1;
  hosts_ = false;
}

}  // namespace fat
