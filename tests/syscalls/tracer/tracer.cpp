// See the header. x86-64 Linux.
#include "tracer.hpp"

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <filesystem>
#include <stdexcept>
#include <system_error>
#include <utility>

#include <fcntl.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "call_names.hpp"

namespace fat::tracer {
namespace {

constexpr int kCallStop = SIGTRAP | 0x80;
constexpr std::size_t kLongestData = 65536;
constexpr unsigned long kOptions = PTRACE_O_TRACESYSGOOD | PTRACE_O_TRACEFORK |
                                   PTRACE_O_TRACEVFORK | PTRACE_O_TRACECLONE | PTRACE_O_TRACEEXEC |
                                   PTRACE_O_EXITKILL;

std::string role_of_program(pid_t process) {
  const auto words = command_line(process);
  const auto name = words.empty() ? "" : std::filesystem::path{words[0]}.filename().string();
  const auto says = [&words](std::string_view word) {
    return std::ranges::find(words, word) != words.end();
  };
  if (name == "fat-step") {
    return says("--standby") ? "standby" : "shim";
  }
  if (name == "fat_migrate_journal") {
    return "engine";
  }
  if (name != "fatmaster") {
    return "command";
  }
  if (says("--engine")) {
    return "engine";
  }
  if (says("task")) {
    return says("backup") ? "backup" : "task";
  }
  return says("run") || says("resume") ? "supervisor" : "tool";
}

/// What opens and fcntl are asked to do decides how they can fail.
std::string full_name(const Call& call) {
  const bool copies = call.number == SYS_fcntl &&
                      (call.arguments[1] == F_DUPFD || call.arguments[1] == F_DUPFD_CLOEXEC);
  return name_of_call(call.number) + (may_create(call) ? "+create" : "") + (copies ? "+copy" : "");
}

/// A call that took hold before it failed is the worse one: a closed descriptor that says it is
/// open.
bool is_carried_out_though_it_fails(const Call& call) {
  return call.number == SYS_close;
}

std::string about(pid_t thread, const Call& call) {
  const auto paths = paths_of(thread, call);
  if (!paths.empty()) {
    return paths.size() == 1 ? paths[0] : paths[0] + " -> " + paths[1];
  }
  const auto file = open_file(thread, call.fd());
  return file && call.number != SYS_wait4 ? file->path : "";
}

}  // namespace

Tracer::Tracer(Settings settings) : settings_(std::move(settings)) {
  if (!settings_.calls_file.empty()) {
    calls_.open(settings_.calls_file);
  }
  if (!settings_.files_file.empty()) {
    files_ = std::make_unique<FileLog>(settings_.files_file, settings_.folder);
  }
}

void Tracer::start() {
  main_ = fork();
  if (main_ < 0) {
    throw std::system_error{errno, std::generic_category(), "cannot fork"};
  }
  if (main_ == 0) {
    raise(SIGSTOP);
    std::vector<char*> words;
    words.reserve(settings_.command.size() + 1);
    for (auto& word : settings_.command) {
      words.push_back(word.data());
    }
    words.push_back(nullptr);
    execvp(words[0], words.data());
    _exit(127);
  }
  int status = 0;
  waitpid(main_, &status, WUNTRACED);
  if (ptrace(PTRACE_SEIZE, main_, nullptr, kOptions) != 0) {
    const int error = errno;
    kill(main_, SIGKILL);
    throw std::system_error{error, std::generic_category(), "cannot trace"};
  }
  threads_[main_] = {.role = "command", .process = main_, .call = {}, .is_point = false};
  kill(main_, SIGCONT);
}

int Tracer::run() {
  start();
  while (main_lives_ || !threads_.empty()) {
    int status = 0;
    const pid_t thread = waitpid(-1, &status, __WALL);
    if (thread < 0 && errno != EINTR) {
      break;
    }
    if (thread < 0) {
      continue;
    }
    if (WIFSTOPPED(status)) {
      stopped(thread, status);
      continue;
    }
    threads_.erase(thread);
    if (thread == main_) {
      main_lives_ = false;
      code_ = WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
      if (settings_.point) {
        let_go();
      }
    }
  }
  return code_;
}

Tracer::Thread& Tracer::know(pid_t thread) {
  const auto known = threads_.find(thread);
  if (known != threads_.end()) {
    return known->second;
  }
  const pid_t process = status_number(thread, "Tgid");
  const auto leader = threads_.find(process);
  const auto parent = threads_.find(status_number(thread, "PPid"));
  Thread born{.role = "command-child", .process = process, .call = {}, .is_point = false};
  if (leader != threads_.end()) {
    born.role = leader->second.role;
  } else if (parent != threads_.end()) {
    born.role = parent->second.role + "-child";
  }
  return threads_[thread] = born;
}

void Tracer::stopped(pid_t thread, int status) {
  auto& known = know(thread);
  const int signal = WSTOPSIG(status);
  const auto event = static_cast<unsigned>(status) >> 16U;
  if (letting_go_) {
    const bool deliver = event == 0 && signal != kCallStop;
    ptrace(PTRACE_DETACH, thread, nullptr, deliver ? signal : 0);
    threads_.erase(thread);
    return;
  }
  if (event == PTRACE_EVENT_EXEC) {
    known.role = role_of_program(thread);
  }
  if (event == PTRACE_EVENT_STOP && signal != SIGTRAP) {
    ptrace(PTRACE_LISTEN, thread, nullptr, nullptr);
    return;
  }
  if (signal == kCallStop) {
    at_call(thread);
    return;
  }
  go_on(thread, event == 0 ? signal : 0);
}

void Tracer::go_on(pid_t thread, int signal) {
  ptrace(fired_ ? PTRACE_DETACH : PTRACE_SYSCALL, thread, nullptr, signal);
  if (fired_) {
    threads_.erase(thread);
  }
}

void Tracer::at_call(pid_t thread) {
  auto& known = know(thread);
  if (const auto call = call_at_entry(thread)) {
    entered(thread, known, *call);
  } else {
    left(thread, known);
  }
  go_on(thread, 0);
}

void Tracer::entered(pid_t thread, Thread& known, const Call& call) {
  known.call = call;
  look_for_marks(thread, call);
  write_down(thread, known);
  if (files_) {
    files_->entered(thread, call);
  }
  if (is_the_point(known)) {
    known.is_point = begin_action(thread, known);
  }
}

void Tracer::left(pid_t thread, Thread& known) {
  if (known.role == "standby" && known.call.number == SYS_recvmsg &&
      result_at_exit(thread).value_or(0) > 0) {
    known.role = "shim";  // it has its order
  }
  if (files_ || !settings_.boot_id.empty()) {
    const auto result = result_at_exit(thread);
    if (files_ && result) {
      files_->left(thread, known.call, *result);
    }
    if (result.value_or(0) > 0) {
      fake_boot_id(thread, known.call);
    }
  }
  if (std::exchange(known.is_point, false)) {
    end_action(thread, known);
  }
}

void Tracer::look_for_marks(pid_t thread, const Call& call) {
  if (seen_.size() == settings_.marks.size()) {
    return;
  }
  auto text = data_of(thread, call, kLongestData);
  for (const auto& path : paths_of(thread, call)) {
    text += name_of_call(call.number) + " " + path + "\n";
  }
  for (const auto& mark : settings_.marks) {
    if (!text.empty() && text.find(mark) != std::string::npos && seen_.insert(mark).second &&
        calls_.is_open()) {
      calls_ << R"({"mark": )" << quoted(mark) << "}\n";
    }
  }
}

void Tracer::write_down(pid_t thread, const Thread& known) {
  if (calls_.is_open()) {
    calls_ << R"({"role": ")" << known.role << R"(", "process": )" << known.process
           << R"(, "call": ")" << name_of_call(known.call.number) << R"(", "about": )"
           << quoted(about(thread, known.call)) << "}\n";
  }
}

bool Tracer::is_the_point(const Thread& known) {
  if (!settings_.point || fired_ || known.role != settings_.point->role) {
    return false;
  }
  const auto& window = settings_.point->window;
  if ((!window.empty() && !seen_.contains(window)) ||
      full_name(known.call) != settings_.point->call) {
    return false;
  }
  return ++count_ == settings_.point->number;
}

/// Returns whether something is left to be done at the call's end.
bool Tracer::begin_action(pid_t thread, Thread& known) {
  reached(thread, known);
  switch (settings_.point->action) {
    case Action::KillBefore:
      skip_call(thread);
      kill_role(thread);
      return false;
    case Action::Fail:
      if (!is_carried_out_though_it_fails(known.call)) {
        skip_call(thread);
      }
      return true;
    case Action::Short:
      if (known.call.arguments[2] > 1) {
        set_length(thread, known.call.arguments[2] / 2);
      }
      return true;
    case Action::KillAfter:
      return true;
  }
  throw std::logic_error{"no such action"};
}

void Tracer::end_action(pid_t thread, Thread& known) {
  switch (settings_.point->action) {
    case Action::KillBefore:
      return;
    case Action::KillAfter:
      kill_role(thread);
      return;
    case Action::Fail:
      set_result(thread, -settings_.point->error);
      break;
    case Action::Short:
      set_length(thread, known.call.arguments[2]);  // a caller expects its registers as they were
      break;
  }
  fired_ = true;
}

void Tracer::kill_role(pid_t thread) {
  for (const auto& [id, known] : threads_) {
    if (known.role == settings_.point->with) {
      kill(known.process, SIGKILL);
    }
  }
  kill(know(thread).process, SIGKILL);
  fired_ = true;
}

void Tracer::reached(pid_t thread, const Thread& known) const {
  if (!settings_.result_file.empty()) {
    std::ofstream{settings_.result_file} << R"({"call": ")" << name_of_call(known.call.number)
                                         << R"(", "about": )" << quoted(about(thread, known.call))
                                         << "}\n";
  }
}

void Tracer::fake_boot_id(pid_t thread, const Call& call) const {
  if (settings_.boot_id.empty() || call.number != SYS_read) {
    return;
  }
  const auto file = open_file(thread, call.fd());
  if (file && file->path == "/proc/sys/kernel/random/boot_id") {
    write_memory(thread, call.arguments[1], settings_.boot_id);
  }
}

/// The program has ended; what it left behind goes on without us.
void Tracer::let_go() {
  letting_go_ = true;
  for (const auto& [thread, known] : threads_) {
    ptrace(PTRACE_INTERRUPT, thread, nullptr, nullptr);
  }
}

}  // namespace fat::tracer
