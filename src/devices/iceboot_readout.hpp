// High voltage, triggers and data of a module, over its iceboot session.
#pragma once

#include <array>
#include <optional>

#include "devices/iceboot_session.hpp"
#include "fat/ports/module_readout.hpp"

namespace fat {

/// Borrows the session.
class IcebootHighVoltage : public HighVoltage {
 public:
  explicit IcebootHighVoltage(IcebootSession& session) : session_(session) {}

  ModuleInterlocks interlocks() override;
  void enable(int channel, bool on) override;
  bool enabled(int channel) override;
  void set(int channel, int volts) override;

 private:
  IcebootSession& session_;
};

/// Borrows the session.
class IcebootReadout : public PmtReadout {
 public:
  explicit IcebootReadout(IcebootSession& session) : session_(session) {}

  void set_baseline(int channel, int dac) override;
  void set_samples(int channel, int before, int samples) override;
  void arm(int channel, TriggerSource source, int threshold) override;
  void start_stream(StreamMode mode, int first, int second) override;
  void set_variable_samples(int channel, int before, int after) override;
  void set_fir_coefficients(int channel, const FirCoefficients& coefficients) override;
  std::optional<PmtWaveform> read_waveform(Microseconds patience) override;
  std::vector<PmtWaveform> read_waveforms(Microseconds patience) override;
  std::vector<ChargeStamp> read_charges(int count, Microseconds patience) override;
  long long scaler_count(int channel, const ScalerSetting& setting) override;

 private:
  IcebootSession& session_;
  std::array<std::optional<ScalerSetting>, 2> scalers_;
};

}  // namespace fat
