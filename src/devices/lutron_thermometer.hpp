// Lutron TM-947SD: frames that it pushes -> temperatures of its channels.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "devices/link.hpp"
#include "devices/link_lock.hpp"
#include "devices/session.hpp"
#include "fat/ports/instruments.hpp"

namespace fat {

struct LutronFrame {
  int channel = 0;  ///< 1..4
  double celsius = 0;
};

/// STX '4' channel unit polarity point 8 digits CR, 16 bytes: "+23.4 degC on channel 1" is
/// "\x02" "41010100000234\r". nullopt for anything else; Fahrenheit is converted.
std::optional<LutronFrame> parse_lutron_frame(std::string_view frame);

class LutronThermometer : public Thermometer {
 public:
  /// Listens for `window`.
  LutronThermometer(SessionParts parts, Microseconds window);

  std::vector<ThermometerReading> read() override;

 private:
  void fail(const Exchange& failed, const Instant& since);

  const Clock& clock_;
  std::string device_;
  std::unique_ptr<Link> link_;
  LinkTimeouts timeouts_;
  LinkLock lock_;
  Microseconds window_;
};

}  // namespace fat
