// Guests on a Unix socket -> turns on the wires of this process.
#pragma once

#include <atomic>
#include <filesystem>
#include <functional>
#include <list>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "fat/devices/shared_wires.hpp"
#include "fat/devices/wire_claim.hpp"
#include "fat/model/device_info.hpp"
#include "fat/model/owned_fd.hpp"

namespace fat {

/// A thread for each guest. A guest that goes away, falls silent or takes too long in the middle of
/// its turn has lost it, and the link is closed: nobody knows what still comes.
class WireServer {
 public:
  /// What is borrowed outlives it.
  struct Parts {
    SharedWires& wires;
    std::vector<DeviceEntry> devices;
    std::filesystem::path socket;  ///< a dead owner's is replaced
    bool shared = false;           ///< for the group too
    /// Asked at the beginning of each turn, by any thread: why it may not be; "": it may.
    std::function<std::string(const WireClaim&)> objection;
    std::function<void(const std::string&)> say;           ///< what went wrong here, by any thread
    Microseconds silence = std::chrono::seconds{2};        ///< of a guest in its turn
    Microseconds longest_turn = std::chrono::seconds{30};  ///< an FPGA is loaded in 10 s
  };

  /// Throws std::system_error when the socket cannot be made.
  explicit WireServer(Parts parts);
  /// Ends the turns: each after the answer it waits for.
  ~WireServer();
  WireServer(const WireServer&) = delete;
  WireServer& operator=(const WireServer&) = delete;

 private:
  struct Guest {
    OwnedFd socket;
    std::atomic<bool> gone = false;
    std::jthread thread;  // last: it uses the others
  };

  void accept_all();
  /// REQUIRES: mutex_ is held.
  void admit(OwnedFd socket);
  void serve(Guest& guest);

  Parts parts_;
  OwnedFd listening_;
  std::mutex mutex_;
  std::list<Guest> guests_;  // guarded by mutex_
  bool ends_ = false;        // guarded by mutex_
  std::jthread thread_;      // last: it uses the others
};

}  // namespace fat
