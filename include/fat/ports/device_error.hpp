// What went wrong between us and a device: which fault, which device, in words a shifter can act
// on.
#pragma once

#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

namespace fat {

/// Unreachable: nobody listens there. Busy: another process holds the link. Closed: the peer hung
/// up. Timeout: nothing, or not all of it, came in time. Garbled: an answer that is not one.
/// Refused: the device understood and said no; only then is the link still good.
enum class DeviceFault { Unreachable, Busy, Closed, Timeout, Garbled, Refused };

constexpr std::string_view to_string(DeviceFault fault) {
  switch (fault) {
    case DeviceFault::Unreachable:
      return "unreachable";
    case DeviceFault::Busy:
      return "busy";
    case DeviceFault::Closed:
      return "closed";
    case DeviceFault::Timeout:
      return "timeout";
    case DeviceFault::Garbled:
      return "garbled";
    case DeviceFault::Refused:
      return "refused";
  }
  return "";
}

/// Thrown by every device function. The text says device, link, command, what came back (escaped),
/// how long it took.
class DeviceError : public std::runtime_error {
 public:
  DeviceError(DeviceFault fault, std::string device, const std::string& text)
      : std::runtime_error(device + ": " + text), fault_(fault), device_(std::move(device)) {}

  DeviceFault fault() const { return fault_; }

  /// The device's name, for a module its serial number.
  const std::string& device() const { return device_; }

 private:
  DeviceFault fault_;
  std::string device_;
};

}  // namespace fat
