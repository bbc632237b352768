// Settings of a module's board, its PMTs and its bench -> waveforms, charges and counts.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "sim/module_model.hpp"
#include "sim/pulse_source.hpp"
#include "sim/random.hpp"

namespace fat {

/// What the board keeps of its PMTs' pulses. What was triggered waits in the board until it is
/// read: blocks follow one another without a gap.
class ReadoutModel {
 public:
  ReadoutModel(ModuleModel& module, const BenchModel& bench, const ModulePlace& place);

  enum class Trigger { None, Adc, Fir, External };

  struct Channel {
    int dac = 30000;
    int before = 20, samples = 128;
    int adc_threshold = 16000;  ///< ADC counts
    int fir_threshold = 16000;  ///< of the filtered signal
    std::array<int, 16> fir{};  ///< coefficients; all 0: as if they summed up to 2
    Trigger trigger = Trigger::None;
    int variable_after = -1;  ///< samples after the last one over the threshold; below 0: constant
    int scaler_period_us = 0, scaler_deadtime = 0;
    Microseconds scaler_began{0};
  };

  Channel& channel(int number) { return channels_.at(static_cast<std::size_t>(number)); }

  /// (first, second, mode) as of startDEggWfmStream.
  void start_stream(int first, int second, int mode, Microseconds now);
  void arm(int number, Trigger trigger, Microseconds now);
  void disarm();

  /// Stamps of the armed channels, exactly so many bytes, and after which time they are complete;
  /// nullopt when the board waits in vain.
  std::optional<std::string> charge_block(std::size_t bytes, Microseconds now, Microseconds& takes);
  /// Fewer waveforms than fit in when the board waits in vain.
  std::string waveform_block(std::size_t bytes, Microseconds now, Microseconds& takes);
  /// One waveform's words; empty when the board waits in vain.
  std::string waveform(Microseconds now, Microseconds& takes);
  /// How many words the next waveform has, then in further calls these, at most 2048 at once.
  std::string stream_part(Microseconds now, Microseconds& takes);
  /// Pulses in the last whole period since enableScalers; 0 before its end.
  int scaler_count(int number, Microseconds now) const;

 private:
  struct Trace {
    int channel = 0;
    PmtPulse pulse;
    bool sync = false;
  };

  const PmtIdentity& pmt(int channel) const;
  PmtSurroundings around(int channel, Microseconds now) const;
  double baseline(int channel) const;
  /// ADC counts above the baseline.
  double threshold(int channel) const;
  void begin(Microseconds now);
  std::optional<double> sync_after(double time) const;
  std::optional<PmtPulse> next_of(int number, Microseconds now);
  std::optional<Trace> next_trigger(Microseconds now);
  std::optional<Trace> next_of_all(Microseconds now);
  bool is_over_threshold(int number, const PmtPulse& pulse);
  std::vector<double> signal(const Trace& trace, Microseconds now);
  std::string record(const Trace& trace, Microseconds now);
  Microseconds wait_for_last(Microseconds now) const;

  ModuleModel& module_;
  const BenchModel& bench_;
  const ModulePlace& place_;
  std::array<PulseSource, 2> sources_;
  Random random_;
  std::array<Channel, 2> channels_;
  bool software_ = false;
  int software_channel_ = 0, software_ms_ = 10;
  Microseconds began_{0};
  double since_began_ = 0;                        ///< s, of the last trigger
  std::array<std::optional<PmtPulse>, 2> ahead_;  ///< the next pulse of each armed channel
  std::string unread_;                            ///< words of the waveform that is being read
};

}  // namespace fat
