// A command line -> the program and all its descendants, run under ptrace: every system call
// written down, or one of them made to kill its process or to fail.
//
// Why not `strace --inject`: it counts per thread and over the whole trace, knows neither which
// program a process is nor a window between two moments, and cannot kill *before* a call or another
// process with it.
#pragma once

#include <fstream>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "file_log.hpp"
#include "tracee.hpp"

namespace fat::tracer {

enum class Action { KillBefore, KillAfter, Fail, Short };

/// The one call at which something happens.
struct Point {
  std::string role;    ///< of the process that makes it
  std::string window;  ///< a mark; counting begins with the call that carries it. Empty: at once
  std::string call;    ///< its name
  int number = 0;      ///< from 1: of those calls of that role in the window
  Action action = Action::KillBefore;
  int error = 0;     ///< of a Fail
  std::string with;  ///< a role that is killed too; empty: none
};

struct Settings {
  std::vector<std::string> command;
  std::vector<std::string> marks;  ///< texts to look for in what is written and in paths
  std::optional<Point> point;
  std::string calls_file;   ///< every call goes there; empty: none
  std::string files_file;   ///< what was done to files goes there; empty: nothing
  std::string folder;       ///< for files_file
  std::string boot_id;      ///< what reads of the kernel's boot id give; empty: the true one
  std::string result_file;  ///< says whether the point was reached and which call it was
};

/// Runs the command to its end and returns its exit code (128 + signal). With a point it lets go of
/// every process once the point is over; without one it waits for all descendants.
///
/// Roles: "supervisor", "engine", "standby" (a shim before its order), "shim", "backup", "task",
/// "tool" (any other fatmaster), "command"; a process between fork and exec has its parent's role
/// and "-child".
class Tracer {
 public:
  explicit Tracer(Settings settings);

  int run();

 private:
  struct Thread {
    std::string role;
    pid_t process = 0;
    Call call;
    bool is_point = false;
  };

  void start();
  void stopped(pid_t thread, int status);
  void at_call(pid_t thread);
  void entered(pid_t thread, Thread& known, const Call& call);
  void left(pid_t thread, Thread& known);
  void look_for_marks(pid_t thread, const Call& call);
  void write_down(pid_t thread, const Thread& known);
  bool is_the_point(const Thread& known);
  bool begin_action(pid_t thread, Thread& known);
  void end_action(pid_t thread, Thread& known);
  void kill_role(pid_t thread);
  void reached(pid_t thread, const Thread& known) const;
  void fake_boot_id(pid_t thread, const Call& call) const;
  void go_on(pid_t thread, int signal);
  void let_go();
  Thread& know(pid_t thread);

  Settings settings_;
  std::map<pid_t, Thread> threads_;
  std::set<std::string> seen_;  ///< marks
  std::ofstream calls_;
  std::unique_ptr<FileLog> files_;
  pid_t main_ = -1;
  int code_ = 0;
  int count_ = 0;       ///< such calls of the point's role in its window
  bool fired_ = false;  ///< the point is over
  bool letting_go_ = false;
  bool main_lives_ = true;
};

}  // namespace fat::tracer
