// Module addresses -> sessions with their iceboot over TCP.
#pragma once

#include "fat/ports/bench.hpp"
#include "fat/ports/clock.hpp"

namespace fat {

/// How long each thing may take; a command may have a first-byte time of its own (10 s to load an
/// FPGA image).
struct IcebootTimeouts {
  Microseconds connect = std::chrono::seconds{2};
  Microseconds write = std::chrono::milliseconds{500};
  Microseconds boot = std::chrono::seconds{3};  ///< for a prompt after `boot`, which is sent twice
  Microseconds first_byte = std::chrono::seconds{2};
  Microseconds between_bytes = std::chrono::milliseconds{500};
  Microseconds whole_reply = std::chrono::seconds{10};  ///< after its first byte
};

/// The modules of a station that speak iceboot, each at the host and port of its module JSON.
class IcebootBench : public Bench {
 public:
  /// `clock` must outlive the bench and its modules.
  explicit IcebootBench(const Clock& clock, const IcebootTimeouts& timeouts = {})
      : clock_(clock), timeouts_(timeouts) {}

  /// Connects, leaves the boot loader, switches the echo on, synchronises, asks who it is. `clock`
  /// must outlive the result.
  std::unique_ptr<DetectorModule> open(const ModuleEntry& module) const override;

 private:
  const Clock& clock_;
  IcebootTimeouts timeouts_;
};

}  // namespace fat
