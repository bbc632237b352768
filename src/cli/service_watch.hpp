// The services of a station -> their processes, started, adopted and ended by a thread of its own.
#pragma once

#include <functional>
#include <map>
#include <mutex>
#include <stop_token>
#include <string>
#include <vector>

#include "cli/service_launch.hpp"
#include "fat/engine/service_board.hpp"
#include "fat/model/owned_fd.hpp"
#include "fat/model/verb.hpp"
#include "fat/ports/clock.hpp"
#include "fat/runner/service_processes.hpp"

namespace fat {

/// What it works with. What is borrowed outlives it.
struct ServiceWatchParts {
  const Station& station;
  ServiceFiles files;
  const Clock& clock;
  std::function<void(const std::string&)> say;
  std::function<void(const std::string&)> alarm;  ///< people hear it
};

class ServiceWatch {
 public:
  /// Reads what is remembered, and the environment: make it before this process forgets its
  /// secrets. Starts and looks at nothing yet. Throws CommandError when the program's parts are
  /// missing.
  explicit ServiceWatch(ServiceWatchParts parts);

  /// There are services, or processes of services that station.ini had.
  bool has_any() const { return board_.size() > 0; }

  /// Takes up what lives, then supervises until `stop`. Ends nothing: the next process adopts them.
  void run(const std::stop_token& stop);

  // Any thread.

  ServicesState state() const;
  /// A person's word about what each pattern means, written down when this returns.
  VerbReply tell(ServiceVerb verb,
                 const std::vector<std::string>& patterns,
                 const std::string& who);

 private:
  void greet() const;
  void say_farewell();
  void take_up();
  Microseconds work();
  void look_at_unknown();
  void probe();
  bool decide();
  void carry_out(const std::vector<ServiceOrder>& orders);
  void learn(const std::string& name, const ServiceFate& fate);
  bool store(const ServiceBoard& board);
  void publish();
  void say_changes();
  ServicesState state_of(const ServiceBoard& board) const;
  Service* find(const std::string& name);

  ServiceWatchParts parts_;
  const std::map<std::string, std::vector<std::string>> environments_;
  const std::vector<std::string> missing_;  ///< variables that are to be passed on
  mutable std::mutex mutex_;
  ServiceBoard board_;                // guarded by mutex_
  std::map<std::string, int> pids_;   // guarded by mutex_
  std::vector<ServiceState> stored_;  // guarded by mutex_
  bool fails_ = false;                // guarded by mutex_; the disk refuses
  OwnedFd bell_;
  // Of the supervising thread.
  ServiceProcesses processes_;
  std::vector<ServiceState> said_;
  Microseconds published_{0}, looked_{0};
};

}  // namespace fat
