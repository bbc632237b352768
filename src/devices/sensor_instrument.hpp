// What all instruments have in common that can only be read.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "fat/ports/device_error.hpp"
#include "fat/ports/instrument.hpp"

namespace fat {

/// Implementations: `ColumnSensor`, `ListeningInstrument`, `LevelSensor`, `PlatinumSensor`,
/// `AnalogSensor`.
class SensorInstrument : public Instrument {
 public:
  SensorInstrument(std::string device, std::string identity, std::vector<InstrumentQuantity> all)
      : device_(std::move(device)), identity_(std::move(identity)), all_(std::move(all)) {}

  std::string identity() override { return identity_; }

  std::vector<InstrumentQuantity> quantities() const override { return all_; }

  /// Checks the names, then measures.
  double read(const std::string& quantity, int input) override;

  void set(const std::string& quantity, int input, double value) override;

  void make_safe() override {}

  bool release() override { return false; }

 protected:
  /// REQUIRES: a quantity that it has, and an input of it.
  virtual double measure(const std::string& quantity, int input) = 0;

  [[noreturn]] void fail(DeviceFault fault, const std::string& why) const {
    throw DeviceError{fault, device_, why};
  }

  const std::string& device() const { return device_; }

 private:
  void require(const std::string& quantity, int input) const;

  std::string device_, identity_;
  std::vector<InstrumentQuantity> all_;
};

}  // namespace fat
