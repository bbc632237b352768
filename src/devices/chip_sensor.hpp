// The cryostat's own electronics: AD7746 level, AD7124 Pt100, ADS1115 with what hangs on it.
#pragma once

#include <array>
#include <memory>
#include <string>
#include <vector>

#include "devices/link_lock.hpp"
#include "devices/register_bus.hpp"
#include "devices/sensor_instrument.hpp"

namespace fat {

/// What all chips need; `clock` must outlive them.
struct ChipParts {
  const Clock& clock;
  std::string device;
  std::unique_ptr<RegisterBus> bus;
  Microseconds lock = std::chrono::seconds{5};      ///< until who else holds the bus lets it go
  Microseconds patience = std::chrono::seconds{2};  ///< for one conversion
  LinkLocks locks;
};

/// Holds the bus while it measures. A bus that fails is Unreachable, one where nobody answers is
/// Timeout.
class ChipSensor : public SensorInstrument {
 public:
  ChipSensor(ChipParts parts, std::string kind, std::vector<InstrumentQuantity> quantities);

 protected:
  /// With the bus held.
  virtual double convert(const std::string& quantity, int input) = 0;

  RegisterBus& bus() { return *bus_; }

  /// Looks every millisecond; DeviceError{Timeout} when it does not come true within `patience`.
  template <typename Condition>
  void wait_until(Condition condition) {
    const auto since = clock_.now();
    while (!condition()) {
      if (elapsed(since, clock_.now()) > patience_) {
        fail(DeviceFault::Timeout, bus_->name() + ": no new conversion in time");
      }
      bus_->wait(std::chrono::milliseconds{1});
    }
  }

 private:
  double measure(const std::string& quantity, int input) override;

  const Clock& clock_;
  std::unique_ptr<RegisterBus> bus_;
  Microseconds lock_patience_, patience_;
  LinkLock lock_;
};

/// Where the level's two ends are, in a million counts, and how far apart (reference 1.1).
struct LevelScale {
  double empty = 11.4275, full = 13.5980, height = 687;
};

/// Capacitance to digital: quantities "level" (mm) and "capacitance" (a million counts): medians of
/// five fresh conversions each, twice, and their mean.
class LevelSensor : public ChipSensor {
 public:
  LevelSensor(ChipParts parts, const LevelScale& scale);

 private:
  double convert(const std::string& quantity, int input) override;
  double fresh_counts();
  double median_of_five();

  LevelScale scale_;
};

/// Six Pt100 behind one AD7124-8: quantity "resistance" (ohm). The channel's calibration makes a
/// temperature of it. Its excitation and gain stay as its own set-up left them.
class PlatinumSensor : public ChipSensor {
 public:
  explicit PlatinumSensor(ChipParts parts);

 private:
  double convert(const std::string& quantity, int input) override;
};

/// ADS1115: quantity "voltage" (V) of four inputs.
class AnalogSensor : public ChipSensor {
 public:
  /// `gain` 1: to 4.096 V, 2: to 2.048 V.
  AnalogSensor(ChipParts parts, int gain);

 protected:
  AnalogSensor(ChipParts parts,
               int gain,
               std::string kind,
               std::vector<InstrumentQuantity> quantities);

  double convert(const std::string& quantity, int input) override;
  /// -32768 to 32767; what stands at an end is Refused.
  int counts(int input);

 private:
  int gain_;
};

/// Edwards WRG200 at one input of an ADS1115: "pressure" (Torr) and the gauge's "voltage".
class WideRangeGauge : public AnalogSensor {
 public:
  WideRangeGauge(ChipParts parts, int wired_to);

 private:
  double convert(const std::string& quantity, int input) override;

  int wired_to_;
};

/// Monitor outputs of a Spellman at an ADS1115: "voltage", "current", both setpoints, "resistance"
/// (ohm).
class HighVoltageMonitor : public AnalogSensor {
 public:
  explicit HighVoltageMonitor(ChipParts parts);

 private:
  double convert(const std::string& quantity, int input) override;
};

/// nullopt: outside 1.4 to 10 V the gauge says nothing.
std::optional<double> wide_range_torr(double volts);

}  // namespace fat
