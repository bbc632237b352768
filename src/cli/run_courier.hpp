// An interlock's AbortStep or SafeState -> the run that drives this bench, and the instruments
// themselves.
#pragma once

#include <condition_variable>
#include <filesystem>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "fat/engine/interlock.hpp"
#include "fat/ports/clock.hpp"
#include "fat/runner/bench_reader.hpp"

namespace fat {

/// For one interlock, with a thread of its own: a run that does not answer holds up nobody else.
class RunCourier {
 public:
  /// What it works with; what is borrowed outlives it.
  struct Parts {
    std::filesystem::path socket;          ///< of the run
    std::vector<std::string> instruments;  ///< that have something to switch off
    /// Brings these into their harmless state; what did not succeed, one line each.
    std::function<std::vector<std::string>(const std::vector<std::string>& instruments,
                                           std::chrono::milliseconds patience,
                                           const std::stop_token& stop)>
        bring_to_safety;
    const Clock& clock;
    std::function<void(const std::string&)> tell;
    std::function<void(const InterlockOrder&)> done;
  };

  explicit RunCourier(Parts parts);
  ~RunCourier();
  RunCourier(const RunCourier&) = delete;
  RunCourier& operator=(const RunCourier&) = delete;

  /// Never waits. An order that waits gives way to a newer one.
  void take(InterlockOrder order);

 private:
  void work(const std::stop_token& stop);
  void abort_steps(const InterlockOrder& order);
  void make_safe(const InterlockOrder& order, const std::stop_token& stop);
  bool leave_it_to_the_run(const InterlockOrder& order);
  void make_instruments_safe(const InterlockOrder& order, const std::stop_token& stop);
  void tell_once(const InterlockOrder& order, const std::string& what);

  Parts parts_;
  std::mutex mutex_;
  std::condition_variable_any changed_;
  std::optional<InterlockOrder> order_;  // guarded by mutex_
  std::string told_;                     // of the thread: what was said last
  int trip_ = 0;                         // of the thread
  std::optional<Instant> asked_;         // of the thread: when the run was first told of this trip
  std::jthread thread_;                  // last: it uses all of the others
};

/// All orders at once. Returns what did not succeed within `patience`: one line each.
std::vector<std::string> carry_out_all(BenchReader& bench,
                                       const std::vector<BenchOrder>& orders,
                                       std::chrono::milliseconds patience,
                                       const std::stop_token& stop = {});

}  // namespace fat
