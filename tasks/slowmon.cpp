// PMTs of a run while the temperature moves -> a short gain scan of each, and what it does at the
// voltage that the scan finds.
#include <algorithm>
#include <array>
#include <stdexcept>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "arguments.hpp"
#include "bench_light.hpp"
#include "gain_files.hpp"
#include "high_voltage.hpp"
#include "module_work.hpp"
#include "pmt_monitor.hpp"

namespace fat {
namespace {

using Json = nlohmann::ordered_json;

constexpr int kScanEvents = 30000, kSlowCheckEvents = 20000;
constexpr int kSlowQuiet = 100;
constexpr int kMostRepeats = 1000;
constexpr int kMostScanEvents = 1'000'000;
constexpr ScanRule kShortScan{.close = 0.03, .fewest = 3, .most = 6};  // reference 1e

class SlowMonitor {
 public:
  explicit SlowMonitor(const TaskContext& context)
      : context_(context),
        wish_(monitor_wish_of(context)),
        events_(bounded_argument(context, "events", 100, kMostScanEvents)),
        repeats_(bounded_argument(context, "max_i", 1, kMostRepeats)),
        files_(context, "slowmon"),
        monitor_(context, wish_, files_) {}

  void watch(const TaskModule& module, DetectorModule& session) const {
    std::array<bool, 2> was_on{};
    for (const int channel : {0, 1}) {
      was_on.at(static_cast<std::size_t>(channel)) = session.high_voltage().enabled(channel);
    }
    at_nominal_voltage(context_, module, session, [&](const std::vector<int>& channels) {
      const auto up = context_.clock.now().boot;
      for (int repeat = 0; repeat < repeats_; ++repeat) {
        const auto found = monitor_.look(module, session, scan(module, session, channels, repeat));
        const double celsius = session.read_slow_adc(SlowAdcChannel::Temperature).value;
        const double pressure = session.pressure();
        const std::chrono::duration<double> active = context_.clock.now().boot - up;
        for (const auto& one : found) {
          const PmtResult pmt{context_, module, one.channel};
          monitor_.tell(pmt, one, celsius, file_name(pmt, repeat));
          pmt.keep("DarkrateTemperature",
                   {{"Folder", files_.folder().string()},
                    {"Comment", comment_argument(context_)},
                    {"MaxIter", repeats_},
                    {"UseFir", wish_.fir},
                    {"Pressure", pressure},
                    {"hvOn", was_on.at(static_cast<std::size_t>(one.channel))},
                    {"tActive", active.count()}});
        }
      }
    });
  }

 private:
  static std::string file_name(const PmtResult& pmt, int repeat) {
    return fmt::format("{}_{:02}", pmt.name(), repeat);
  }

  /// Brings each PMT to the voltage where its gain is 1e7 now. Returns those that could be scanned.
  std::vector<int> scan(const TaskModule& module,
                        DetectorModule& session,
                        const std::vector<int>& channels,
                        int repeat) const {
    std::vector<int> good;
    for (const int channel : channels) {
      const PmtResult pmt{context_, module, channel};
      PmtHighVoltage high_voltage{context_, module, session, channel};
      try {
        const auto gain = scan_gain({context_, session, channel},
                                    high_voltage,
                                    {.start = start_of_scan(pmt.record()),
                                     .events = events_,
                                     .stamps = true,
                                     .quiet_waveforms = kSlowQuiet,
                                     .rule = kShortScan});
        high_voltage.ramp_to(gain.curve.nominal.value);
        write_gain_curve(files_, file_name(pmt, repeat), gain);
        pmt.measured("hv_for_1e7_gain", gain.curve.nominal.value, "V", {.min = 1000, .max = 2000});
        good.push_back(channel);
      } catch (const FitError& error) {
        pmt.inconclusive(error.what());
      }
    }
    return good;
  }

  const TaskContext& context_;
  MonitorWish wish_;
  int events_, repeats_;
  DataFiles files_;
  PmtMonitor monitor_;
};

/// One module of a wire pair at a time; all wire pairs at once. HV1e7Gain stays as it was.
TaskExit slowmon(const TaskContext& context) {
  hv_after_argument(context);  // a wrong word is said before anything is switched
  const SlowMonitor monitor{context};
  require_laser_off(context);
  return for_each_module(
      context, Together::OnePerWirePair, [&](const TaskModule& module, DetectorModule& session) {
        monitor.watch(module, session);
      });
}

}  // namespace

BuiltinTask slowmon_task() {
  TaskInfo info;
  info.name = "slowmon";
  info.summary =
      "while the temperature moves: short gain scan of every PMT, charge, dark rate, intervals";
  info.recovery = Recovery::Rerun;
  info.needs_modules = true;
  info.parameters = {comment_parameter(),
                     parameter("max_i", ParameterType::Integer, "1", "how often"),
                     parameter("events",
                               ParameterType::Integer,
                               std::to_string(kScanEvents),
                               "pulses per high voltage of the scan")};
  add_monitor_parameters(info, kSlowCheckEvents);
  info.parameters.push_back(hv_after_parameter());
  info.parameters.push_back(laser_parameter());
  info.measurements = {{.name = "hv_for_1e7_gain", .min = 1000, .max = 2000, .unit = "V"},
                       {.name = "spe_peak_charge", .min = {}, .max = {}, .unit = "pC"},
                       {.name = "dark_rate", .min = {}, .max = {}, .unit = "Hz"},
                       {.name = "pulse_interval", .min = {}, .max = {}, .unit = "ms"}};
  info.estimate = std::chrono::hours{1};
  return {info, slowmon};
}

}  // namespace fat
