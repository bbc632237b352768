// Settings and high voltage of a module -> waveforms, charges and counts of its PMTs.
#include "sim/readout_model.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <numbers>

namespace fat {
namespace {

constexpr double kClock = 240e6;  // Hz
constexpr double kOnePe = 1.602;  // pC at a gain of 1e7
constexpr double kGainPower = 6.8;
constexpr double kSpread = 0.35;
constexpr double kDarkRate = 900;                               // Hz, while the high voltage is on
constexpr double kLowestHv = 1000;                              // V
constexpr double kVoltsPerCount = 0.075e-3, kFrontEnd = 36.96;  // V, ohm
constexpr double kNoise = 1.2;                                  // ADC counts
constexpr double kPulseWidth = 1.6;                             // samples
constexpr int kMostAdc = 16383;
constexpr int kSoftware = 1;

void append(std::string& bytes, std::uint64_t value, int count) {
  for (int i = 0; i < count; ++i) {
    bytes += static_cast<char>(value & 0xffU);
    value >>= 8U;
  }
}

double baseline_of(int dac) {
  return 8000 + (0.2 * (dac - 30000));
}

}  // namespace

ReadoutModel::ReadoutModel(ModuleModel& module)
    : module_(module), random_(std::hash<std::string>{}(module.identity().flash_id)) {}

void ReadoutModel::start_stream(int first, int second, int mode) {
  stream_mode_ = mode;
  stream_channel_ = mode == 3 || mode == 5 ? -1 : first & 1;
  software_ms_ = mode == kSoftware ? std::max(second, 1) : 10;
  for (int number = 0; number < 2; ++number) {
    channel(number).armed = stream_channel_ < 0 || stream_channel_ == number;
  }
}

double ReadoutModel::rate(int number, Microseconds now) const {
  return module_.hv(number, now) >= kLowestHv ? kDarkRate : 0.5;
}

double ReadoutModel::charge(int number, Microseconds now) {
  const auto& identity = module_.identity();
  const auto& pmt = number == 0 ? identity.lower : identity.upper;
  const auto gain = std::pow(module_.hv(number, now) / pmt.hv_for_1e7_gain, kGainPower);
  return std::max(0.02, kOnePe * gain * (1 + (kSpread * random_.normal())));
}

ReadoutModel::Pulse ReadoutModel::next_pulse(Microseconds now) {
  const bool both = channels_[0].armed && channels_[1].armed;
  const int one = channels_[1].armed ? 1 : 0;
  const int number = both ? static_cast<int>(random_.next() & 1U) : one;
  if (stream_mode_ == kSoftware) {
    since_start_ += software_ms_ * 1e-3;
    return {stream_channel_ < 0 ? 0 : stream_channel_,
            static_cast<std::uint64_t>(since_start_ * kClock),
            0};
  }
  const double frequency = rate(number, now) * (both ? 2 : 1);
  since_start_ += -std::log(1 - random_.uniform()) / frequency;
  return {number, static_cast<std::uint64_t>(since_start_ * kClock), charge(number, now)};
}

std::string ReadoutModel::charge_block(std::size_t bytes, Microseconds now, Microseconds& takes) {
  std::string block;
  const double start = since_start_;
  while (block.size() + 14 <= bytes) {
    const auto pulse = next_pulse(now);
    append(block, 0x10U | ((pulse.ticks >> 48U) << 6U), 1);
    append(block, static_cast<unsigned>(pulse.channel), 1);
    append(block, 0, 2);
    append(block, pulse.ticks, 6);
    append(block, std::bit_cast<std::uint32_t>(static_cast<float>(pulse.picocoulombs * 1e-12)), 4);
  }
  block.resize(bytes, '\0');
  takes = Microseconds{static_cast<long long>((since_start_ - start) * 1e6)};
  return block;
}

std::string ReadoutModel::waveform(const Pulse& pulse) {
  const auto& settings = channel(pulse.channel);
  std::string bytes;
  append(bytes, 0x8200U | static_cast<unsigned>(pulse.channel), 2);
  append(bytes, static_cast<unsigned>(settings.samples), 2);
  append(bytes, (pulse.ticks & 3U) << 6U, 2);
  append(bytes, pulse.ticks >> 34U, 2);
  append(bytes, pulse.ticks >> 18U, 2);
  append(bytes, pulse.ticks >> 2U, 2);
  append(bytes, 0, 22);  // the board's own charge and pattern
  const double counts = pulse.picocoulombs * 1e-12 * kClock * kFrontEnd / kVoltsPerCount;
  const double peak = counts / (kPulseWidth * std::sqrt(2 * std::numbers::pi));
  for (int sample = 0; sample < settings.samples; ++sample) {
    const double away = (sample - settings.before) / kPulseWidth;
    const double value = baseline_of(settings.dac) + (peak * std::exp(-away * away / 2)) +
                         (kNoise * random_.normal());
    append(bytes,
           static_cast<std::uint64_t>(std::clamp<long>(std::lround(value), 0, kMostAdc)) << 2U,
           2);
  }
  append(bytes, 0, 4);
  return bytes;
}

std::string ReadoutModel::waveform_block(std::size_t bytes, Microseconds now, Microseconds& takes) {
  std::string block;
  const double start = since_start_;
  while (true) {
    const auto record = waveform(next_pulse(now));
    if (block.size() + record.size() + 8 > bytes) {
      break;
    }
    append(block, record.size() / 2, 4);
    block += record;
  }
  block.resize(bytes, '\0');
  takes = Microseconds{static_cast<long long>((since_start_ - start) * 1e6)};
  return block;
}

int ReadoutModel::scaler_count(int number, Microseconds now) {
  const double mean = rate(number, now) * channel(number).scaler_period_us * 1e-6;
  return static_cast<int>(std::max(0.0, std::round(mean + (std::sqrt(mean) * random_.normal()))));
}

}  // namespace fat
