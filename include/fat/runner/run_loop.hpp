// The shell around the engine: performs what it decides, writes down what happens, then tells.
#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "fat/model/verb.hpp"
#include "fat/ports/bench_guard.hpp"
#include "fat/ports/campaign.hpp"
#include "fat/ports/clock.hpp"
#include "fat/ports/code_watch.hpp"
#include "fat/ports/journal.hpp"
#include "fat/ports/message_source.hpp"
#include "fat/ports/observer.hpp"
#include "fat/ports/run_record.hpp"
#include "fat/runner/control_server.hpp"
#include "fat/runner/step_command.hpp"

namespace fat {

struct RunLoopSettings {
  ProgramFiles files;
  std::filesystem::path station;                  ///< folder; steps start there
  std::filesystem::path run_folder;               ///< steps/ lies in it
  std::filesystem::path socket;                   ///< control socket
  bool shared_socket = false;                     ///< mode 0660 instead of 0600
  std::vector<std::string> environment;           ///< of the steps, before what DESIGN 7 adds
  std::vector<std::string> instruments;           ///< that steps lease when they claim them
  Microseconds grace = std::chrono::seconds{10};  ///< between TERM and KILL
  Microseconds stop_deadline = std::chrono::seconds{60};  ///< after SIGTERM: then abort
  Microseconds record_interval = std::chrono::seconds{
      5};  ///< run JSON is rewritten at most this often while steps follow each other
};

/// What the loop works with. All outlive it.
struct RunLoopParts {
  Campaign& campaign;
  Journal& journal;
  const Clock& clock;
  RunRecord& record;
  std::vector<Observer*> observers;
  CodeWatch* code = nullptr;                ///< absent: which code a step runs is not recorded
  const MessageSource* messages = nullptr;  ///< absent: nothing is told on any channel
  BenchGuard* guard = nullptr;              ///< absent: nothing but the plan holds a step up
};

/// Owns the run while it lives: one thread, one event loop.
class RunLoop {
 public:
  /// Opens the control socket. Throws std::system_error.
  RunLoop(RunLoopParts parts, RunLoopSettings settings);
  ~RunLoop();
  RunLoop(const RunLoop&) = delete;
  RunLoop& operator=(const RunLoop&) = delete;

  /// Answers GET requests other than /v1/status; nullopt: not found.
  using Pages = std::function<std::optional<ControlAnswer>(
      const ControlRequest&, const std::function<RunSummary()>& summarize)>;
  void serve_pages(Pages pages);

  /// `readable` is called whenever there is something to read on `fd`, until it returns false.
  void watch(int fd, std::function<bool()> readable);
  /// `tick` is called that often while the run lives. Only for what a person looks at.
  void every(Microseconds period, std::function<void()> tick);

  /// Makes `opening` durable (with `plan`), finds out what became of open attempts, then drives the
  /// run until it has ended. Throws JournalError when the opening cannot be stored, and whatever is
  /// our own bug.
  RunStatus run(const std::vector<Event>& opening, const PlanRecord* plan);

  /// What a verb answers; on the loop's thread only.
  VerbReply request(const Verb& verb);
  /// The campaign's summary, with what the loop itself knows (suspended).
  RunSummary summary() const;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace fat
