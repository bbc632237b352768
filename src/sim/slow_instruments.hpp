// Instruments of slow control as their clients see them: source meter, cold thermometer, Lauda.
#pragma once

#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "sim/scpi_instrument.hpp"

namespace fat {

/// Keithley 2410 that sources a voltage into 10 Mohm; it measures only with the output on.
class VirtualSourceMeter : public ScpiInstrument {
 public:
  VirtualSourceMeter();

 private:
  void reset() override;
  bool in_compliance() const;
  std::string reading() const;

  double volts_ = 0, most_amperes_ = 1e-4;
  bool output_ = false;
};

/// Lake Shore 218: one query per message, and an open sensor reads as 0 K with a bit in its status.
class VirtualLakeShore : public VirtualDevice {
 public:
  VirtualLakeShore() : VirtualDevice('\n', Microseconds{0}) {}

  std::vector<OwnFault> own_faults() const override { return {{"open", 1, kInputs}}; }

  void set_own_fault(std::string_view /*name*/,
                     int channel,
                     bool on,
                     Microseconds /*now*/) override {
    open_.at(static_cast<std::size_t>(channel - 1)) = on;
  }

 private:
  static constexpr int kInputs = 8;

  Answer execute(const std::string& line, Microseconds now) override;
  std::string value(const std::string& query, int input) const;

  std::array<bool, kInputs> open_{};
};

/// Lauda Variocool: a bath that follows its setpoint by a kelvin a second while it runs.
class VirtualLauda : public VirtualDevice {
 public:
  explicit VirtualLauda(double speed) : VirtualDevice('\n', Microseconds{0}), speed_(speed) {}

  std::vector<OwnFault> own_faults() const override { return {{"low-level"}}; }

  void set_own_fault(std::string_view /*name*/,
                     int /*channel*/,
                     bool on,
                     Microseconds /*now*/) override {
    low_level_ = on;
  }

 private:
  Answer execute(const std::string& line, Microseconds now) override;
  std::string obey(const std::string& line);
  std::string set(std::string_view text);

  double speed_;
  double bath_ = 20, setpoint_ = 20;
  bool runs_ = false, low_level_ = false;
  Microseconds updated_{0};
};

}  // namespace fat
