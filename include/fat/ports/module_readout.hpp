// What a module's board does for its PMTs: high voltage, triggers, waveforms, charges, counts.
// Channel 0 is the lower PMT, 1 the upper. Every function throws DeviceError.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <vector>

#include "fat/model/instant.hpp"

namespace fat {

/// What must be allowed before the board obeys (FieldHub::allow).
struct ModuleInterlocks {
  bool high_voltage = false, flash = false, lid = false, fpga_configuration = false;
  bool light_sensor = false;  ///< lets the high voltage be on

  bool operator==(const ModuleInterlocks&) const = default;
};

/// Implementations: `IcebootHighVoltage` (devices), fakes in tests/tasks.
class HighVoltage {
 public:
  virtual ~HighVoltage() = default;
  virtual ModuleInterlocks interlocks() = 0;
  /// Reads back whether it did.
  virtual void enable(int channel, bool on) = 0;
  virtual bool enabled(int channel) = 0;
  /// Whole volts, 0 to 2000. Returns while the board ramps (50 V/s): the slow ADC tells how far it
  /// is.
  virtual void set(int channel, int volts) = 0;
};

constexpr double kTicksPerSecond = 240e6;  ///< of the clock in time stamps

struct PmtWaveform {
  int channel = 0;
  bool sync = false;               ///< an external signal came with it
  std::uint64_t ticks = 0;         ///< 50 bits
  std::vector<std::uint16_t> adc;  ///< 14 bits, one each 1/240 us

  bool operator==(const PmtWaveform&) const = default;
};

struct ChargeStamp {
  int channel = 0;
  std::uint64_t ticks = 0;  ///< 50 bits
  double picocoulombs = 0;
  bool good = false;  ///< the board marks neither waveform nor charge nor time as bad

  bool operator==(const ChargeStamp&) const = default;
};

enum class TriggerSource { None, Threshold, Fir, External };

/// How `start_stream` triggers; the numbers are the wire's.
enum class StreamMode { Threshold = 0, Software = 1, External = 2, Dual = 3, Fir = 4, DualFir = 5 };

using FirCoefficients = std::array<int, 16>;

struct ScalerSetting {
  int period_us = 100000;
  int deadtime = 24;  ///< clocks

  bool operator==(const ScalerSetting&) const = default;
};

/// Implementations: `IcebootReadout` (devices), fakes in tests/tasks.
class PmtReadout {
 public:
  virtual ~PmtReadout() = default;
  /// 0..65535; 30000 puts the baseline near 8000 ADC counts.
  virtual void set_baseline(int channel, int dac) = 0;
  virtual void set_samples(int channel, int before, int samples) = 0;
  /// ADC counts; None disarms both channels.
  virtual void arm(int channel, TriggerSource source, int threshold) = 0;
  /// What `first` and `second` are depends on the mode (channel and threshold, or two thresholds).
  virtual void start_stream(StreamMode mode, int first, int second) = 0;
  /// From `before` samples before the threshold to `after` behind the last sample over it.
  virtual void set_variable_samples(int channel, int before, int after) = 0;
  /// Of the filter in front of the Fir trigger, oldest sample first.
  virtual void set_fir_coefficients(int channel, const FirCoefficients& coefficients) = 0;
  /// One, of any length; nullopt when the board has none to give. After a failure the stream has to
  /// be started again.
  virtual std::optional<PmtWaveform> read_waveform(Microseconds patience) = 0;
  /// What a block of 66000 bytes holds; waits at most `patience` for it to begin.
  virtual std::vector<PmtWaveform> read_waveforms(Microseconds patience) = 0;
  /// Exactly `count`, 1 to 4000.
  virtual std::vector<ChargeStamp> read_charges(int count, Microseconds patience) = 0;
  /// Of the last whole period; the first one after another setting is not whole.
  virtual long long scaler_count(int channel, const ScalerSetting& setting) = 0;
};

}  // namespace fat
