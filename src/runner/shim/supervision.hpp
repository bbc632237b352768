// One command -> watched from its first instruction to the end of everything it started, and an
// exit record.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include <sys/types.h>

#include "fat/model/owned_fd.hpp"
#include "runner/shim/answer_feed.hpp"
#include "runner/shim/command.hpp"
#include "runner/shim/ender.hpp"
#include "runner/shim/options.hpp"
#include "runner/shim/output_log.hpp"
#include "runner/shim/output_watch.hpp"
#include "runner/shim/records.hpp"
#include "runner/shim/report_log.hpp"

namespace fat::shim {

/// What the shim was started with and made before it forks.
struct Equipment {
  int lock = 3;  ///< inherited: the attempt's lock file, locked
  int listener =
      4;            ///< inherited: writing end of a pipe, tells whether the scheduler still listens
  OwnedFd folder;   ///< the attempt's
  OwnedFd signals;  ///< signalfd of SIGCHLD, SIGTERM, SIGQUIT, SIGUSR1
  OwnedFd timer;    ///< timerfd on the boot clock
};

/// The event loop around one command. One thread, waits in poll() only, without a period.
class Supervision {
 public:
  Supervision(const Options& options, const Equipment& equipment);

  /// Returns when nothing of the command is left and exit.json is written. False when it could not
  /// be written.
  bool run();

 private:
  bool start();
  void watch();
  void wait_and_handle();
  void pump_output();
  void pump_report();
  void pump_answers();
  void drain();
  void handle_signals();
  void reap();
  void note_end_of_command(int status, Microseconds now);
  void handle_time();
  void check_limits(Microseconds now);
  void arm_timer();
  void end_all(std::string_view why, Microseconds now);
  bool is_over() const;
  bool write_exit_record();

  const Options& options_;
  const Equipment& equipment_;
  AnswerFeed answers_;
  OutputLog output_;
  OutputWatch watch_;
  ReportLog report_;
  CommandPipes pipes_;
  Ender ender_{0};     // knows the command once there is one
  pid_t command_ = 0;  // 0 when reaped, or never started
  bool childless_ = false;
  bool asked_to_end_ = false;  // by SIGTERM: the second one does not wait
  ExitFacts facts_;
  Microseconds started_{0};  // boot clock, as all below
  Microseconds last_activity_{0};
  std::optional<Microseconds> armed_;
};

}  // namespace fat::shim
