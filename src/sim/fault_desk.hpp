// Orders, one a line -> faults of the bench's devices, and what is broken now.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "sim/bench_model.hpp"
#include "sim/virtual_device.hpp"

namespace fat {

/// A device as orders name it.
struct NamedDevice {
  std::string name;                 ///< "module0", "wheel1"
  std::string alias;                ///< a module's serial; empty: none
  VirtualDevice* device = nullptr;  ///< outlives the desk
};

/// Where faults are ordered. A line is `fault DEVICE FAULT [times=N] [skip=N] [delay=MICROSECONDS]
/// [channel=N]`, `clear [DEVICE]` or `list`; the answer is a line "ok TEXT" or "no TEXT", in whose
/// text a tab stands for a line end.
class FaultDesk : public VirtualDevice {
 public:
  explicit FaultDesk(std::vector<NamedDevice> devices);

  /// "" when the order could be obeyed.
  std::string problem(const std::string& order) const;
  /// Obeys, and says what was done. Throws std::invalid_argument with a sentence.
  std::string obey(const std::string& line, Microseconds now);

 private:
  struct Order {
    std::string verb;
    const NamedDevice* device = nullptr;  ///< none: all
    std::string fault;
    std::optional<FaultScript> link;  ///< of the wire
    std::optional<OwnFault> own;      ///< or the device's own
    std::optional<int> channel;       ///< else all that it has
  };

  Answer execute(const std::string& line, Microseconds now) override;
  Order parse(const std::string& line) const;
  Order parse_fault(const std::vector<std::string>& words) const;
  static void read_option(const std::string& word, Order& order);
  const NamedDevice& find(const std::string& name) const;
  std::string list() const;
  void clear(const NamedDevice& device, Microseconds now);

  std::vector<NamedDevice> devices_;
  std::map<std::string, std::vector<std::string>> broken_;  ///< orders, by device
};

}  // namespace fat
