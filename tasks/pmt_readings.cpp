// One PMT of an open module -> its baseline, its pulses.
#include "pmt_readings.hpp"

#include <numeric>

#include "fat/ports/device_error.hpp"

namespace fat {
namespace {

constexpr int kSamplesBefore = 20;
constexpr int kPulseSamples = 128;
constexpr int kSoftwarePeriod = 10;  // ms
constexpr Microseconds kPatience = std::chrono::minutes{1};

/// nullopt when nothing came although the module answers.
std::optional<std::vector<PmtWaveform>> read_block(const PmtChannel& pmt) {
  try {
    return pmt.session.readout().read_waveforms(kPatience);
  } catch (const DeviceError& error) {
    if (error.fault() != DeviceFault::Timeout) {
      throw;
    }
    pmt.session.read_slow_adc(SlowAdcChannel::Temperature);  // throws when the module is silent
    return std::nullopt;
  }
}

struct Stream {
  StreamMode mode = StreamMode::Threshold;
  int samples = 0;
  int second = 0;  ///< threshold or period
};

std::vector<PmtWaveform> read_stream(const PmtChannel& pmt, const Stream& stream, int count) {
  auto& readout = pmt.session.readout();
  readout.set_baseline(pmt.channel, pmt.dac);
  readout.set_samples(pmt.channel, kSamplesBefore, stream.samples);
  readout.start_stream(stream.mode, pmt.channel, stream.second);
  std::vector<PmtWaveform> waveforms;
  while (waveforms.size() < static_cast<std::size_t>(count)) {
    const auto block = read_block(pmt);
    pmt.context.reporter.report(Heartbeat{});
    if (!block || block->empty()) {
      break;
    }
    for (const auto& waveform : *block) {
      if (waveform.channel == pmt.channel) {
        waveforms.push_back(waveform);
      }
    }
  }
  readout.arm(pmt.channel, TriggerSource::None, 0);
  waveforms.resize(std::min(waveforms.size(), static_cast<std::size_t>(count)));
  return waveforms;
}

/// Of anything with a time stamp.
template <typename Pulse>
Hertz rate_of(const std::vector<Pulse>& pulses) {
  if (pulses.size() < 2 || pulses.back().ticks <= pulses.front().ticks) {
    return {0};
  }
  const auto ticks = static_cast<double>(pulses.back().ticks - pulses.front().ticks);
  return {static_cast<double>(pulses.size()) / ticks * kTicksPerSecond};
}

}  // namespace

double measure_baseline(const PmtChannel& pmt, int waveforms, int samples) {
  const auto all =
      read_stream(pmt,
                  {.mode = StreamMode::Software, .samples = samples, .second = kSoftwarePeriod},
                  waveforms);
  double sum = 0;
  std::size_t summed = 0;
  for (const auto& waveform : all) {
    sum = std::accumulate(waveform.adc.begin(), waveform.adc.end(), sum);
    summed += waveform.adc.size();
  }
  if (summed == 0) {
    throw DeviceError{DeviceFault::Refused,
                      "PMT " + std::to_string(pmt.channel),
                      "no waveform came for the baseline although the module answers"};
  }
  return sum / static_cast<double>(summed);
}

std::vector<PmtWaveform> read_pulses(const PmtChannel& pmt, int threshold, int count) {
  return read_stream(
      pmt, {.mode = StreamMode::Threshold, .samples = kPulseSamples, .second = threshold}, count);
}

Hertz pulse_rate(const std::vector<PmtWaveform>& pulses) {
  return rate_of(pulses);
}

Hertz pulse_rate(const std::vector<ChargeStamp>& pulses) {
  return rate_of(pulses);
}

}  // namespace fat
