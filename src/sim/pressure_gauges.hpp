// Pressure gauges as their clients see them: Pfeiffer TPG, MKS 937B, one that streams.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sim/virtual_device.hpp"

namespace fat {

/// Pfeiffer TPG 362: says ACK, and the value when ENQ asks for it; ETX makes it forget.
class VirtualPfeiffer : public VirtualDevice {
 public:
  VirtualPfeiffer() : VirtualDevice('\n', Microseconds{0}) {}

  std::vector<OwnFault> own_faults() const override { return {{"torr"}, {"no-sensor", 1, 2}}; }

  void set_own_fault(std::string_view name, int channel, bool on, Microseconds now) override;

 private:
  /// ENQ and ETX are commands by themselves.
  std::optional<std::string> take_line(std::string& partial) const override;

  Answer execute(const std::string& line, Microseconds now) override;
  std::string prepare(const std::string& command);

  std::string prepared_;
  int unit_ = 0;
  std::array<bool, 2> missing_{};
};

/// MKS 937B: its terminator is ";FF".
class VirtualMks : public VirtualDevice {
 public:
  explicit VirtualMks(int address) : VirtualDevice(';', Microseconds{0}), address_(address) {}

  std::vector<OwnFault> own_faults() const override { return {{"torr"}, {"no-gauge", 1, 6}}; }

  void set_own_fault(std::string_view name, int channel, bool on, Microseconds now) override;

 private:
  Answer execute(const std::string& line, Microseconds now) override;
  std::string answer(const std::string& command) const;

  int address_;
  bool torr_ = false;
  std::array<bool, 6> missing_{};
};

/// The cryostat's crude gauge: lines without end between STREAM_ON and STREAM_OFF.
class VirtualStreamingGauge : public VirtualDevice {
 public:
  VirtualStreamingGauge() : VirtualDevice('\r', Microseconds{0}) {}

 private:
  Answer execute(const std::string& line, Microseconds now) override;

  std::optional<Microseconds> next_push() const override { return next_; }

  std::string push() override;

  std::optional<Microseconds> next_;
};

}  // namespace fat
