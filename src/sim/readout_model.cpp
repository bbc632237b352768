// Settings of a module's board, its PMTs and its bench -> waveforms, charges and counts.
#include "sim/readout_model.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <numeric>
#include <vector>

#include "fat/sim/pmt_truth.hpp"

namespace fat {
namespace {

constexpr double kClock = 240e6;       // Hz
constexpr double kFirstTick = 1;       // s: a stream does not begin at 0
constexpr double kLongestWait = 120;   // s without a trigger: the board gives up
constexpr double kNoise = 1.2;         // ADC counts
constexpr double kAfterPulses = 0.02;  // of each photo-electron, within a waveform
constexpr int kAfterPulseFrom = 60;    // samples behind the pulse
constexpr int kPulseSamples = 40;
constexpr int kLongest = 512;            // samples of a variable readout
constexpr std::size_t kOtherWords = 19;  // of a waveform, beside its samples
constexpr std::size_t kStreamBytes = 4096;
constexpr double kFirSum = 2, kFirScale = 16;  // as the original's coefficients and thresholds
constexpr int kMostAdc = 16383;
constexpr double kSyncCharge = 80;  // pC: far over any threshold
constexpr int kFormat = 0x8200;

void append(std::string& bytes, std::uint64_t value, int count) {
  for (int i = 0; i < count; ++i) {
    bytes += static_cast<char>(value & 0xffU);
    value >>= 8U;
  }
}

std::uint64_t ticks(double time) {
  return static_cast<std::uint64_t>((time + kFirstTick) * kClock);
}

}  // namespace

ReadoutModel::ReadoutModel(ModuleModel& module, const BenchModel& bench, const ModulePlace& place)
    : module_(module),
      bench_(bench),
      place_(place),
      sources_{PulseSource{module.identity().lower}, PulseSource{module.identity().upper}},
      random_(std::hash<std::string>{}(module.identity().flash_id)) {}

const PmtIdentity& ReadoutModel::pmt(int channel) const {
  return channel == 0 ? module_.identity().lower : module_.identity().upper;
}

PmtSurroundings ReadoutModel::around(int channel, Microseconds now) const {
  const double light = true_light(pmt(channel), bench_.light()) *
                       place_.fibres.at(static_cast<std::size_t>(channel));
  return {.volts = module_.hv(channel, now),
          .celsius = module_.temperature(now),
          .light = light,
          .laser_frequency = bench_.laser.frequency};
}

double ReadoutModel::baseline(int channel) const {
  const auto& settings = channels_.at(static_cast<std::size_t>(channel));
  return 8000 + (0.2 * (settings.dac - 30000)) + pmt(channel).pedestal;
}

double ReadoutModel::threshold(int channel) const {
  const auto& settings = channels_.at(static_cast<std::size_t>(channel));
  if (settings.trigger != Trigger::Fir) {
    return settings.adc_threshold - baseline(channel);
  }
  const int sum = std::accumulate(settings.fir.begin(), settings.fir.end(), 0);
  return settings.fir_threshold / kFirScale / (sum == 0 ? kFirSum : sum);
}

void ReadoutModel::begin(Microseconds now) {
  began_ = now;
  since_began_ = 0;
  ahead_ = {};
  unread_.clear();
}

void ReadoutModel::start_stream(int first, int second, int mode, Microseconds now) {
  begin(now);
  const int one = first & 1;
  software_ = mode == 1;
  software_channel_ = one;
  software_ms_ = software_ ? std::max(second, 1) : software_ms_;
  disarm();
  const bool fir = mode == 4 || mode == 5;
  const auto arm_at = [&](int number, int threshold) {
    auto& settings = channel(number);
    settings.trigger = fir ? Trigger::Fir : Trigger::Adc;
    (fir ? settings.fir_threshold : settings.adc_threshold) = threshold;
  };
  if (mode == 3 || mode == 5) {
    arm_at(0, first);
    arm_at(1, second);
  } else if (mode == 2) {
    channel(one).trigger = Trigger::External;
  } else if (!software_) {
    arm_at(one, second);
  }
}

void ReadoutModel::arm(int number, Trigger trigger, Microseconds now) {
  begin(now);
  software_ = false;
  channel(number).trigger = trigger;
}

void ReadoutModel::disarm() {
  for (auto& one : channels_) {
    one.trigger = Trigger::None;
  }
}

bool ReadoutModel::is_over_threshold(int number, const PmtPulse& pulse) {
  const double peak = sources_.at(static_cast<std::size_t>(number)).height(pulse.picocoulombs);
  return peak + (kNoise * random_.normal()) >= threshold(number);
}

/// The next rising edge of the generator's sync signal after `time` (s); nullopt when it is off.
std::optional<double> ReadoutModel::sync_after(double time) const {
  if (!bench_.laser.output || bench_.laser.frequency <= 0) {
    return std::nullopt;
  }
  return (std::floor((time * bench_.laser.frequency) + 0.5) + 1) / bench_.laser.frequency;
}

std::optional<PmtPulse> ReadoutModel::next_of(int number, Microseconds now) {
  const auto& source = sources_.at(static_cast<std::size_t>(number));
  const auto sync = sync_after(since_began_);
  if (place_.sees_sync) {
    return sync && number == 0 ? std::optional{PmtPulse{*sync, kSyncCharge}} : std::nullopt;
  }
  if (channel(number).trigger != Trigger::External) {
    return source.next(since_began_, around(number, now), random_);
  }
  return sync ? std::optional{PmtPulse{*sync, source.laser_charge(around(number, now), random_)}}
              : std::nullopt;
}

/// The earliest pulse of the armed channels, whatever its height.
std::optional<ReadoutModel::Trace> ReadoutModel::next_of_all(Microseconds now) {
  std::optional<Trace> first;
  for (int number = 0; number < 2; ++number) {
    const auto index = static_cast<std::size_t>(number);
    const auto trigger = channel(number).trigger;
    if (trigger == Trigger::None) {
      continue;
    }
    auto& next = ahead_.at(index);
    if (!next) {
      next = next_of(number, now);
    }
    if (next && (!first || next->time < first->pulse.time)) {
      first = Trace{number, *next, trigger == Trigger::External};
    }
  }
  return first;
}

std::optional<ReadoutModel::Trace> ReadoutModel::next_trigger(Microseconds now) {
  if (software_) {
    since_began_ += software_ms_ * 1e-3;
    return Trace{software_channel_, {since_began_, 0}, false};
  }
  const double give_up = since_began_ + kLongestWait;
  while (auto trace = next_of_all(now)) {
    ahead_.at(static_cast<std::size_t>(trace->channel)).reset();
    since_began_ = std::max(since_began_, trace->pulse.time);
    if (since_began_ > give_up) {
      break;
    }
    if (trace->sync || is_over_threshold(trace->channel, trace->pulse)) {
      return trace;
    }
  }
  since_began_ = give_up;
  return std::nullopt;
}

Microseconds ReadoutModel::wait_for_last(Microseconds now) const {
  const auto at = began_ + Microseconds{static_cast<long long>(since_began_ * 1e6)};
  return std::max(at - now, Microseconds{0});
}

std::optional<std::string> ReadoutModel::charge_block(std::size_t bytes,
                                                      Microseconds now,
                                                      Microseconds& takes) {
  std::string block;
  while (block.size() + 14 <= bytes) {
    const auto trace = next_trigger(now);
    takes = wait_for_last(now);
    if (!trace) {
      return std::nullopt;
    }
    const auto at = ticks(trace->pulse.time);
    append(block, 0x10U | (((at >> 48U) & 3U) << 6U), 1);
    append(block, static_cast<unsigned>(trace->channel), 1);
    append(block, 0, 2);
    append(block, at, 6);
    append(block,
           std::bit_cast<std::uint32_t>(static_cast<float>(trace->pulse.picocoulombs * 1e-12)),
           4);
  }
  block.resize(bytes, '\0');
  return block;
}

/// Samples of that pulse, its after-pulses and the baseline, without noise.
std::vector<double> ReadoutModel::signal(const Trace& trace, Microseconds now) {
  const auto& settings = channel(trace.channel);
  const auto& source = sources_.at(static_cast<std::size_t>(trace.channel));
  const int samples = settings.variable_after < 0 ? settings.samples : kLongest;
  std::vector<double> values(static_cast<std::size_t>(samples), baseline(trace.channel));
  const auto add = [&](double picocoulombs, double position) {
    const double peak = source.height(picocoulombs);
    const int first = std::max(0, static_cast<int>(position) - kPulseSamples);
    const int last = std::min(samples, static_cast<int>(position) + kPulseSamples);
    for (int sample = first; sample < last && picocoulombs > 0; ++sample) {
      values[static_cast<std::size_t>(sample)] += peak * source.shape(sample - position);
    }
  };
  const double position = settings.before + random_.uniform() - 0.5;
  add(trace.pulse.picocoulombs, position);
  const auto surroundings = around(trace.channel, now);
  const int after =
      random_.poisson(kAfterPulses * source.electrons(trace.pulse.picocoulombs, surroundings));
  for (int i = 0; i < after; ++i) {
    const double delay = kAfterPulseFrom + (random_.uniform() * kLongest);
    add(source.charge(1, surroundings, random_), position + delay);
  }
  if (settings.variable_after >= 0) {
    const double lowest = baseline(trace.channel) + threshold(trace.channel);
    auto last = values.size();
    while (last > 0 && values[last - 1] < lowest) {
      --last;
    }
    const auto kept = last + static_cast<std::size_t>(settings.variable_after);
    values.resize(std::min(values.size(), kept));
  }
  return values;
}

std::string ReadoutModel::record(const Trace& trace, Microseconds now) {
  const auto values = signal(trace, now);
  const auto at = ticks(trace.pulse.time);
  std::string bytes;
  append(bytes, static_cast<unsigned>(kFormat | trace.channel), 2);
  append(bytes, values.size(), 2);
  append(bytes, ((at & 3U) << 6U) | (trace.sync ? 0x100U : 0U), 2);
  append(bytes, at >> 34U, 2);
  append(bytes, at >> 18U, 2);
  append(bytes, at >> 2U, 2);
  append(bytes, 0, 22);  // the board's own charge and pattern
  for (const double value : values) {
    const auto adc = std::lround(value + (kNoise * random_.normal()));
    append(bytes, static_cast<std::uint64_t>(std::clamp<long>(adc, 0, kMostAdc)) << 2U, 2);
  }
  append(bytes, 0, 4);
  return bytes;
}

std::string ReadoutModel::stream_part(Microseconds now, Microseconds& takes) {
  if (unread_.empty()) {
    unread_ = waveform(now, takes);
    std::string size;
    append(size, unread_.size() / 2, 4);
    return size;
  }
  auto part = unread_.substr(0, kStreamBytes);
  unread_.erase(0, part.size());
  return part;
}

std::string ReadoutModel::waveform(Microseconds now, Microseconds& takes) {
  const auto trace = next_trigger(now);
  takes = wait_for_last(now);
  return trace ? record(*trace, now) : std::string{};
}

std::string ReadoutModel::waveform_block(std::size_t bytes, Microseconds now, Microseconds& takes) {
  std::string block;
  int longest = 0;
  for (const auto& one : channels_) {
    longest = std::max(longest, one.variable_after < 0 ? one.samples : kLongest);
  }
  const std::size_t most = 4 + (2 * (static_cast<std::size_t>(longest) + kOtherWords));
  while (block.size() + most + 4 <= bytes) {
    const auto words = waveform(now, takes);
    if (words.empty()) {
      break;
    }
    append(block, words.size() / 2, 4);
    block += words;
  }
  block.resize(bytes, '\0');
  return block;
}

// Each period has numbers of its own: who asks twice within one hears the same.
int ReadoutModel::scaler_count(int number, Microseconds now) const {
  const auto& settings = channels_.at(static_cast<std::size_t>(number));
  if (settings.scaler_period_us <= 0) {
    return 0;
  }
  const auto period = (now - settings.scaler_began).count() / settings.scaler_period_us;
  if (period < 1) {
    return 0;
  }
  Random random{std::hash<std::string>{}(pmt(number).serial) + static_cast<std::uint64_t>(period)};
  const auto& source = sources_.at(static_cast<std::size_t>(number));
  const auto surroundings = around(number, now);
  const double lowest = threshold(number);
  const double end = settings.scaler_period_us * 1e-6;
  const double dead = settings.scaler_deadtime / kClock;
  int count = 0;
  double free_from = 0;
  for (auto pulse = source.next(0, surroundings, random); pulse.time < end;
       pulse = source.next(pulse.time, surroundings, random)) {
    const double peak = source.height(pulse.picocoulombs) + (kNoise * random.normal());
    if (pulse.time >= free_from && peak >= lowest) {
      ++count;
      free_from = pulse.time + dead;
    }
  }
  return count;
}

}  // namespace fat
