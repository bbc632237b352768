// PMTs of a run -> the high voltage at which each has a gain of 1e7.
#include <algorithm>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "arguments.hpp"
#include "builtin_task.hpp"
#include "fat/ports/device_error.hpp"
#include "gain_files.hpp"
#include "module_json.hpp"
#include "module_work.hpp"

namespace fat {
namespace {

using Json = nlohmann::ordered_json;

constexpr double kDefaultVoltage = 1500;  // V, of a PMT whose gain was never measured
constexpr long long kFewestEvents = 100, kMostEvents = 1'000'000;

struct Wish {
  int events = 0;
  std::string comment;
  HvAfter after = HvAfter::AsBefore;
};

Wish wish_of(const TaskContext& context) {
  const auto events = integer_argument(context, "events");
  if (events < kFewestEvents || events > kMostEvents) {
    throw std::runtime_error(
        fmt::format("events is between {} and {}, not {}", kFewestEvents, kMostEvents, events));
  }
  return {.events = static_cast<int>(events),
          .comment = comment_argument(context),
          .after = hv_after_argument(context)};
}

Volts start_of(const PmtRecord& pmt) {
  return {std::clamp(std::floor(pmt.nominal_voltage.value_or(kDefaultVoltage)),
                     kLowestScanVoltage.value,
                     kHighestScanVoltage.value)};
}

void report(const TaskContext& context,
            const TaskModule& module,
            int channel,
            const PmtGain& gain) {
  const auto value = [&](const char* name, double number, const char* unit, const Limits& limits) {
    measured(context,
             {.module = module.entry.serial,
              .channel = channel_name(channel),
              .name = name,
              .value = number,
              .unit = unit,
              .limits = limits});
  };
  const auto& curve = gain.curve;
  value("hv_for_1e7_gain", curve.nominal.value, "V", {.min = 1000, .max = 2000});
  value("gain_exponent",
        curve.exponent,
        "",
        {.warn_min = kLowestExponent, .warn_max = kHighestExponent});
  value("gain_chi2", curve.chi2_per_degree, "", {.warn_max = kHighestChi2});
  value("hv_deviation", gain.hv_deviation().value, "V", {.max = 20});
  if (gain.height) {
    value("spe_peak_height", gain.height->value, "V", {.min = 0.001, .max = 0.010});
  }
}

/// In the original's schema. HV1e7Gain and SPEPeakHeight change only when the curve is sound.
void write_record(const TaskModule& module, int channel, const PmtGain& gain, const Json& entry) {
  const bool sound = doubts(gain.curve).empty();
  change_module_json(module.file, [&](Json& json) {
    auto& pmt = json[kPmtKeys.at(static_cast<std::size_t>(channel))];
    pmt[free_key(pmt, "GainMeasurement")] = entry;
    if (sound) {
      pmt["HV1e7Gain"] = gain.curve.nominal.value;
    }
    if (sound && gain.height) {
      pmt["SPEPeakHeight"] = gain.height->value;
    }
  });
}

/// One PMT that is measured; the high voltage is somebody else's.
class GainOfPmt {
 public:
  GainOfPmt(const TaskContext& context, const Wish& wish, const DataFiles& files)
      : context_(context), wish_(wish), files_(files) {}

  /// Never throws FitError: a PMT that cannot be fitted is inconclusive, the others go on.
  void measure(const TaskModule& module, DetectorModule& session, int channel) const {
    PmtHighVoltage high_voltage{context_, module, session, channel};
    try {
      with_high_voltage(context_, high_voltage, wish_.after, [&] {
        const PmtChannel pmt{context_, session, channel};
        const auto& record = module.pmts.at(static_cast<std::size_t>(channel));
        const auto gain =
            scan_gain(pmt, high_voltage, {.start = start_of(record), .events = wish_.events});
        keep(module, channel, gain);
        return gain.curve.nominal.value;
      });
    } catch (const FitError& error) {
      inconclusive(context_, module, channel, error.what());
    }
  }

 private:
  void keep(const TaskModule& module, int channel, const PmtGain& gain) const {
    const auto name = fmt::format("{}_{}", module.entry.serial, channel_name(channel));
    write_gain_files(files_, name, gain);
    write_record(module,
                 channel,
                 gain,
                 {{"Folder", files_.folder().string()},
                  {"Comment", wish_.comment},
                  {"mode", "scan"},
                  {"config", "waveform"},
                  {"BaselineFilename", "AltMethod"},
                  {"Baseline", gain.baseline},
                  {"GainFitNorm", gain.curve.norm},
                  {"GainFitExp", gain.curve.exponent}});
    report(context_, module, channel, gain);
    for (const auto& doubt : doubts(gain.curve)) {
      inconclusive(context_, module, channel, doubt + "; HV1e7Gain stays as it was");
    }
    say(context_,
        fmt::format("{}: gain 1e7 at {:.1f} +- {:.1f} V, exponent {:.2f}, {} voltages",
                    name,
                    gain.curve.nominal.value,
                    gain.curve.nominal_error.value,
                    gain.curve.exponent,
                    gain.points.size()));
  }

  const TaskContext& context_;
  const Wish& wish_;
  const DataFiles& files_;
};

/// One module of a wire pair at a time, its PMTs one after the other; all wire pairs at once.
TaskExit measure_gain(const TaskContext& context) {
  const auto wish = wish_of(context);
  const DataFiles files{context, "measure_gain"};
  const GainOfPmt gain{context, wish, files};
  return for_each_module(
      context, Together::OnePerWirePair, [&](const TaskModule& module, DetectorModule& session) {
        for (const int channel : {0, 1}) {
          gain.measure(module, session, channel);
        }
      });
}

}  // namespace

BuiltinTask measure_gain_task() {
  TaskInfo info;
  info.name = "measure_gain";
  info.summary = "gain scan of every PMT: charge fits, power law, high voltage for a gain of 1e7";
  info.recovery = Recovery::Rerun;  // nothing is written before a scan is complete
  info.needs_modules = true;
  info.parameters = {
      comment_parameter(),
      parameter("events", ParameterType::Integer, "10000", "pulses per high voltage"),
      hv_after_parameter()};
  info.measurements = {{.name = "hv_for_1e7_gain", .min = 1000, .max = 2000, .unit = "V"},
                       {.name = "gain_exponent", .min = {}, .max = {}, .unit = {}},
                       {.name = "gain_chi2", .min = {}, .max = {}, .unit = {}},
                       {.name = "hv_deviation", .min = {}, .max = 20, .unit = "V"},
                       {.name = "spe_peak_height", .min = 0.001, .max = 0.010, .unit = "V"}};
  info.estimate = std::chrono::minutes{25};
  return {info, measure_gain};
}

}  // namespace fat
