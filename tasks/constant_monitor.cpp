// PMTs of a run at a steady temperature -> again and again: charge of a photo-electron, dark rate,
// intervals; and how they spread over the campaign.
#include <array>
#include <stdexcept>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "arguments.hpp"
#include "bench_light.hpp"
#include "high_voltage.hpp"
#include "laser_light.hpp"
#include "module_work.hpp"
#include "pmt_monitor.hpp"

namespace fat {
namespace {

using Json = nlohmann::ordered_json;

constexpr int kMostIterations = 1000;
constexpr int kConstantCheckEvents = 30000;
constexpr double kIsOn = 1000;  // V, as read back
constexpr const char* kKind = "AdvancedMonitoring";
// Goalposts (reference 1e).
constexpr Limits kSpread{.max = 0.1, .warn_max = 0.055};  // pC
constexpr double kMostHighRates = 3;

/// What every monitoring of this PMT has written under names that begin so, in this campaign.
std::vector<double> history_of(const Json& pmt, const std::string& name) {
  std::vector<double> values;
  for (const auto& [kind, entry] : pmt.items()) {
    if (!kind.starts_with(kKind) || !entry.is_object()) {
      continue;
    }
    for (const auto& [key, value] : entry.items()) {
      if (key.starts_with(name) && value.is_number()) {
        values.push_back(value.get<double>());
      }
    }
  }
  return values;
}

class ConstantMonitor {
 public:
  explicit ConstantMonitor(const TaskContext& context)
      : context_(context),
        wish_(monitor_wish_of(context)),
        iterations_(bounded_argument(context, "max_i", 1, kMostIterations)),
        files_(context, "constant_monitor"),
        monitor_(context, wish_, files_) {}

  void watch(const TaskModule& module, DetectorModule& session) const {
    const auto reset = was_off(module, session);
    at_nominal_voltage(context_, module, session, [&](const std::vector<int>& channels) {
      std::array<Json, 2> entries;
      for (const int channel : channels) {
        entries.at(static_cast<std::size_t>(channel)) = begin(reset, channel);
      }
      for (int iteration = 0; iteration < iterations_; ++iteration) {
        iterate(module, session, channels, iteration, entries);
      }
      for (const int channel : channels) {
        keep({context_, module, channel}, entries.at(static_cast<std::size_t>(channel)));
      }
    });
  }

 private:
  /// By PMT. Said as a warning unless `ignoreWarn`.
  std::array<bool, 2> was_off(const TaskModule& module, DetectorModule& session) const {
    std::array<bool, 2> off{};
    for (const int channel : {0, 1}) {
      PmtHighVoltage high_voltage{context_, module, session, channel};
      const auto state = high_voltage.state();
      off.at(static_cast<std::size_t>(channel)) = !state.on || state.volts < kIsOn;
      if (off.at(static_cast<std::size_t>(channel)) && !flag_argument(context_, "ignoreWarn")) {
        say(context_,
            fmt::format("{}: the high voltage was at {:.0f} V and is brought up for the "
                        "monitoring: what came before was not steady",
                        high_voltage.name(),
                        state.volts),
            "warning");
      }
    }
    return off;
  }

  Json begin(const std::array<bool, 2>& reset, int channel) const {
    return {{"Folder", files_.folder().string()},
            {"Comment", comment_argument(context_)},
            {"MaxIter", iterations_},
            {"UseFir", wish_.fir},
            {"ResetHV", reset.at(static_cast<std::size_t>(channel)) ? "Yes" : "No"}};
  }

  void iterate(const TaskModule& module,
               DetectorModule& session,
               const std::vector<int>& channels,
               int iteration,
               std::array<Json, 2>& entries) const {
    const auto found = monitor_.look(module, session, channels);
    const double celsius = session.read_slow_adc(SlowAdcChannel::Temperature).value;
    const double pressure = session.pressure();
    for (const auto& one : found) {
      const PmtResult pmt{context_, module, one.channel};
      monitor_.tell(pmt, one, celsius, fmt::format("{}_{:02}", pmt.name(), iteration));
      auto& entry = entries.at(static_cast<std::size_t>(one.channel));
      const auto number = std::to_string(iteration);
      entry["Pressure" + number] = pressure;
      entry["HVReadBack" + number] = one.volts;
      if (one.check) {
        entry["SPEPeak" + number] = one.check->peak.mean.value;
      }
      if (const auto rate = one.counts.rate()) {
        entry["DarkRate" + number] = rate->rate.value;
        entry["HighDarkRate" + number] =
            rate->rate.value > highest_dark_rate(celsius, wish_.fir) ? 1 : 0;
      }
    }
  }

  static void keep(const PmtResult& pmt, const Json& entry) {
    const auto json = pmt.keep(kKind, entry);
    if (const auto peaks = history_of(json, "SPEPeak"); peaks.size() > 1) {
      pmt.measured("spe_peak_spread", spread_of(peaks), "pC", kSpread);
    }
    double high = 0;
    for (const double one : history_of(json, "HighDarkRate")) {
      high += one;
    }
    pmt.measured("high_dark_rates", high, "", {.max = kMostHighRates});
  }

  const TaskContext& context_;
  MonitorWish wish_;
  int iterations_;
  DataFiles files_;
  PmtMonitor monitor_;
};

/// One module of a wire pair at a time; all wire pairs at once.
TaskExit constant_monitor(const TaskContext& context) {
  hv_after_argument(context);  // a wrong word is said before anything is switched
  const ConstantMonitor monitor{context};
  require_laser_off(context);
  return for_each_module(
      context, Together::OnePerWirePair, [&](const TaskModule& module, DetectorModule& session) {
        monitor.watch(module, session);
      });
}

}  // namespace

BuiltinTask constant_monitor_task() {
  TaskInfo info;
  info.name = "constant_monitor";
  info.summary =
      "every PMT at its voltage, in the dark: is it as it was? charge, dark rate, intervals";
  info.recovery = Recovery::Rerun;  // nothing is written before the last iteration
  info.needs_modules = true;
  info.parameters = {comment_parameter(),
                     parameter("max_i", ParameterType::Integer, "1", "how often"),
                     parameter("ignoreWarn",
                               ParameterType::Boolean,
                               "false",
                               "true: say nothing when the high voltage was off before")};
  add_monitor_parameters(info, kConstantCheckEvents);
  info.parameters.push_back(hv_after_parameter());
  info.parameters.push_back(laser_parameter());
  info.measurements = {{.name = "spe_peak_charge", .min = {}, .max = {}, .unit = "pC"},
                       {.name = "dark_rate", .min = {}, .max = {}, .unit = "Hz"},
                       {.name = "pulse_interval", .min = {}, .max = {}, .unit = "ms"},
                       {.name = "high_dark_rates", .min = {}, .max = kMostHighRates, .unit = {}}};
  info.estimate = std::chrono::minutes{14};
  return {info, constant_monitor};
}

}  // namespace fat
