// The processes of open attempts: started, adopted, watched, asked to end. Tells what happened as
// events.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "fat/model/event.hpp"
#include "fat/model/run_summary.hpp"
#include "fat/runner/run_loop.hpp"
#include "runner/boot_timer.hpp"
#include "runner/report_collector.hpp"
#include "runner/report_watch.hpp"
#include "runner/standby_shim.hpp"

namespace boost::asio {
class io_context;  // NOLINT(readability-identifier-naming): of the library
}

namespace fat {

class AnswerQueue;

class StepProcesses {
 public:
  struct Listener {
    std::function<void(std::vector<EventBody>)> happened;  ///< to be made durable
    std::function<void(AttemptReported)> progressed;  ///< ephemeral: progress is not worth a row
    std::function<void(CollectedReport)>
        reported;  ///< to be made durable together with what the step asks and reads
    std::function<std::string(const AttemptStarted&)> run_json_for;  ///< RunRecord::text_for
    std::function<void(const std::string&)> alarm;  ///< something is wrong that no event tells
  };

  /// All references outlive this object. Throws std::system_error.
  StepProcesses(boost::asio::io_context& loop,
                const RunLoopSettings& settings,
                const Plan& plan,
                Listener listener);
  ~StepProcesses();
  StepProcesses(const StepProcesses&) = delete;
  StepProcesses& operator=(const StepProcesses&) = delete;

  /// Starts the attempt's process; its intent is durable. Returns the end of the attempt when it
  /// could not be started.
  std::optional<AttemptEnded> start(const AttemptStarted& attempt);

  /// After the death of the scheduler that started it: adopts the process (AttemptAdopted), or
  /// tells how it ended. Nothing when something of it could not be ended yet: the end is told once
  /// it is gone.
  std::vector<EventBody> recover(const OpenAttempt& attempt);

  /// Asks the process to end, once; a Halt after an Abort is passed on. Attempts without a process
  /// are left alone.
  void end(const AttemptKey& key, EndedBy how);

  /// The plan was edited: readings are judged by its windows from here on.
  void follow_plan() { filter_.follow(plan_); }

  /// Hands an answer to the step.
  void answer(const AttemptKey& key, int prompt, const std::string& value);

 private:
  struct Watched;
  using Process = std::shared_ptr<Watched>;  ///< shared with the handlers that wait in the loop

  Process make(const AttemptKey& key,
               int index,
               const std::string& token,
               std::uint64_t offset) const;
  std::filesystem::path folder_of(const AttemptKey& key, int index) const;
  const Step* step_of(const AttemptKey& key, int index) const;
  void keep(const Process& process);
  void stand_by();
  void tell(std::vector<EventBody> bodies);
  std::unique_ptr<AnswerQueue> answers_of(const Watched& process) const;
  void forget(const AttemptKey& key);
  static std::vector<EventBody> rest_of_report(const Process& process);
  static std::vector<EventBody> lost(const Process& process, std::string why);
  static std::vector<EventBody> harvest(const Process& process,
                                        const ExitRecord& record,
                                        EndCause cause);
  std::vector<EventBody> adopt(const Process& process, const OpenAttempt& attempt);
  void wait_for_end(const Process& process);
  void has_ended(const Process& process);
  void read_rest(const Process& process, const ExitRecord& record);
  void look_again(const Process& process);
  void wait_for_reports();
  void read_reports();
  void read_report(const Process& process);
  void tell_report(const Process& process) const;

  boost::asio::io_context& loop_;
  const RunLoopSettings& settings_;
  const Plan& plan_;
  mutable ReadingFilter filter_;
  Listener listener_;
  std::string boot_id_;
  ReportWatch watch_;
  BootTimer read_later_;
  struct WatchStream;
  std::unique_ptr<WatchStream> watch_stream_;
  std::map<AttemptKey, Process> processes_;
  StandbyShim standby_;
};

}  // namespace fat
