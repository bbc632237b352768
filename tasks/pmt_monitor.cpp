// PMTs of an open module at their voltages, in the dark -> whether they are as they were: charge of
// a photo-electron, dark rate, intervals.
#include "pmt_monitor.hpp"

#include <algorithm>
#include <stdexcept>

#include <fmt/format.h>

#include "arguments.hpp"
#include "builtin_task.hpp"
#include "gain_files.hpp"
#include "module_work.hpp"

namespace fat {
namespace {

constexpr int kMonitorQuiet = 100;  // waveforms of the baseline
constexpr int kVoltReads = 5;
constexpr int kMost = 1'000'000;

}  // namespace

void add_monitor_parameters(TaskInfo& info, int check_events) {
  info.parameters.push_back(use_fir_parameter());
  info.parameters.push_back(parameter("check_events",
                                      ParameterType::Integer,
                                      std::to_string(check_events),
                                      "waveforms for the charge of a photo-electron"));
  info.parameters.push_back(
      parameter("readings", ParameterType::Integer, "1000", "periods of 100 ms for the dark rate"));
  info.parameters.push_back(
      parameter("stamps", ParameterType::Integer, "10000", "pulses for the intervals"));
}

int bounded_argument(const TaskContext& context, const char* name, int lowest, int highest) {
  const auto value = integer_argument(context, name);
  if (value < lowest || value > highest) {
    throw std::runtime_error(
        fmt::format("{} is between {} and {}, not {}", name, lowest, highest, value));
  }
  return static_cast<int>(value);
}

MonitorWish monitor_wish_of(const TaskContext& context) {
  return {.check_events = bounded_argument(context, "check_events", 100, kMost),
          .readings = bounded_argument(context, "readings", 1, kMost),
          .stamps = bounded_argument(context, "stamps", 100, kMost),
          .fir = flag_argument(context, "use_fir")};
}

void PmtMonitor::check(const TaskModule& module,
                       DetectorModule& session,
                       MonitoredPmt& found) const {
  const PmtChannel pmt{context_, session, found.channel};
  PmtHighVoltage high_voltage{context_, module, session, found.channel};
  found.volts = high_voltage.read_mean(kVoltReads);
  found.counts = {
      .channel = found.channel, .baseline = measure_baseline(pmt, kMonitorQuiet), .counts = {}};
  try {
    found.check = measure_gain_point(
        pmt,
        high_voltage,
        {.baseline = found.counts.baseline, .events = wish_.check_events, .stamps = false});
    found.why = "fewer pulses than 200 Hz: is the PMT connected?";
  } catch (const FitError& error) {
    found.why = error.what();
  }
}

std::vector<MonitoredPmt> PmtMonitor::look(const TaskModule& module,
                                           DetectorModule& session,
                                           const std::vector<int>& channels) const {
  std::vector<MonitoredPmt> all;
  std::vector<DarkTrigger> triggers;
  std::vector<DarkCounts> armed;
  for (const int channel : channels) {
    auto& found = all.emplace_back();
    found.channel = channel;
    check(module, session, found);
  }
  for (auto& found : all) {  // a stream disarms both
    const PmtResult pmt{context_, module, found.channel};
    auto height = pmt.record().electron_height;
    if (found.check && found.check->height) {
      height = found.check->height->value;
    }
    try {
      triggers.push_back(quarter_electron(height, wish_.fir));
      arm_dark(session, found.channel, found.counts.baseline, triggers.back());
      armed.push_back(found.counts);
    } catch (const std::invalid_argument& error) {
      pmt.inconclusive(error.what());
    }
  }
  count_pulses(context_, session, armed, wish_.readings);
  for (std::size_t i = 0; i < armed.size(); ++i) {
    auto& found = *std::ranges::find(all, armed[i].channel, &MonitoredPmt::channel);
    found.counts = std::move(armed[i]);
    found.spectrum = read_spe(
        {context_, session, found.channel}, found.counts.baseline, triggers[i], wish_.stamps);
  }
  disarm(session);
  return all;
}

void PmtMonitor::tell(const PmtResult& pmt,
                      const MonitoredPmt& found,
                      double celsius,
                      const std::string& name) const {
  std::string text = fmt::format("{} at {:.0f} V, {:.1f} degC:", pmt.name(), found.volts, celsius);
  bool odd = false;
  if (found.check) {
    const double charge = found.check->peak.mean.value;
    pmt.measured("spe_peak_charge", charge, "pC", kElectronLimits);
    odd = charge < kElectronLimits.warn_min || charge > kElectronLimits.warn_max;
    text += fmt::format(" a photo-electron has {:.3f} pC", charge);
    write_charge_picture(files_, name + "_check", found.check->peak);
  } else {
    pmt.inconclusive(found.why);
  }
  if (const auto rate = found.counts.rate()) {
    const double highest = highest_dark_rate(celsius, wish_.fir);
    pmt.measured("dark_rate", rate->rate.value, "Hz", {.warn_max = highest});
    odd = odd || rate->rate.value > highest;
    text += fmt::format(" {:.1f} +- {:.1f} Hz", rate->rate.value, rate->error.value);
    const std::vector<Column> columns{{"pulses in 100 ms", "", found.counts.counts}};
    files_.write_table(name + "_scaler.csv", columns);
  } else if (!found.counts.counts.empty()) {
    pmt.inconclusive(DarkCounts::kNoDarkRate);
  }
  if (found.spectrum) {
    write_spe_files(files_, name, *found.spectrum);
    pmt.measured("pulse_interval", found.spectrum->mean_interval * 1e3, "ms");
  }
  say(context_, text, odd ? "warning" : "info");
}

}  // namespace fat
