// A chip of the cryostat's electronics behind a socket: transactions of its bus, one a line.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "sim/virtual_chips.hpp"
#include "sim/virtual_device.hpp"

namespace fat {

/// "08ff 3": writes two bytes, then reads three, which come back as a line of hexadecimal digits;
/// "!6": the bus failed with that errno; "?": no transaction. What a driver's `TcpBus` speaks.
class VirtualBus : public VirtualDevice {
 public:
  /// `prepare`: what the chip measures by now; called before each transaction, may be empty.
  /// `speed`: of the chip's conversions.
  VirtualBus(std::unique_ptr<VirtualChip> chip,
             double speed,
             std::function<void(Microseconds now)> prepare = {});

  std::vector<OwnFault> own_faults() const override;

  void set_own_fault(std::string_view name, int channel, bool on, Microseconds now) override;

 private:
  Answer execute(const std::string& line, Microseconds now) override;

  std::unique_ptr<VirtualChip> chip_;
  double speed_;
  std::function<void(Microseconds)> prepare_;
};

}  // namespace fat
