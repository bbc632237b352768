// Settings that people and programs ask for -> orders to the instruments' own threads, and what
// came of them.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string>

#include "cli/interlock_watch.hpp"
#include "cli/lease_desk.hpp"
#include "fat/model/station.hpp"
#include "fat/runner/bench_reader.hpp"

namespace fat {

struct SettingRequest {
  std::string channel, who;
  double value = 0;
  LeaseClaim by;
};

/// What became of one order.
struct SettingFate {
  bool done = false;
  std::string failure;  ///< when it is done; empty: it was set and read back
};

/// Any thread; waits for nothing.
class SettingDesk {
 public:
  /// What is borrowed outlives it.
  SettingDesk(const Station& station,
              BenchReader& bench,
              const InterlockWatch& interlocks,
              const LeaseDesk& leases,
              std::function<void(const std::string&)> say);

  /// The order's number, or 0 and why it is refused: it does not fit the channel, an interlock
  /// holds it at something else, or somebody else holds the instrument. That is asked once more
  /// when its turn comes.
  std::uint64_t order(const SettingRequest& request, std::string& refusal);

  /// nullopt: there is no such order, or it is long done.
  std::optional<SettingFate> fate(std::uint64_t order) const;

 private:
  const Station& station_;
  BenchReader& bench_;
  const InterlockWatch& interlocks_;
  const LeaseDesk& leases_;
  std::function<void(const std::string&)> say_;
  mutable std::mutex mutex_;
  std::uint64_t newest_ = 0;                    // guarded by mutex_
  std::map<std::uint64_t, SettingFate> fates_;  // guarded by mutex_; of the newest orders
};

}  // namespace fat
