// A command line in a test -> a step under the real shim in a folder of its own, and waits with a
// bound.
#pragma once

#include <array>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <sys/wait.h>
#include <unistd.h>

#include "fakes/patience.hpp"
#include "runner/attempt_files.hpp"
#include "runner/deadline.hpp"
#include "runner/process_table.hpp"
#include "runner/recovery.hpp"
#include "runner/report_reader.hpp"
#include "runner/report_watch.hpp"
#include "runner/step_process.hpp"

namespace fat {

using namespace std::chrono_literals;

inline std::string content_of(const std::filesystem::path& file) {
  std::ifstream stream{file, std::ios::binary};
  return {std::istreambuf_iterator<char>{stream}, {}};
}

inline void write_to(const std::filesystem::path& file, const std::string& text) {
  std::ofstream{file, std::ios::binary} << text;
}

/// Waits until the process is gone. False when it is still there after five seconds.
inline bool ends(pid_t id) {
  const auto handle = open_process(id);
  return !handle || Deadline{kPatience}.wait_for({handle.get()});
}

class StepTest : public testing::Test {
 public:
  StepTest(const StepTest&) = delete;
  StepTest& operator=(const StepTest&) = delete;

  ~StepTest() override {
    for (const auto id : to_kill_) {
      kill(id, SIGKILL);
    }
    std::filesystem::remove_all(folder_);
  }

 protected:
  StepTest() {
    std::string name = (std::filesystem::temp_directory_path() / "fat_step_XXXXXX").string();
    if (mkdtemp(name.data()) == nullptr) {
      throw std::runtime_error{"mkdtemp"};
    }
    folder_ = name;
  }

  /// What to start: `words` in an attempt folder that does not yet exist.
  LaunchSpec spec(std::vector<std::string> words) const {
    LaunchSpec spec;
    spec.folder = attempt();
    spec.token = "token-" + folder_.filename().string();
    spec.argv = std::move(words);
    for (const char* name : {"PATH", "HOME", "ASAN_OPTIONS", "TSAN_OPTIONS"}) {
      if (const char* value = getenv(name)) {
        spec.environment.push_back(std::string{name} + "=" + value);
      }
    }
    spec.working_folder = folder_;
    spec.grace = 5s;
    return spec;
  }

  LaunchSpec shell(const std::string& script) const { return spec({"sh", "-c", script}); }

  LaunchSpec python(const std::string& script) const { return spec({"python3", "-c", script}); }

  std::filesystem::path attempt() const { return folder_ / "steps" / "attempt_1"; }

  /// Waits for the end of the shim and reads its record.
  ExitRecord finish(const StepProcess& step) const {
    if (!Deadline{kPatience}.wait_for({step.handle()})) {
      step.signal(ShimSignal::Halt);
      throw std::runtime_error{"the step does not end"};
    }
    step.reap();
    const auto record = read_exit(attempt(), "token-" + folder_.filename().string());
    if (!record) {
      throw std::runtime_error{"no exit record: " + content_of(attempt() / "exit.json")};
    }
    return *record;
  }

  ExitRecord run(const LaunchSpec& what) const { return finish(launch(what, FAT_STEP_PATH)); }

  /// All lines of the report once one of them contains `text`. Throws when that does not come
  /// within five seconds.
  std::vector<std::string> report_with(const std::string& text) const {
    ReportWatch watch;
    watch.add(attempt());
    ReportReader reader{attempt() / "report.jsonl"};
    std::vector<std::string> lines;
    const Deadline deadline{kPatience};
    do {
      watch.changed();
      for (auto& line : reader.read().lines) {
        lines.push_back(std::move(line));
        if (lines.back().find(text) != std::string::npos) {
          return lines;
        }
      }
    } while (deadline.wait_for({watch.fd()}));
    throw std::runtime_error{"the step does not say " + text};
  }

  /// Process ids that the step reports as {"pid": N}, once there are `count` of them.
  std::vector<pid_t> reported_pids(std::size_t count) const {
    ReportWatch watch;
    watch.add(attempt());
    ReportReader reader{attempt() / "report.jsonl"};
    std::vector<pid_t> pids;
    const Deadline deadline{kPatience};
    do {
      watch.changed();
      for (const auto& line : reader.read().lines) {
        if (const auto at = line.find("\"pid\": "); at != std::string::npos) {
          pids.push_back(std::stoi(line.substr(at + 7)));
        }
      }
      if (pids.size() >= count) {
        return pids;
      }
    } while (deadline.wait_for({watch.fd()}));
    throw std::runtime_error{"the step does not report its processes"};
  }

  /// Starts the step from a scheduler that dies right after `until` (called in this process)
  /// returns.
  static void launch_and_lose_scheduler(
      const LaunchSpec& what, const std::function<void()>& until = [] {}) {
    std::array<int, 2> ends_of_pipe{};
    if (pipe(ends_of_pipe.data()) != 0) {
      throw std::runtime_error{"pipe"};
    }
    const OwnedFd reading{ends_of_pipe[0]};
    const pid_t scheduler = fork();
    if (scheduler == 0) {
      const auto step = launch(what, FAT_STEP_PATH);
      while (write(ends_of_pipe[1], "x", 1) != 1 || step.id() > 0) {
        pause();
      }
    }
    close(ends_of_pipe[1]);
    char launched = 0;
    EXPECT_EQ(read(reading.get(), &launched, 1), 1);
    until();
    kill(scheduler, SIGKILL);
    waitpid(scheduler, nullptr, 0);
  }

  std::string token() const { return "token-" + folder_.filename().string(); }

  Found look() const { return examine(attempt(), token(), current_boot_id()); }

  /// What examine() found, if it is of this kind. Throws when not.
  template <typename Kind>
  Kind found_as() const {
    auto found = look();
    if (auto* kind = std::get_if<Kind>(&found)) {
      return std::move(*kind);
    }
    throw std::runtime_error{"found something else: " + std::to_string(found.index())};
  }

  std::filesystem::path folder_;
  std::vector<pid_t> to_kill_;
};

}  // namespace fat
