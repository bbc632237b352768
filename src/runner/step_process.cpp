// LaunchSpec -> shim. See the header.
#include "runner/step_process.hpp"

#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <string_view>
#include <system_error>
#include <utility>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "runner/process_table.hpp"
#include "runner/shim_order.hpp"
#include "runner/shim_spawn.hpp"
#include "runner/standby_shim.hpp"

namespace fat {
namespace {

constexpr int kLockFd = 3;
constexpr int kListenerFd = 4;
constexpr int kFarAway = 10;  // where no descriptor is in the way of 3 and 4

/// Takes away what was begun, unless it was a success.
class NewFolder {
 public:
  explicit NewFolder(const std::filesystem::path& path) : path_(path) {
    std::error_code error;
    std::filesystem::create_directories(path.parent_path(), error);
    if (error) {
      throw LaunchError{LaunchFault::FolderNotMade, error.value(), "cannot make " + path.string()};
    }
    if (mkdir(path.c_str(), 0777) != 0) {
      const int why = errno;
      throw LaunchError{why == EEXIST ? LaunchFault::FolderExists : LaunchFault::FolderNotMade,
                        why,
                        "cannot make " + path.string()};
    }
  }

  NewFolder(const NewFolder&) = delete;
  NewFolder& operator=(const NewFolder&) = delete;

  ~NewFolder() {
    if (!kept_) {
      std::error_code ignored;  // a leftover folder is found again as FolderExists
      std::filesystem::remove_all(path_, ignored);
    }
  }

  void keep() { kept_ = true; }

 private:
  const std::filesystem::path& path_;
  bool kept_ = false;
};

OwnedFd far_away(int fd) {
  OwnedFd moved{fcntl(fd, F_DUPFD_CLOEXEC, kFarAway)};
  if (!moved) {
    throw LaunchError{LaunchFault::System, errno, "no descriptor left"};
  }
  return moved;
}

OwnedFd make_file(const std::filesystem::path& path) {
  OwnedFd file{open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0666)};
  if (!file) {
    throw LaunchError{LaunchFault::FolderNotMade, errno, "cannot make " + path.string()};
  }
  return file;
}

void write_file(const std::filesystem::path& path, std::string_view content) {
  const auto file = make_file(path);
  while (!content.empty()) {
    const auto wrote = write(file.get(), content.data(), content.size());
    if (wrote < 0 && errno != EINTR) {
      throw LaunchError{LaunchFault::FolderNotMade, errno, "cannot write " + path.string()};
    }
    content.remove_prefix(wrote > 0 ? static_cast<std::size_t>(wrote) : 0);
  }
}

OwnedFd make_lock(const std::filesystem::path& folder) {
  const auto file = make_file(folder / "lock");
  if (flock(file.get(), LOCK_EX | LOCK_NB) != 0) {
    throw LaunchError{LaunchFault::System, errno, "cannot lock " + (folder / "lock").string()};
  }
  return far_away(file.get());
}

std::string seconds(Microseconds duration) {
  return fmt::format("{}.{:06}", duration.count() / 1'000'000, duration.count() % 1'000'000);
}

std::vector<std::string> shim_words(const LaunchSpec& spec, const std::filesystem::path& shim) {
  std::vector<std::string> words{std::filesystem::absolute(shim).string(),
                                 "--dir",
                                 std::filesystem::absolute(spec.folder).string(),
                                 "--token",
                                 spec.token,
                                 "--grace",
                                 seconds(spec.grace),
                                 "--output-limit",
                                 std::to_string(spec.output_limit),
                                 "--report-limit",
                                 std::to_string(spec.report_limit)};
  const auto limit = [&words](const char* name, Microseconds duration) {
    if (duration > Microseconds{0}) {
      words.emplace_back(name);
      words.push_back(seconds(duration));
    }
  };
  limit("--timeout", spec.timeout);
  limit("--silence", spec.silence_timeout);
  if (!spec.daily_log.empty()) {
    words.insert(
        words.end(),
        {"--daily-log", spec.daily_log.string(), "--log-days", fmt::to_string(spec.log_days)});
  }
  if (!spec.started_line.empty()) {
    words.insert(words.end(), {"--started-line", spec.started_line});
  }
  if (spec.leave_running) {
    words.emplace_back("--leave-running");
  }
  words.emplace_back("--");
  words.insert(words.end(), spec.argv.begin(), spec.argv.end());
  return words;
}

std::vector<std::string> with_token(const LaunchSpec& spec) {
  auto environment = without_token(spec.environment);
  environment.push_back(std::string{kTokenVariable} + spec.token);
  return environment;
}

void check(const LaunchSpec& spec) {
  if (spec.argv.empty()) {
    throw LaunchError{LaunchFault::System, EINVAL, "no command"};
  }
  std::error_code error;
  if (!std::filesystem::is_directory(spec.working_folder, error)) {
    throw LaunchError{LaunchFault::NoWorkingFolder,
                      error ? error.value() : ENOTDIR,
                      "cannot work in " + spec.working_folder.string()};
  }
}

/// The placeholder was kept so that a handle is to be had when the process exists.
OwnedFd handle_of(pid_t child, OwnedFd placeholder) {
  placeholder.reset();
  auto handle = open_process(child);
  if (!handle) {
    const int error = errno;
    kill(child, SIGKILL);  // our own child, not reaped: nobody else can have its id
    while (waitpid(child, nullptr, 0) < 0 && errno == EINTR) {
    }
    throw LaunchError{LaunchFault::System, error, "no handle for the started process"};
  }
  return handle;
}

}  // namespace

LaunchError::LaunchError(LaunchFault fault, int error, const std::string& what)
    : std::runtime_error(
          error == 0 ? what : fmt::format("{}: {}", what, std::generic_category().message(error))),
      fault_(fault),
      error_(error) {}

StepProcess::StepProcess(pid_t id, OwnedFd handle, OwnedFd listener)
    : id_(id), handle_(std::move(handle)), listener_(std::move(listener)) {}

bool StepProcess::signal(ShimSignal signal) const {
  switch (signal) {
    case ShimSignal::Abort:
      return signal_handle(handle_.get(), SIGTERM) == 0;
    case ShimSignal::Halt:
      return signal_handle(handle_.get(), SIGQUIT) == 0;
    case ShimSignal::ReadAnswers:
      return signal_handle(handle_.get(), SIGUSR1) == 0;
  }
  return false;
}

void StepProcess::reap() const {
  siginfo_t info{};
  waitid(P_PIDFD, static_cast<id_t>(handle_.get()), &info, WEXITED | WNOHANG);
}

StepProcess launch(const LaunchSpec& spec, const std::filesystem::path& shim) {
  StandbyShim nobody;
  return launch(spec, shim, nobody);
}

StepProcess launch(const LaunchSpec& spec,
                   const std::filesystem::path& shim,
                   StandbyShim& standby) {
  check(spec);
  NewFolder folder{spec.folder};
  for (const auto& file : spec.files) {
    write_file(spec.folder / file.name, file.content);
  }
  write_file(spec.folder / "report.jsonl", "");  // so that it can be watched from the start
  const auto lock = make_lock(spec.folder);
  std::array<int, 2> ends{};
  if (pipe2(ends.data(), O_CLOEXEC) != 0) {
    throw LaunchError{LaunchFault::System, errno, "no pipe to the shim"};
  }
  OwnedFd listener{ends[0]};
  OwnedFd near_end{ends[1]};

  ShimOrder order{std::filesystem::absolute(spec.working_folder).string(),
                  shim_words(spec, shim),
                  with_token(spec)};
  if (auto taken = standby.hand_over(order, lock.get(), near_end.get())) {
    folder.keep();
    return StepProcess{taken->id, std::move(taken->handle), std::move(listener)};
  }
  const auto shim_end = far_away(near_end.get());
  auto placeholder = std::move(near_end);
  const auto id = spawn_shim({.words = std::move(order.words),
                              .environment = std::move(order.environment),
                              .descriptors = {{lock.get(), kLockFd}, {shim_end.get(), kListenerFd}},
                              .working_folder = spec.working_folder,
                              .is_silent = false});
  auto handle = handle_of(id, std::move(placeholder));
  folder.keep();
  return StepProcess{id, std::move(handle), std::move(listener)};
}

}  // namespace fat
