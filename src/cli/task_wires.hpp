// What a task holds -> through which process it speaks to an instrument.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>

#include "cli/bench_files.hpp"
#include "fat/devices/wire_claim.hpp"
#include "fat/model/station.hpp"

namespace fat {

/// A station process has channels, and keeps leases on the [device ...]s of station.ini.
bool is_kept_by_station_process(const Station& station, const std::string& device);

/// Beside a station process every transaction goes through it, so that it goes on reading and its
/// orders come between two of them. What is lent is opened by the task itself. For one thread.
class TaskWires {
 public:
  /// Borrows the station.
  TaskWires(const Station& station, BenchFiles files, std::function<std::string()> who)
      : station_(station), files_(std::move(files)), who_(std::move(who)) {}

  /// The number of this process's lease on the instrument.
  void hold(const std::string& instrument, std::uint64_t fence) { fences_[instrument] = fence; }

  /// nullopt: the instrument is not the station process's. Whether one runs is not asked here.
  std::optional<StationWire> wire_of(const DeviceEntry& device) const;

 private:
  bool is_lent_to_us(const std::string& instrument) const;

  const Station& station_;
  BenchFiles files_;
  std::function<std::string()> who_;
  std::map<std::string, std::uint64_t> fences_;
};

}  // namespace fat
