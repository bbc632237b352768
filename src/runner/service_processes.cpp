#include "fat/runner/service_processes.hpp"

#include <algorithm>
#include <cerrno>
#include <exception>
#include <string_view>
#include <system_error>

#include <fmt/format.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>

#include "fat/model/owned_fd.hpp"
#include "runner/attempt_files.hpp"
#include "runner/deadline.hpp"
#include "runner/process_table.hpp"
#include "runner/recovery.hpp"
#include "runner/step_process.hpp"

namespace fat {

namespace {

constexpr std::size_t kKeptStarts = 5;
constexpr std::uint64_t kServiceReport = 65536;       // bytes: services report nothing
constexpr std::uint64_t kServiceLogDay = 64U << 20U;  // bytes a file, of two

ServiceFate fate_of(const ExitRecord& record) {
  if (!record.start_error.empty()) {
    return {.kind = ServiceFate::Kind::Ended, .clean = false, .why = record.start_error};
  }
  if (record.status && *record.status == 0) {
    return {.kind = ServiceFate::Kind::Ended, .clean = true, .why = {}};
  }
  return {
      .kind = ServiceFate::Kind::Ended,
      .clean = false,
      .why = record.status ? fmt::format("exit status {}", *record.status) : judge(record).reason};
}

bool is_number(const std::string& name) {
  return !name.empty() && name.find_first_not_of("0123456789") == std::string::npos;
}

/// Folders of starts have numbers for names, equally long.
void remove_old_starts(const std::filesystem::path& folder) {
  std::vector<std::filesystem::path> starts;
  std::error_code ignored;  // what stays is looked at after the next start
  for (std::filesystem::directory_iterator entry{folder, ignored}, end; !ignored && entry != end;
       entry.increment(ignored)) {
    if (is_number(entry->path().filename().string())) {
      starts.push_back(entry->path());
    }
  }
  std::ranges::sort(starts);
  for (std::size_t i = 0; i + kKeptStarts < starts.size(); ++i) {
    std::filesystem::remove_all(starts[i], ignored);
  }
}

}  // namespace

struct ServiceProcesses::Held {
  StepProcess process;
  ServiceAttempt attempt;
  mutable int pid = 0;
};

ServiceProcesses::ServiceProcesses(std::filesystem::path shim) : shim_(std::move(shim)) {}

ServiceProcesses::~ServiceProcesses() = default;

std::string ServiceProcesses::start(const std::string& name, const ServiceLaunch& order) {
  try {
    LaunchSpec spec;
    spec.folder = order.folder;
    spec.token = order.token;
    spec.argv = order.command;
    spec.environment = order.environment;
    spec.working_folder = order.directory;
    spec.grace = order.grace;
    spec.output_limit = kServiceLogDay;
    spec.report_limit = kServiceReport;
    spec.daily_log = order.log;
    spec.log_days = order.log_days;
    spec.started_line = order.started_line;
    std::filesystem::create_directories(order.log.parent_path());
    held_[name] = std::make_unique<Held>(Held{
        .process = launch(spec, shim_),
        .attempt = {.folder = order.folder, .token = order.token, .boot_id = current_boot_id()}});
    remove_old_starts(order.folder.parent_path());
    return {};
  } catch (const std::exception& error) {
    return error.what();
  }
}

ServiceFate ServiceProcesses::look_at(const std::string& name, const ServiceAttempt& attempt) {
  using Kind = ServiceFate::Kind;
  try {
    auto found = examine(attempt.folder, attempt.token, attempt.boot_id);
    if (auto* const living = std::get_if<Adopt>(&found)) {
      held_[name] =
          std::make_unique<Held>(Held{.process = std::move(living->process), .attempt = attempt});
      return {.kind = Kind::Lives, .clean = false, .why = {}};
    }
    held_.erase(name);
    if (const auto* const harvest = std::get_if<Harvest>(&found)) {
      return fate_of(harvest->record);
    }
    if (const auto* const lost = std::get_if<Lost>(&found)) {
      return {
          .kind = lost->survives ? Kind::Unknown : Kind::Ended, .clean = false, .why = lost->why};
    }
    return {.kind = Kind::NeverBegan, .clean = false, .why = {}};
  } catch (const std::exception& error) {
    held_.erase(name);
    return {.kind = Kind::Unknown, .clean = false, .why = error.what()};
  }
}

void ServiceProcesses::end(const std::string& name) const {
  if (const auto held = held_.find(name); held != held_.end()) {
    held->second->process.signal(ShimSignal::Abort);
  }
}

int ServiceProcesses::pid(const std::string& name) const {
  const auto held = held_.find(name);
  if (held == held_.end()) {
    return 0;
  }
  auto& one = *held->second;
  if (one.pid == 0) {
    const auto start = read_start(one.attempt.folder, one.attempt.token);
    one.pid = start ? start->command.pid : 0;
  }
  return one.pid;
}

bool ServiceProcesses::has_shown_line(const std::string& name) const {
  const auto held = held_.find(name);
  std::error_code ignored;
  return held != held_.end() &&
         std::filesystem::exists(held->second->attempt.folder / "started", ignored);
}

std::vector<std::pair<std::string, ServiceFate>> ServiceProcesses::wait(int wake,
                                                                        Microseconds longest) {
  std::vector<pollfd> entries{{.fd = wake, .events = POLLIN, .revents = 0}};
  std::vector<std::string> names;
  for (const auto& [name, held] : held_) {
    entries.push_back({.fd = held->process.handle(), .events = POLLIN, .revents = 0});
    names.push_back(name);
  }
  const auto milliseconds = std::chrono::ceil<std::chrono::milliseconds>(longest).count();
  std::vector<std::pair<std::string, ServiceFate>> ended;
  if (poll(entries.data(), entries.size(), static_cast<int>(milliseconds)) <= 0) {
    return ended;
  }
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (entries[i + 1].revents != 0) {
      const auto& held = held_.at(names[i]);
      held->process.reap();
      const auto attempt = held->attempt;
      ended.emplace_back(names[i], look_at(names[i], attempt));
    }
  }
  return ended;
}

bool port_answers(int port, Microseconds patience) {
  const OwnedFd socket{::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0)};
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (!socket) {
    return false;
  }
  if (::connect(socket.get(),
                reinterpret_cast<const sockaddr*>(&address),  // NOLINT: how sockets are addressed
                sizeof address) == 0) {
    return true;
  }
  pollfd entry{.fd = socket.get(), .events = POLLOUT, .revents = 0};
  const auto milliseconds = std::chrono::ceil<std::chrono::milliseconds>(patience).count();
  if (errno != EINPROGRESS || poll(&entry, 1, static_cast<int>(milliseconds)) <= 0) {
    return false;
  }
  int error = 0;
  socklen_t length = sizeof error;
  return getsockopt(socket.get(), SOL_SOCKET, SO_ERROR, &error, &length) == 0 && error == 0;
}

}  // namespace fat
