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
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cli/exit_code.hpp"
#include "cli/machine_orders.hpp"
#include "cli/own_process.hpp"
#include "cli/station_start.hpp"
#include "fat/model/plain_environment.hpp"
#include "fat/runner/system_clock.hpp"

namespace fat {

namespace {

constexpr std::string_view kNoticeVariable = "NOTIFY_SOCKET=";
constexpr std::string_view kVirtualVariable = "FATMASTER_VIRTUAL=";
constexpr Microseconds kLooksEvery = std::chrono::milliseconds{20};
constexpr Microseconds kComesUpWithin = std::chrono::seconds{20};
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

/// All of ours: it takes its secrets out itself. Which bench it reads stands in its words.
std::vector<std::string> environment_with(const OwnedFd& notices) {
  auto environment = own_environment();
  std::erase_if(environment, [](const auto& entry) {
    return entry.starts_with(kNoticeVariable) || entry.starts_with(kVirtualVariable);
  });
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

/// False: none has anything to say within that time.
bool wait_for(const std::vector<int>& descriptors, Microseconds time) {
  std::vector<pollfd> entries;
  entries.reserve(descriptors.size());
  for (const int descriptor : descriptors) {
    entries.push_back({.fd = descriptor, .events = POLLIN, .revents = 0});
  }
  const auto ms = std::chrono::ceil<std::chrono::milliseconds>(std::max(time, Microseconds{0}));
  return ::poll(entries.data(), entries.size(), static_cast<int>(ms.count())) > 0;
}

bool lives(const OwnedFd& process) {
  return !wait_for({process.get()}, Microseconds{0});
}

}  // namespace

std::optional<StationOwner> StationBeside::reader() const {
  return who_holds(parts_.station.state, parts_.files.lock);
}

void StationBeside::begin(Microseconds patience) {
  keep();
  if (process_ > 0) {
    wait_until_it_reads(patience);
    learn_its_end();
  }
  if (process_ > 0) {
    parts_.tell(fmt::format(
        "bench: process {} reads and guards it as long as this run goes on, as `fatmaster station` "
        "would; {} has what it says",
        process_,
        parts_.log.string()));
  }
  at_work_ = true;
}

void StationBeside::say(const std::string& text) const {
  (at_work_ ? parts_.alarm : parts_.tell)(text);
}

/// One that is about to end guards nothing any more: it is waited for.
void StationBeside::decide(const std::optional<StationOwner>& reader) {
  if (reader && (reader->ends || (reader->run != 0 && reader->run != parts_.run))) {
    if (!std::exchange(waits_, true)) {
      say(fmt::format("bench: waits for process {}, which guards it no longer, to end",
                      reader->pid));
    }
    return;
  }
  host_ = reader && reader->run == 0 ? Host::Another : Host::Run;
  if (host_ == Host::Run && reader) {
    found_ = reader->pid;
    say(fmt::format("bench: process {} goes on reading it", reader->pid));
  }
}

void StationBeside::keep() {
  if (host_ == Host::Another) {
    return;
  }
  const auto now = reader();
  if (host_ == Host::Undecided) {
    decide(now);
  }
  learn_its_end();
  const bool rests = started_ && elapsed(*started_, parts_.clock.now()) < pause_;
  if (host_ != Host::Run || process_ > 0 || now || rests) {
    return;
  }
  if (const auto lost = std::exchange(found_, -1); lost > 0) {
    parts_.alarm(
        fmt::format("process {}, which read the bench, has ended; another one is started", lost));
  }
  start();
}

/// What it says is lost rather than the guard.
OwnedFd StationBeside::log() const {
  OwnedFd log{::open(parts_.log.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600)};
  if (log && !parts_.station.group.empty()) {
    ::fchmod(log.get(), 0660);  // refused where another user made it, and so has done that
  }
  if (!log) {
    parts_.alarm(
        fmt::format("what the process that reads the bench says is lost: cannot write {}: {}",
                    parts_.log.string(),
                    std::generic_category().message(errno)));
    log = OwnedFd{::open("/dev/null", O_WRONLY | O_CLOEXEC)};
  }
  return log;
}

void StationBeside::start() {
  started_ = parts_.clock.now();
  try {
    notices_ = notice_socket();
    process_ = spawn_own(
        parts_.words, environment_with(notices_), log().get(), "cannot start `fatmaster station`");
  } catch (const std::system_error& error) {
    pause_ = kLongestPause;
    parts_.alarm(fmt::format("nobody reads the bench: {}", error.what()));
  }
}

void StationBeside::wait_until_it_reads(Microseconds patience) const {
  const auto process = handle_of(process_);
  const auto left = [this, end = parts_.clock.now().boot + patience] {
    return end - parts_.clock.now().boot;
  };
  bool ready = false;
  while (!ready && left() > Microseconds{0} && lives(process)) {
    wait_for({notices_.get(), process.get()}, left());
    ready = says_it_is_ready(notices_);
  }
  while (left() > Microseconds{0} && lives(process) && !parts_.settled()) {
    SystemClock::pause(kLooksEvery);
  }
}

/// One that came too late, since another of this run reads already, is not missed.
void StationBeside::learn_its_end() {
  int status = 0;
  if (process_ <= 0 || waitpid(process_, &status, WNOHANG) != process_) {
    return;
  }
  const auto now = parts_.clock.now();
  const bool lived_long = elapsed(started_.value_or(now), now) > kLongestPause;
  pause_ = lived_long ? kShortestPause : std::clamp(2 * pause_, kShortestPause, kLongestPause);
  if (!WIFEXITED(status) || WEXITSTATUS(status) != kExitOwned) {
    parts_.alarm(
        fmt::format("process {}, which read the bench, has ended ({}); it is started again; {} has "
                    "what it said",
                    process_,
                    in_words(status),
                    parts_.log.string()));
  }
  process_ = -1;
}

void StationBeside::end() {
  at_work_ = false;
  learn_its_end();
  if (host_ != Host::Run) {
    return;
  }
  auto now = reader();
  const bool needed = !settings_of_interlocks(parts_.station).empty();
  if (process_ <= 0 && !now && needed) {
    start();
    if (process_ > 0) {
      wait_until_it_reads(kComesUpWithin);
      now = reader();
    }
  }
  const pid_t process = now && now->run == parts_.run ? now->pid : process_;
  if (process > 0) {
    wait_for_its_end(process);
  } else if (needed && !now) {
    parts_.alarm("nobody reads the bench, so what its interlocks guard may NOT be harmless");
  }
  host_ = Host::Another;
}

/// It sees the end of the run by itself, too: that of another user cannot be told by us.
void StationBeside::wait_for_its_end(pid_t process) {
  parts_.tell("bench: the process that read it leaves it harmless and ends");
  const auto handle = handle_of(process);
  const bool is_child = process == process_;
  const auto seen = reader();
  if (handle && (is_child || (seen && seen->pid == process))) {
    ::syscall(SYS_pidfd_send_signal, handle.get(), SIGTERM, nullptr, 0);
  }
  const auto end = parts_.clock.now().boot + kLeavesWithin + 2 * longest_ramp(parts_.station);
  while (handle && lives(handle) && parts_.clock.now().boot < end) {
    wait_for({handle.get()}, end - parts_.clock.now().boot);
  }
  int status = 0;
  if (!handle || lives(handle)) {
    parts_.alarm(
        fmt::format("process {} has NOT ended yet, so the bench may not be harmless; {} has what "
                    "it says",
                    process,
                    parts_.log.string()));
  } else if (is_child && waitpid(process, &status, WNOHANG) == process && status != 0) {
    parts_.alarm(
        fmt::format("process {} has ended with {}, so the bench may NOT be harmless; {} has what "
                    "it said",
                    process,
                    in_words(status),
                    parts_.log.string()));
  }
  process_ = -1;
}

}  // namespace fat
