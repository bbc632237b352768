// The services of a station -> their processes, started, adopted and ended by a thread of its own.
#pragma once

#include <deque>
#include <functional>
#include <future>
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

/// The supervising thread alone changes anything; others leave it requests and read what it has
/// published, so that a disk that hangs holds up none of them for long.
class ServiceWatch {
 public:
  /// Reads what is remembered, and the environment: make it before this process forgets its
  /// secrets. Starts and looks at nothing yet. Throws CommandError when the program's parts are
  /// missing.
  explicit ServiceWatch(ServiceWatchParts parts);

  /// There are services, or processes of services that station.ini had.
  bool has_any() const { return has_any_; }

  /// Takes up what lives, then supervises until `stop`. Ends nothing: the next process adopts them.
  void run(const std::stop_token& stop);

  // Any thread.

  ServicesState state() const;
  /// A person's word about what each pattern means. It is written down when this returns, unless
  /// the text says that it will be.
  VerbReply tell(ServiceVerb verb, std::vector<std::string> patterns, std::string who);

 private:
  struct Asked {
    ServiceVerb verb;
    std::vector<std::string> patterns;
    std::string who;
    std::promise<VerbReply> reply;
  };

  void greet() const;
  void say_farewell() const;
  void take_up();
  Microseconds work();
  void answer_people();
  VerbReply obey(const Asked& asked);
  void look_at_unknown();
  void probe();
  bool decide();
  void carry_out(const std::vector<ServiceOrder>& orders);
  void learn(const std::string& name, const ServiceFate& fate);
  bool store(const ServiceBoard& board);
  void show();
  Service* find(const std::string& name);

  ServiceWatchParts parts_;
  const std::map<std::string, std::vector<std::string>> environments_;
  const std::vector<std::string> missing_;  ///< variables that are to be passed on
  OwnedFd bell_;
  mutable std::mutex mutex_;
  std::deque<Asked> asked_;  // guarded by mutex_
  ServicesState shown_;      // guarded by mutex_
  // Of the supervising thread.
  ServiceBoard board_;
  const bool has_any_;
  ServiceProcesses processes_;
  std::vector<ServiceState> stored_;
  bool fails_ = false;  ///< the disk refuses
  Microseconds published_{0}, looked_{0};
};

}  // namespace fat
