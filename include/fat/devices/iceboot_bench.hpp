// Module addresses -> sessions with their iceboot over TCP.
#pragma once

#include <utility>

#include "fat/devices/link_timeouts.hpp"
#include "fat/ports/bench.hpp"
#include "fat/ports/clock.hpp"

namespace fat {

/// How long each thing may take with a module; the module server is slower than an instrument.
struct IcebootTimeouts {
  LinkTimeouts link{.first_byte = std::chrono::seconds{2},
                    .between_bytes = std::chrono::milliseconds{500}};
  Microseconds boot = std::chrono::seconds{3};  ///< for a prompt after `boot`, which is sent twice
};

/// The modules of a station that speak iceboot, each at the host and port of its module JSON.
class IcebootBench : public Bench {
 public:
  /// `clock` must outlive the bench and its modules. A module is locked as long as its session is
  /// open: it serves one client at a time anyhow.
  explicit IcebootBench(const Clock& clock,
                        const IcebootTimeouts& timeouts = {},
                        LinkLocks locks = {})
      : clock_(clock), timeouts_(timeouts), locks_(std::move(locks)) {}

  /// Connects, leaves the boot loader, switches the echo on, synchronises, asks who it is. `clock`
  /// must outlive the result.
  std::unique_ptr<DetectorModule> open(const ModuleEntry& module) const override;

 private:
  const Clock& clock_;
  IcebootTimeouts timeouts_;
  LinkLocks locks_;
};

}  // namespace fat
