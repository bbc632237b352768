// A session with questions and settings: what a table of quantities needs of a protocol.
#pragma once

#include <string>

#include "devices/session.hpp"

namespace fat {

/// Implementations: `ScpiSession`, `LineSession`.
class Dialogue : public Session {
 public:
  using Session::Session;

  virtual std::string query(const DeviceCommand& command, const std::string& line) = 0;
  /// Sends a setting. DeviceError{Refused} when the instrument says no; reading back is the
  /// caller's.
  virtual void set(const std::string& line) = 0;
  /// As the instrument said at the start of the session.
  virtual const std::string& identity() = 0;

  /// It answered, and says that it cannot or will not. The link stays.
  [[noreturn]] void refuse(const std::string& line,
                           const std::string& why,
                           const std::string& reply) {
    fail(line, {DeviceFault::Refused, why, reply}, now());
  }

  /// What came back answers something else. The link is closed.
  [[noreturn]] void reject(const std::string& line, const std::string& reply) {
    fail(line, {DeviceFault::Garbled, "not the form this command answers in", reply}, now());
  }
};

}  // namespace fat
