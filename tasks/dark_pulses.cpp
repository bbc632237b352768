// PMTs of an open module in the dark -> their pulses: counted by the scalers, or one by one.
#include "dark_pulses.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "builtin_task.hpp"
#include "fat/ports/device_error.hpp"

namespace fat {
namespace {

constexpr ScalerSetting kScaler{};  // 100 ms, 24 clocks: reference 1e
constexpr Microseconds kScalerPeriod{kScaler.period_us};
constexpr double kMostCounts = 10000;  // per period, in the median
constexpr int kStampBlock = 400;
constexpr int kStampFailures = 3;
constexpr Microseconds kStampPatience = std::chrono::minutes{2};

/// Two of sixteen; the threshold counts their sum, sixteen steps to one ADC count (reference 1e).
constexpr FirCoefficients kFir{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 0, 0, 0, 0};
constexpr int kFirSum = 2, kFirSteps = 16;

double median_count(std::vector<double> values) {
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::ranges::nth_element(values, middle);
  return *middle;
}

}  // namespace

ParameterInfo use_fir_parameter() {
  return parameter("use_fir",
                   ParameterType::Boolean,
                   "false",
                   "true: trigger behind the board's FIR filter, not in the samples");
}

DarkTrigger quarter_electron(std::optional<double> height, bool fir) {
  return {.over_baseline = quarter_electron_threshold({height.value_or(0)}), .fir = fir};
}

void arm_dark(DetectorModule& session, int channel, double baseline, const DarkTrigger& trigger) {
  auto& readout = session.readout();
  if (trigger.fir) {
    readout.set_fir_coefficients(channel, kFir);
    readout.arm(channel, TriggerSource::Fir, trigger.over_baseline * kFirSum * kFirSteps);
    return;
  }
  readout.arm(channel,
              TriggerSource::Threshold,
              static_cast<int>(std::lround(baseline)) + trigger.over_baseline);
}

void disarm(DetectorModule& session) {
  session.readout().arm(0, TriggerSource::None, 0);
}

std::optional<DarkRate> DarkCounts::rate() const {
  if (counts.empty() || median_count(counts) > kMostCounts) {
    return std::nullopt;
  }
  const double sum = std::accumulate(counts.begin(), counts.end(), 0.0);
  return dark_rate(static_cast<std::uint64_t>(sum),
                   kScalerPeriod * static_cast<long long>(counts.size()));
}

void count_pulses(const TaskContext& context,
                  DetectorModule& session,
                  std::span<DarkCounts> pmts,
                  int readings) {
  for (const auto& pmt : pmts) {
    session.readout().scaler_count(pmt.channel, kScaler);  // of a period that is not whole
  }
  for (int reading = 0; reading < readings && !pmts.empty(); ++reading) {
    context.pause(kScalerPeriod);
    for (auto& pmt : pmts) {
      pmt.counts.push_back(
          static_cast<double>(session.readout().scaler_count(pmt.channel, kScaler)));
    }
    if (reading % 100 == 0) {
      context.reporter.report(Heartbeat{});
    }
  }
}

std::vector<ChargeStamp> read_stamps(const PmtChannel& pmt,
                                     double baseline,
                                     const DarkTrigger& trigger,
                                     int count) {
  auto& session = pmt.session;
  const auto begin = [&] {
    disarm(session);  // the other PMT, too
    session.readout().set_baseline(pmt.channel, pmt.dac);
    arm_dark(session, pmt.channel, baseline, trigger);
  };
  begin();
  std::vector<ChargeStamp> stamps;
  for (int failures = 0; stamps.size() < static_cast<std::size_t>(count);) {
    const int left = count - static_cast<int>(stamps.size());
    try {
      std::ranges::move(session.readout().read_charges(std::min(left, kStampBlock), kStampPatience),
                        std::back_inserter(stamps));
      pmt.context.reporter.report(Heartbeat{});
    } catch (const DeviceError&) {
      session.read_slow_adc(SlowAdcChannel::Temperature);  // throws when the module is silent
      if (++failures == kStampFailures) {
        break;
      }
      begin();
    }
  }
  disarm(session);
  return stamps;
}

std::vector<double> charges_of(std::span<const ChargeStamp> stamps) {
  std::vector<double> charges;
  charges.reserve(stamps.size());
  for (const auto& stamp : stamps) {
    if (stamp.good) {
      charges.push_back(stamp.picocoulombs);
    }
  }
  return charges;
}

std::vector<double> intervals_of(std::span<const ChargeStamp> stamps) {
  std::vector<double> intervals;
  for (std::size_t i = 1; i < stamps.size(); ++i) {
    if (stamps[i].ticks > stamps[i - 1].ticks) {
      intervals.push_back(static_cast<double>(stamps[i].ticks - stamps[i - 1].ticks) /
                          kTicksPerSecond);
    }
  }
  return intervals;
}

double highest_dark_rate(double celsius, bool fir) {
  constexpr double frozen = -12, thawed = 0;
  if (celsius < frozen) {
    return fir ? 4000 : 6000;
  }
  if (celsius < thawed) {
    return fir ? 4800 : 8000;
  }
  return fir ? 11000 : 14000;
}

}  // namespace fat
