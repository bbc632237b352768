// A CO2 plant as its Modbus TCP clients see it: holding registers.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sim/virtual_device.hpp"

namespace fat {

/// As MARTA (reference 1.3): 100 to 399; floats with the low word first; temperature 142, status
/// 320, switches 305, setpoints 310, 312, 314. Its temperature is its setpoint while it runs.
class VirtualPlant : public VirtualDevice {
 public:
  VirtualPlant();

  std::vector<OwnFault> own_faults() const override { return {{"broken-sensor"}}; }

  void set_own_fault(std::string_view name, int channel, bool on, Microseconds now) override;

 private:
  using Bytes = std::vector<unsigned>;

  /// A frame says how long it is.
  std::optional<std::string> take_line(std::string& partial) const override;
  Answer execute(const std::string& line, Microseconds now) override;
  Bytes obey(const Bytes& request);
  Bytes read(unsigned first, unsigned count) const;
  void write_float(unsigned address, float value);
  void follow();

  std::map<unsigned, std::uint16_t> registers_;
  bool broken_ = false;
};

}  // namespace fat
