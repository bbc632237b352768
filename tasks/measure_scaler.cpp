// PMTs of a run in the dark -> the rate of each, by the board's scalers.
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "arguments.hpp"
#include "bench_light.hpp"
#include "dark_pulses.hpp"
#include "data_files.hpp"
#include "high_voltage.hpp"
#include "module_work.hpp"
#include "pmt_result.hpp"

namespace fat {
namespace {

using Json = nlohmann::ordered_json;

constexpr int kScalerQuiet = 50;
constexpr double kRed = 4000;  // Hz
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

struct ScalerWish {
  int readings = 0;
  bool fir = false;
  std::string comment;
  BoxTemperatures box;
};

/// One module whose high voltage is there.
class Scalers {
 public:
  Scalers(const TaskContext& context, const ScalerWish& wish, const DataFiles& files)
      : context_(context), wish_(wish), files_(files) {}

  void measure(const TaskModule& module,
               DetectorModule& session,
               const std::vector<int>& channels) const {
    std::vector<DarkCounts> armed;
    for (const int channel : channels) {
      const double baseline = measure_baseline({context_, session, channel}, kScalerQuiet);
      armed.push_back({.channel = channel, .baseline = baseline, .counts = {}});
    }
    std::erase_if(armed, [&](const DarkCounts& one) {  // a stream disarms both
      return !arm({context_, module, one.channel}, session, one.baseline);
    });
    count_pulses(context_, session, armed, wish_.readings);
    disarm(session);
    const double celsius =
        wish_.box.module.value_or(session.read_slow_adc(SlowAdcChannel::Temperature).value);
    for (const auto& counts : armed) {
      keep({context_, module, counts.channel}, counts, celsius);
    }
  }

 private:
  /// False when nobody knows how high a photo-electron is.
  bool arm(const PmtResult& pmt, DetectorModule& session, double baseline) const {
    try {
      const auto trigger = quarter_electron(pmt.record().electron_height, wish_.fir);
      arm_dark(session, pmt.channel(), baseline, trigger);
      return true;
    } catch (const std::invalid_argument& error) {
      pmt.inconclusive(error.what());
      return false;
    }
  }

  void keep(const PmtResult& pmt, const DarkCounts& found, double celsius) const {
    const std::vector<Column> columns{{"pulses in 100 ms", "", found.counts}};
    files_.write_table(pmt.name() + "_scaler.csv", columns);
    const auto rate = found.rate();
    if (!rate) {
      pmt.inconclusive(DarkCounts::kNoDarkRate);
      return;
    }
    write_record(pmt, found.baseline);
    pmt.measured("dark_rate", rate->rate.value, "Hz", limits_at(celsius));
    say(context_,
        fmt::format("{}: {:.1f} +- {:.1f} Hz in the dark at {:.1f} degC",
                    pmt.name(),
                    rate->rate.value,
                    rate->error.value,
                    celsius),
        rate->rate.value > kRed ? "warning" : "info");
  }

  void write_record(const PmtResult& pmt, double baseline) const {
    Json entry{{"Folder", files_.folder().string()},
               {"Comment", wish_.comment},
               {"Constants",
                {{"Readings", wish_.readings},
                 {"PeriodUs", ScalerSetting{}.period_us},
                 {"Deadtime", ScalerSetting{}.deadtime}}},
               {"use_fir", wish_.fir},
               {"BaselineFilename", "AltMethod"},
               {"Baseline", baseline}};
    wish_.box.write(entry);
    pmt.keep("DarkrateScalerMeasurement", entry);
  }

  const TaskContext& context_;
  const ScalerWish& wish_;
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
  const ScalerWish wish{.readings = static_cast<int>(readings),
                        .fir = flag_argument(context, "use_fir"),
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
                     use_fir_parameter(),
                     hv_after_parameter(),
                     laser_parameter()};
  add_thermometer_parameters(info);
  info.measurements = {{.name = "dark_rate", .min = {}, .max = {}, .unit = "Hz"}};
  info.estimate = std::chrono::minutes{10};
  return {info, measure_scaler};
}

}  // namespace fat
