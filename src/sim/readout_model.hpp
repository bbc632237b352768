// Settings and high voltage of a module -> waveforms, charges and counts of its PMTs.
#pragma once

#include <array>
#include <cstdint>
#include <string>

#include "sim/module_model.hpp"
#include "sim/random.hpp"

namespace fat {

/// Each PMT sends dark pulses of one photo-electron at random times; its gain goes with a power of
/// the voltage and is 1e7 at the voltage of its identity. No light, no after-pulses yet.
class ReadoutModel {
 public:
  explicit ReadoutModel(ModuleModel& module);

  struct Channel {
    int dac = 30000;
    int before = 20, samples = 128;
    int threshold = 16000;  ///< ADC counts
    bool armed = false;
    int scaler_period_us = 0;
  };

  Channel& channel(int number) { return channels_.at(static_cast<std::size_t>(number)); }

  /// (first, second, mode) as of startDEggWfmStream.
  void start_stream(int first, int second, int mode);

  /// Bytes, and how long they take to come: `count` stamps of the channels that are armed.
  std::string charge_block(std::size_t bytes, Microseconds now, Microseconds& takes);
  std::string waveform_block(std::size_t bytes, Microseconds now, Microseconds& takes);
  /// Pulses in one period.
  int scaler_count(int number, Microseconds now);

 private:
  struct Pulse {
    int channel = 0;
    std::uint64_t ticks = 0;
    double picocoulombs = 0;
  };

  double rate(int number, Microseconds now) const;
  double charge(int number, Microseconds now);
  Pulse next_pulse(Microseconds now);
  std::string waveform(const Pulse& pulse);

  ModuleModel& module_;
  Random random_;
  std::array<Channel, 2> channels_;
  int stream_mode_ = 0, stream_channel_ = 0, software_ms_ = 10;
  double since_start_ = 1;  ///< s, of the last pulse
};

}  // namespace fat
