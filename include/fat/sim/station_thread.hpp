// A virtual station inside this process, for tests and rehearsals.
#pragma once

#include <thread>

#include "fat/model/owned_fd.hpp"
#include "fat/sim/virtual_station.hpp"

namespace fat {

/// Serves from construction to destruction on a thread of its own.
class StationThread {
 public:
  /// Throws what VirtualStation's constructor throws.
  explicit StationThread(const VirtualStationOptions& options);
  ~StationThread();
  StationThread(const StationThread&) = delete;
  StationThread& operator=(const StationThread&) = delete;

  VirtualStation& station() { return station_; }

  const VirtualStation& station() const { return station_; }

 private:
  VirtualStation station_;
  OwnedFd stop_;
  std::thread thread_;
};

}  // namespace fat
