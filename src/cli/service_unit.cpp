#include "cli/service_unit.hpp"

#include <chrono>
#include <ranges>
#include <stdexcept>

#include <fmt/format.h>

#include "cli/exit_code.hpp"
#include "fat/model/plain_text.hpp"
#include "fat/runner/run_loop.hpp"

namespace fat {

namespace {

/// For the actions of the safe state, which follow when the running step has been ended.
constexpr std::chrono::minutes kSafeStateTime{2};
constexpr std::size_t kLongestServiceName = 100;

/// Who asked for a stop because the program was told to end.
constexpr std::string_view kBySignal = "SIGTERM";

/// Systemd's own specifiers are meant by %.
std::string without_specifiers(const std::string& text) {
  std::string escaped;
  for (const char c : text) {
    escaped += c == '%' ? "%%" : std::string(1, c);
  }
  return escaped;
}

/// One word of ExecStart=.
std::string exec_word(const std::string& text) {
  std::string word = "\"";
  for (const char c : without_specifiers(text)) {
    if (c == '"' || c == '\\') {
      word += '\\';
    }
    word += c == '$' ? "$$" : std::string(1, c);
  }
  return word + '"';
}

void refuse_line_ends(const std::filesystem::path& path) {
  if (path.string().find_first_of("\r\n") != std::string::npos) {
    throw std::invalid_argument{"a folder with a line end in its name cannot be a service"};
  }
}

bool is_plain(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == ':' ||
         c == '_' || c == '.';
}

/// Somebody's wish to end the run; nullptr when the event is none.
bool asks_for_end(const EventBody& body) {
  return std::holds_alternative<StopRequested>(body) ||
         std::holds_alternative<AbortRequested>(body);
}

bool went_down_with_machine(const std::vector<StoredEvent>& events) {
  for (const auto& [id, event] : events | std::views::reverse) {
    if (std::holds_alternative<SchedulerStarted>(event.body)) {
      return false;
    }
    if (asks_for_end(event.body)) {
      return event.who.starts_with(kBySignal);
    }
  }
  return false;
}

}  // namespace

std::string unit_name(const std::filesystem::path& station) {
  std::string name;
  for (const auto& part : station.lexically_normal().relative_path()) {
    if (part.empty()) {
      continue;
    }
    name += '-';
    for (const char c : part.string()) {
      name += is_plain(c) && (c != '.' || name != "-")
                  ? std::string(1, c)
                  : fmt::format("\\x{:02x}", static_cast<unsigned char>(c));
    }
  }
  return fmt::format("fatmaster{}.service", name);
}

std::string unit_text(const ServiceUnit& unit) {
  refuse_line_ends(unit.program);
  refuse_line_ends(unit.station);
  const RunLoopSettings defaults{};
  const auto to_stop = std::chrono::ceil<std::chrono::seconds>(defaults.stop_deadline +
                                                               defaults.grace + kSafeStateTime);
  return fmt::format(
      "# Written by `fatmaster install-service`; `fatmaster install-service --uninstall` removes "
      "it.\n"
      "[Unit]\n"
      "Description=fatmaster: goes on with the campaign of station {name}\n"
      "After={bench}\n"
      "StartLimitIntervalSec=30min\n"
      "StartLimitBurst=20\n"
      "\n"
      "[Service]\n"
      "Type=exec\n"
      "WorkingDirectory={folder}\n"
      "ExecStart={program} -C {station} service\n"
      "# Steps outlive the scheduler and are adopted by the next one.\n"
      "KillMode=process\n"
      "TimeoutStopSec={stop}s\n"
      "# Modules may need minutes after a power cut: a refused start is tried again.\n"
      "Restart=on-failure\n"
      "RestartSec=30s\n"
      "# The run has ended, and how: not a failure of the service.\n"
      "SuccessExitStatus={bad} {errored} {stopped}\n"
      "# Trying again cannot help: a file is wrong, or somebody else drives the station.\n"
      "RestartPreventExitStatus={usage} {file} {owned}\n"
      "\n"
      "[Install]\n"
      "WantedBy=default.target\n",
      fmt::arg("name", without_specifiers(plain_text(unit.name, kLongestServiceName))),
      fmt::arg("folder", without_specifiers(unit.station.string())),
      fmt::arg("program", exec_word(unit.program.string())),
      fmt::arg("station", exec_word(unit.station.string())),
      fmt::arg("bench", bench_unit_name(unit.station)),
      fmt::arg("stop", to_stop.count()),
      fmt::arg("bad", static_cast<int>(kExitModulesBad)),
      fmt::arg("errored", static_cast<int>(kExitStepErrored)),
      fmt::arg("stopped", static_cast<int>(kExitStopped)),
      fmt::arg("usage", static_cast<int>(kExitUsage)),
      fmt::arg("file", static_cast<int>(kExitFileWrong)),
      fmt::arg("owned", static_cast<int>(kExitOwned)));
}

std::string bench_unit_name(const std::filesystem::path& station) {
  const auto name = unit_name(station);
  return name.substr(0, name.rfind(".service")) + "-station.service";
}

std::string bench_unit_text(const ServiceUnit& unit) {
  refuse_line_ends(unit.program);
  refuse_line_ends(unit.station);
  return fmt::format(
      "# Written by `fatmaster install-service --station`; with --uninstall it is removed.\n"
      "[Unit]\n"
      "Description=fatmaster: reads the bench of station {name} and keeps it safe\n"
      "StartLimitIntervalSec=0\n"
      "\n"
      "[Service]\n"
      "Type=notify\n"
      "# It says so while its interlocks are evaluated; else it is ended and started again.\n"
      "WatchdogSec=10s\n"
      "WorkingDirectory={folder}\n"
      "ExecStart={program} -C {station} station\n"
      "# Services outlive it and are adopted by the next one.\n"
      "KillMode=process\n"
      "# What its interlocks guard is switched off first.\n"
      "TimeoutStopSec=60s\n"
      "Restart=always\n"
      "# Also while a run's own process reads the bench: it follows that one.\n"
      "RestartSec=1s\n"
      "# Trying again cannot help: a file is wrong.\n"
      "RestartPreventExitStatus={usage} {file}\n"
      "\n"
      "[Install]\n"
      "WantedBy=default.target\n",
      fmt::arg("name", without_specifiers(plain_text(unit.name, kLongestServiceName))),
      fmt::arg("folder", without_specifiers(unit.station.string())),
      fmt::arg("program", exec_word(unit.program.string())),
      fmt::arg("station", exec_word(unit.station.string())),
      fmt::arg("usage", static_cast<int>(kExitUsage)),
      fmt::arg("file", static_cast<int>(kExitFileWrong)));
}

TakeUp decide_take_up(const RunState& state, const std::vector<StoredEvent>& events) {
  const auto status = state.status();
  if (status == RunStatus::Idle) {
    return {.resume = false, .why = "it has not been started"};
  }
  if (!is_ended(status)) {
    return {.resume = true, .why = "it has not ended"};
  }
  if ((status == RunStatus::Stopped || status == RunStatus::Aborted) &&
      went_down_with_machine(events)) {
    return {.resume = true, .why = "it was stopped because the machine went down"};
  }
  return {.resume = false, .why = fmt::format("it is {}", to_string(status))};
}

}  // namespace fat
