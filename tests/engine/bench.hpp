// What really stands and runs on the bench, whatever the scheduler knows of it.
#pragma once

#include <chrono>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "engine/choices.hpp"
#include "fat/model/event.hpp"

namespace fat {

/// What random_plan gives a safe action, and what the engine waits beyond it.
constexpr Microseconds kSafeActionAtMost = std::chrono::seconds{60} + std::chrono::seconds{30};

/// Said again, in other words than the engine's: no two steps hold one resource unless both share
/// it, and a step without claims holds all.
bool fit_together(const Claims& one, const Claims& other);

struct Process {
  AttemptKey key;
  Claims needs;
  Microseconds began{0};        ///< on the boot clock
  std::optional<EndedBy> told;  ///< asked to end, by its shim
  Microseconds told_at{0};
  bool unkillable = false;
  std::optional<AttemptEnded> exit;  ///< its exit record, with the scheduler not told yet
  bool lost = false;                 ///< gone without one, with the scheduler not told yet

  bool lives() const { return !exit && !lost; }
};

class Bench {
 public:
  /// The truth behind "never two steps on the same hardware at once". Makes the attempt's folder.
  void start(const AttemptKey& key, const Claims& needs, const Instant& now, bool unkillable);

  /// Empty while no two ever were on the bench together.
  const std::string& broken() const { return broken_; }

  Process* find(const AttemptKey& key);
  void forget(const AttemptKey& key);
  void tell_to_end(const AttemptKey& key, EndedBy how, const Instant& now);

  bool has_folder(const AttemptKey& key) const { return folders_.contains(key); }

  /// The exit record that lies in the attempt's folder; nullopt when there is none.
  std::optional<AttemptEnded> record(const AttemptKey& key) const;

  void keep_record(const AttemptEnded& end) { records_[end.key] = end; }

  void forget_record(const AttemptKey& key) { records_.erase(key); }

  /// The boot clock begins anew.
  void reboot();

  std::vector<Process> processes;

 private:
  std::string broken_;
  std::set<AttemptKey> folders_;
  std::map<AttemptKey, AttemptEnded> records_;
};

/// How a process comes to its end, as its exit record says. Number 0: done.
AttemptEnded random_exit(const Process& process, Choices& choices);

}  // namespace fat
