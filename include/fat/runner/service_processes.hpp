// Services to start, to end and to look at -> their processes under fat-step, and what became of
// them.
#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "fat/model/instant.hpp"

namespace fat {

/// What one start of a service is made with.
struct ServiceLaunch {
  std::filesystem::path folder;  ///< of this start; must not exist, its parents may
  std::string token;
  std::vector<std::string> command;      ///< words, program first
  std::vector<std::string> environment;  ///< "NAME=value", complete
  std::filesystem::path directory;
  Microseconds grace{0};      ///< from TERM to KILL
  std::filesystem::path log;  ///< absolute; LOG_2026-11-22.log of each UTC day is written
  int log_days = 30;
  std::string started_line;  ///< empty: not looked for
};

/// Which start of a service a process may belong to.
struct ServiceAttempt {
  std::filesystem::path folder;
  std::string token;
  std::string boot_id;  ///< of the moment at which it was started
};

/// What became of one. `NeverBegan`: nothing of it ever ran. `Unknown`: something of it can neither
/// be ended nor looked at; `look_at` it again.
struct ServiceFate {
  enum class Kind { Lives, Ended, NeverBegan, Unknown };

  Kind kind = Kind::Lives;
  bool clean = false;  ///< ended with exit status 0
  std::string why;     ///< for people; empty when clean
};

/// For one thread. Destroying it ends nothing: the next one finds them by `look_at`.
class ServiceProcesses {
 public:
  explicit ServiceProcesses(std::filesystem::path shim);
  ~ServiceProcesses();
  ServiceProcesses(const ServiceProcesses&) = delete;
  ServiceProcesses& operator=(const ServiceProcesses&) = delete;

  /// "" when its shim runs, else why not. What is left of starts long over is removed.
  std::string start(const std::string& name, const ServiceLaunch& order);

  /// After a restart, or of one that was unknown: adopts the process when it lives. Never one that
  /// only has its id. May end what is left of it, and so take some seconds at worst.
  ServiceFate look_at(const std::string& name, const ServiceAttempt& attempt);

  /// TERM to the whole group, KILL after the grace. Told twice: KILL now. Nothing happens when it
  /// has no process here.
  void end(const std::string& name) const;

  /// Of its command; 0 when there is none, or not yet.
  int pid(const std::string& name) const;

  /// Its output has held the `started_line`.
  bool has_shown_line(const std::string& name) const;

  /// Waits until one of them has ended, `wake` is readable, or that long. Returns those that have
  /// ended.
  std::vector<std::pair<std::string, ServiceFate>> wait(int wake, Microseconds longest);

 private:
  struct Held;
  std::filesystem::path shim_;
  std::map<std::string, std::unique_ptr<Held>> held_;
};

/// Whether something listens on that port of this machine; waits for an answer at most that long.
bool port_answers(int port, Microseconds patience);

}  // namespace fat
