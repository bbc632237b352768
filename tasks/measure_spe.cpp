// PMTs of a run in the dark -> charge and time of many single photo-electrons.
#include <stdexcept>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "arguments.hpp"
#include "bench_light.hpp"
#include "high_voltage.hpp"
#include "module_work.hpp"
#include "spe_spectrum.hpp"

namespace fat {
namespace {

using Json = nlohmann::ordered_json;

constexpr int kSpeQuiet = 50;
constexpr long long kFewestStamps = 100, kMostStamps = 1'000'000;

class SpeMeasurement {
 public:
  explicit SpeMeasurement(const TaskContext& context)
      : context_(context),
        events_(integer_argument(context, "events")),
        fir_(flag_argument(context, "use_fir")),
        box_(read_box(context)),
        files_(context, "measure_spe") {
    if (events_ < kFewestStamps || events_ > kMostStamps) {
      throw std::runtime_error(
          fmt::format("events is between {} and {}", kFewestStamps, kMostStamps));
    }
  }

  void measure(const PmtResult& pmt, DetectorModule& session) const {
    const PmtChannel channel{context_, session, pmt.channel()};
    const double baseline = measure_baseline(channel, kSpeQuiet);
    try {
      const auto trigger = quarter_electron(pmt.record().electron_height, fir_);
      keep(pmt, baseline, read_spe(channel, baseline, trigger, static_cast<int>(events_)));
    } catch (const std::invalid_argument& error) {
      pmt.inconclusive(error.what());
    }
  }

 private:
  void keep(const PmtResult& pmt, double baseline, const SpeSpectrum& spectrum) const {
    std::vector<Column> columns{{"time", "s", {}}, {"charge", "pC", {}}};
    for (const auto& stamp : spectrum.stamps) {
      columns[0].values.push_back(static_cast<double>(stamp.ticks) / kTicksPerSecond);
      columns[1].values.push_back(stamp.picocoulombs);
    }
    files_.write_table(pmt.name() + "_stamps.csv", columns);
    write_spe_files(files_, pmt.name(), spectrum);
    if (spectrum.peak) {
      write_record(pmt, baseline);
      say(context_,
          fmt::format("{}: a photo-electron has {:.3f} +- {:.3f} pC, width {:.3f} pC",
                      pmt.name(),
                      spectrum.peak->mean.value,
                      spectrum.peak->mean_error.value,
                      spectrum.peak->width.value));
    }
    report_spe(pmt, spectrum);
  }

  void write_record(const PmtResult& pmt, double baseline) const {
    Json entry{{"Folder", files_.folder().string()},
               {"Comment", comment_argument(context_)},
               {"use_fir", fir_},
               {"BaselineFilename", "AltMethod"},
               {"Baseline", baseline}};
    box_.write(entry);
    pmt.keep("DeltaTMeasurement", entry);
  }

  const TaskContext& context_;
  long long events_;
  bool fir_;
  BoxTemperatures box_;
  DataFiles files_;
};

/// One module of a wire pair at a time, its PMTs one after the other; all wire pairs at once.
TaskExit measure_spe(const TaskContext& context) {
  hv_after_argument(context);  // a wrong word is said before anything is switched
  require_laser_off(context);
  const SpeMeasurement measurement{context};
  return for_each_module(
      context, Together::OnePerWirePair, [&](const TaskModule& module, DetectorModule& session) {
        at_nominal_voltage(context, module, session, [&](const std::vector<int>& channels) {
          for (const int channel : channels) {
            measurement.measure({context, module, channel}, session);
          }
        });
      });
}

}  // namespace

BuiltinTask measure_spe_task() {
  TaskInfo info;
  info.name = "measure_spe";
  info.summary = "charge and time of single photo-electrons in the dark: spectrum, intervals";
  info.recovery = Recovery::Rerun;  // nothing is written before a PMT is complete
  info.needs_modules = true;
  info.parameters = {comment_parameter(),
                     use_fir_parameter(),
                     parameter("events", ParameterType::Integer, "10000", "pulses per PMT"),
                     hv_after_parameter(),
                     laser_parameter()};
  add_thermometer_parameters(info);
  info.measurements = {{.name = "spe_peak_charge", .min = {}, .max = {}, .unit = "pC"},
                       {.name = "pulse_interval", .min = {}, .max = {}, .unit = "ms"}};
  info.estimate = std::chrono::minutes{10};
  return {info, measure_spe};
}

}  // namespace fat
