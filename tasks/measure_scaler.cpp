// PMTs of a run in the dark -> the rate of each, by the board's scalers.
#include <algorithm>
#include <array>
#include <cmath>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "analysis/dark_rate.hpp"
#include "arguments.hpp"
#include "bench_light.hpp"
#include "data_files.hpp"
#include "high_voltage.hpp"
#include "module_json.hpp"
#include "module_work.hpp"
#include "pmt_readings.hpp"

namespace fat {
namespace {

using Json = nlohmann::ordered_json;

constexpr ScalerSetting kSetting{};  // 100 ms, 24 clocks: reference 1e
constexpr Microseconds kPeriod{kSetting.period_us};
constexpr int kQuietWaveforms = 50;
constexpr double kMostCounts = 10000;  // per period, in the median
constexpr double kRed = 4000;          // Hz
constexpr long long kMostReadings = 1'000'000;

/// The goalposts (reference 1e); at room temperature there is none.
Limits limits_at(double celsius) {
  constexpr double frozen = -12;
  constexpr double cold = 5;
  if (celsius < frozen) {
    return {.max = 2600};
  }
  return celsius < cold ? Limits{.max = 3000} : Limits{};
}

double median_of(std::vector<double> values) {
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::ranges::nth_element(values, middle);
  return *middle;
}

struct Wish {
  int readings = 0;
  std::string comment;
  BoxTemperatures box;
};

/// What was counted of one PMT.
struct Counts {
  double baseline = 0;         ///< ADC counts
  std::vector<double> counts;  ///< by period
};

/// One module whose high voltage is there.
class Scalers {
 public:
  Scalers(const TaskContext& context, const Wish& wish, const DataFiles& files)
      : context_(context), wish_(wish), files_(files) {}

  void measure(const TaskModule& module,
               DetectorModule& session,
               const std::vector<int>& channels) const {
    std::array<Counts, 2> found;
    std::vector<int> armed;
    for (const int channel : channels) {
      auto& one = found.at(static_cast<std::size_t>(channel));
      one.baseline = measure_baseline({context_, session, channel}, kQuietWaveforms);
      if (arm(module, session, channel, one.baseline)) {
        armed.push_back(channel);
      }
    }
    count(session, armed, found);
    session.readout().arm(0, TriggerSource::None, 0);
    const double celsius =
        wish_.box.module.value_or(session.read_slow_adc(SlowAdcChannel::Temperature).value);
    for (const int channel : armed) {
      keep(module, channel, found.at(static_cast<std::size_t>(channel)), celsius);
    }
  }

 private:
  /// False when nobody knows how high a photo-electron is.
  bool arm(const TaskModule& module, DetectorModule& session, int channel, double baseline) const {
    const auto height = module.pmts.at(static_cast<std::size_t>(channel)).electron_height;
    try {
      const int threshold = quarter_electron_threshold({height.value_or(0)});
      session.readout().arm(
          channel, TriggerSource::Threshold, static_cast<int>(std::lround(baseline)) + threshold);
      return true;
    } catch (const std::invalid_argument& error) {
      inconclusive(context_, module, channel, error.what());
      return false;
    }
  }

  void count(DetectorModule& session,
             const std::vector<int>& channels,
             std::array<Counts, 2>& found) const {
    for (const int channel : channels) {
      session.readout().scaler_count(channel, kSetting);  // of a period that is not whole
    }
    for (int reading = 0; reading < wish_.readings && !channels.empty(); ++reading) {
      context_.pause(kPeriod);
      for (const int channel : channels) {
        found.at(static_cast<std::size_t>(channel))
            .counts.push_back(
                static_cast<double>(session.readout().scaler_count(channel, kSetting)));
      }
      if (reading % 100 == 0) {
        context_.reporter.report(Heartbeat{});
      }
    }
  }

  void keep(const TaskModule& module, int channel, const Counts& found, double celsius) const {
    const auto name = fmt::format("{}_{}", module.entry.serial, channel_name(channel));
    const std::vector<Column> columns{{"pulses in 100 ms", "", found.counts}};
    files_.write_table(name + "_scaler.csv", columns);
    if (median_of(found.counts) > kMostCounts) {
      inconclusive(
          context_,
          module,
          channel,
          "more than 10000 pulses in 100 ms: is there light, is the threshold in the noise?");
      return;
    }
    double sum = 0;
    for (const double one : found.counts) {
      sum += one;
    }
    const auto rate = dark_rate(static_cast<std::uint64_t>(sum),
                                kPeriod * static_cast<long long>(found.counts.size()));
    write_record(module, channel, found.baseline);
    report(module, channel, rate, celsius);
  }

  void report(const TaskModule& module, int channel, const DarkRate& rate, double celsius) const {
    measured(context_,
             {.module = module.entry.serial,
              .channel = channel_name(channel),
              .name = "dark_rate",
              .value = rate.rate.value,
              .unit = "Hz",
              .limits = limits_at(celsius)});
    const auto text = fmt::format("{} {}: {:.1f} +- {:.1f} Hz in the dark at {:.1f} degC",
                                  module.entry.serial,
                                  channel_name(channel),
                                  rate.rate.value,
                                  rate.error.value,
                                  celsius);
    say(context_, text, rate.rate.value > kRed ? "warning" : "info");
  }

  void write_record(const TaskModule& module, int channel, double baseline) const {
    Json entry{{"Folder", files_.folder().string()},
               {"Comment", wish_.comment},
               {"Constants",
                {{"Readings", wish_.readings},
                 {"PeriodUs", kSetting.period_us},
                 {"Deadtime", kSetting.deadtime}}},
               {"use_fir", false},
               {"BaselineFilename", "AltMethod"},
               {"Baseline", baseline}};
    if (wish_.box.module) {
      entry["DEggSurfaceTemp"] = *wish_.box.module;
    }
    if (wish_.box.box) {
      entry["BoxSurfaceTemp"] = *wish_.box.box;
    }
    change_module_json(module.file, [&](Json& json) {
      auto& pmt = json[kPmtKeys.at(static_cast<std::size_t>(channel))];
      pmt[free_key(pmt, "DarkrateScalerMeasurement")] = entry;
    });
  }

  const TaskContext& context_;
  const Wish& wish_;
  const DataFiles& files_;
};

/// All modules at once, both PMTs of each at the same time.
TaskExit measure_scaler(const TaskContext& context) {
  const auto readings = integer_argument(context, "readings");
  if (readings < 1 || readings > kMostReadings) {
    throw std::runtime_error(fmt::format("readings is between 1 and {}", kMostReadings));
  }
  hv_after_argument(context);  // a wrong word is said before anything is switched
  require_laser_off(context);
  const Wish wish{.readings = static_cast<int>(readings),
                  .comment = comment_argument(context),
                  .box = read_box(context)};
  const DataFiles files{context, "measure_scaler"};
  const Scalers scalers{context, wish, files};
  return for_each_module(
      context, Together::AllModules, [&](const TaskModule& module, DetectorModule& session) {
        at_nominal_voltage(context, module, session, [&](const std::vector<int>& channels) {
          scalers.measure(module, session, channels);
        });
      });
}

}  // namespace

BuiltinTask measure_scaler_task() {
  TaskInfo info;
  info.name = "measure_scaler";
  info.summary = "dark rate of every PMT: laser off, scalers over a quarter photo-electron";
  info.recovery = Recovery::Rerun;  // nothing is written before the counting is complete
  info.needs_modules = true;
  info.parameters = {comment_parameter(),
                     parameter("readings", ParameterType::Integer, "5000", "periods of 100 ms"),
                     hv_after_parameter(),
                     laser_parameter()};
  std::ranges::move(thermometer_parameters(), std::back_inserter(info.parameters));
  info.measurements = {{.name = "dark_rate", .min = {}, .max = {}, .unit = "Hz"}};
  info.estimate = std::chrono::minutes{10};
  return {info, measure_scaler};
}

}  // namespace fat
