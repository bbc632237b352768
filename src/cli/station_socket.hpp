// Requests on the socket of the process that reads a bench -> what its interlocks say and do.
#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <string>

#include "fat/runner/control_server.hpp"

namespace fat {

/// Answers on a thread of its own.
class StationSocket {
 public:
  /// Throws std::system_error when the socket cannot be made. REQUIRES: the station's lock.
  StationSocket(const std::filesystem::path& socket, bool shared, ControlHandler handler);
  ~StationSocket();
  StationSocket(const StationSocket&) = delete;
  StationSocket& operator=(const StationSocket&) = delete;

 private:
  class Loop;
  std::unique_ptr<Loop> loop_;
};

}  // namespace fat
