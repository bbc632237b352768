// PMTs of a run -> the high voltage at which each has a gain of 1e7.
#include <algorithm>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "arguments.hpp"
#include "builtin_task.hpp"
#include "fat/ports/device_error.hpp"
#include "gain_files.hpp"
#include "module_work.hpp"
#include "pmt_result.hpp"

namespace fat {
namespace {

using Json = nlohmann::ordered_json;

constexpr long long kFewestGainEvents = 100, kMostGainEvents = 1'000'000;

struct GainWish {
  int events = 0;
  std::string comment;
  HvAfter after = HvAfter::AsBefore;
};

GainWish gain_wish_of(const TaskContext& context) {
  const auto events = integer_argument(context, "events");
  if (events < kFewestGainEvents || events > kMostGainEvents) {
    throw std::runtime_error(fmt::format(
        "events is between {} and {}, not {}", kFewestGainEvents, kMostGainEvents, events));
  }
  return {.events = static_cast<int>(events),
          .comment = comment_argument(context),
          .after = hv_after_argument(context)};
}

void report(const PmtResult& pmt, const PmtGain& gain) {
  const auto& curve = gain.curve;
  pmt.measured("hv_for_1e7_gain", curve.nominal.value, "V", {.min = 1000, .max = 2000});
  pmt.measured("gain_exponent",
               curve.exponent,
               "",
               {.warn_min = kLowestExponent, .warn_max = kHighestExponent});
  pmt.measured("gain_chi2", curve.chi2_per_degree, "", {.warn_max = kHighestChi2});
  pmt.measured("hv_deviation", gain.hv_deviation().value, "V", {.max = 20});
  if (gain.height) {
    pmt.measured("spe_peak_height", gain.height->value, "V", {.min = 0.001, .max = 0.010});
  }
}

/// One PMT that is measured; the high voltage is somebody else's.
class GainOfPmt {
 public:
  GainOfPmt(const TaskContext& context, const GainWish& wish, const DataFiles& files)
      : context_(context), wish_(wish), files_(files) {}

  /// Never throws FitError: a PMT that cannot be fitted is inconclusive, the others go on.
  void measure(const TaskModule& module, DetectorModule& session, int channel) const {
    const PmtResult pmt{context_, module, channel};
    PmtHighVoltage high_voltage{context_, module, session, channel};
    try {
      with_high_voltage(context_, high_voltage, wish_.after, [&] {
        const auto gain = scan_gain({context_, session, channel},
                                    high_voltage,
                                    {.start = start_of_scan(pmt.record()), .events = wish_.events});
        keep(pmt, gain);
        return gain.curve.nominal.value;
      });
    } catch (const FitError& error) {
      pmt.inconclusive(error.what());
    }
  }

 private:
  void keep(const PmtResult& pmt, const PmtGain& gain) const {
    write_gain_files(files_, pmt.name(), gain);
    write_record(pmt, gain);
    report(pmt, gain);
    for (const auto& doubt : doubts(gain.curve)) {
      pmt.inconclusive(doubt + "; HV1e7Gain stays as it was");
    }
    say(context_,
        fmt::format("{}: gain 1e7 at {:.1f} +- {:.1f} V, exponent {:.2f}, {} voltages",
                    pmt.name(),
                    gain.curve.nominal.value,
                    gain.curve.nominal_error.value,
                    gain.curve.exponent,
                    gain.points.size()));
  }

  /// In the original's schema. HV1e7Gain and SPEPeakHeight change only when the curve is sound.
  void write_record(const PmtResult& pmt, const PmtGain& gain) const {
    pmt.keep("GainMeasurement",
             {{"Folder", files_.folder().string()},
              {"Comment", wish_.comment},
              {"mode", "scan"},
              {"config", "waveform"},
              {"BaselineFilename", "AltMethod"},
              {"Baseline", gain.baseline},
              {"GainFitNorm", gain.curve.norm},
              {"GainFitExp", gain.curve.exponent}},
             [&](Json& json) {
               const bool sound = doubts(gain.curve).empty();
               if (sound) {
                 json["HV1e7Gain"] = gain.curve.nominal.value;
               }
               if (sound && gain.height) {
                 json["SPEPeakHeight"] = gain.height->value;
               }
             });
  }

  const TaskContext& context_;
  const GainWish& wish_;
  const DataFiles& files_;
};

/// One module of a wire pair at a time, its PMTs one after the other; all wire pairs at once.
TaskExit measure_gain(const TaskContext& context) {
  const auto wish = gain_wish_of(context);
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
      hv_after_parameter(),
      optional_parameter("n_jobs",
                         ParameterType::Integer,
                         "of the original's call; not used: all wire pairs are worked on at once")};
  info.measurements = {{.name = "hv_for_1e7_gain", .min = 1000, .max = 2000, .unit = "V"},
                       {.name = "gain_exponent", .min = {}, .max = {}, .unit = {}},
                       {.name = "gain_chi2", .min = {}, .max = {}, .unit = {}},
                       {.name = "hv_deviation", .min = {}, .max = 20, .unit = "V"},
                       {.name = "spe_peak_height", .min = 0.001, .max = 0.010, .unit = "V"}};
  info.estimate = std::chrono::minutes{25};
  return {info, measure_gain};
}

}  // namespace fat
