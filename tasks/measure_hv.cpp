// PMTs of a run -> how well their high voltage keeps to what it is set to, volt by volt.
#include <array>
#include <cmath>
#include <stdexcept>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "arguments.hpp"
#include "builtin_task.hpp"
#include "data_files.hpp"
#include "high_voltage.hpp"
#include "module_work.hpp"
#include "pmt_result.hpp"

namespace fat {
namespace {

constexpr int kReadings = 20;                              // per point
constexpr Microseconds kSettle = std::chrono::seconds{1};  // after each step
constexpr Microseconds kBetween = std::chrono::milliseconds{300};
constexpr double kUnsteady = 1;      // V, of the readings' spread
constexpr double kHighestHv = 2000;  // V

/// One PMT's table.
struct Ladder {
  std::vector<double> set, mean, spread, current;

  int unsteady() const {
    int count = 0;
    for (const double one : spread) {
      count += one > kUnsteady ? 1 : 0;
    }
    return count;
  }

  double deviation() const {
    double worst = 0;
    for (std::size_t i = 0; i < set.size(); ++i) {
      worst = std::max(worst, std::abs(set[i] - mean[i]));
    }
    return worst;
  }
};

class HvLadder {
 public:
  HvLadder(const TaskContext& context, const DataFiles& files)
      : context_(context),
        files_(files),
        span_(static_cast<int>(std::lround(quantity_argument(context, "span")))),
        step_(static_cast<int>(std::lround(quantity_argument(context, "step")))) {
    if (span_ < 1 || span_ > 400 || step_ < 1 || step_ > span_) {
      throw std::runtime_error{"span is 1 to 400 V, step 1 V to the span"};
    }
  }

  /// Both PMTs take each step at the same time.
  void measure(const TaskModule& module,
               DetectorModule& session,
               const std::vector<int>& channels) const {
    std::array<Ladder, 2> found;
    for (const int channel : channels) {  // the longest step, with all the patience it needs
      PmtHighVoltage{context_, module, session, channel}.ramp_to(nominal(module, channel) - span_);
    }
    for (int offset = -span_; offset < span_; offset += step_) {
      for (const int channel : channels) {
        const double volts = std::min(kHighestHv, std::round(nominal(module, channel) + offset));
        session.high_voltage().set(channel, static_cast<int>(volts));
        found.at(static_cast<std::size_t>(channel)).set.push_back(volts);
      }
      context_.pause(kSettle);
      context_.reporter.report(Heartbeat{});
      read_point(session, channels, found);
    }
    for (const int channel : channels) {
      keep({context_, module, channel}, found.at(static_cast<std::size_t>(channel)));
    }
  }

 private:
  static double nominal(const TaskModule& module, int channel) {
    return module.pmts.at(static_cast<std::size_t>(channel)).nominal_voltage.value_or(0);
  }

  void read_point(DetectorModule& session,
                  const std::vector<int>& channels,
                  std::array<Ladder, 2>& found) const {
    struct Sums {
      double volts = 0, squares = 0, current = 0;
    };

    std::array<Sums, 2> sums{};
    for (int reading = 0; reading < kReadings; ++reading) {
      for (const int channel : channels) {
        auto& one = sums.at(static_cast<std::size_t>(channel));
        const bool lower = channel == 0;
        const double volts =
            session.read_slow_adc(lower ? SlowAdcChannel::Hv0 : SlowAdcChannel::Hv1).value;
        one.volts += volts;
        one.squares += volts * volts;
        one.current +=
            session.read_slow_adc(lower ? SlowAdcChannel::HvCurrent0 : SlowAdcChannel::HvCurrent1)
                .value;
      }
      context_.pause(kBetween);
    }
    for (const int channel : channels) {
      const auto& one = sums.at(static_cast<std::size_t>(channel));
      auto& ladder = found.at(static_cast<std::size_t>(channel));
      const double mean = one.volts / kReadings;
      ladder.mean.push_back(mean);
      ladder.spread.push_back(std::sqrt(std::max(0.0, (one.squares / kReadings) - (mean * mean))));
      ladder.current.push_back(one.current / kReadings);
    }
  }

  void keep(const PmtResult& pmt, const Ladder& ladder) const {
    const std::vector<Column> columns{{"set", "V", ladder.set},
                                      {"read_back", "V", ladder.mean},
                                      {"spread", "V", ladder.spread},
                                      {"current", "uA", ladder.current}};
    files_.write_table(pmt.name() + "_hv.csv", columns);
    pmt.keep("HVMonitoring",
             {{"Folder", files_.folder().string()}, {"Comment", comment_argument(context_)}});
    pmt.measured("hv_unsteady_points", ladder.unsteady(), "", {.max = 1});
    pmt.measured("hv_deviation", ladder.deviation(), "V", {.max = 20});
  }

  const TaskContext& context_;
  const DataFiles& files_;
  int span_, step_;
};

TaskExit measure_hv(const TaskContext& context) {
  hv_after_argument(context);  // a wrong word is said before anything is switched
  const DataFiles files{context, "measure_hv"};
  const HvLadder ladder{context, files};
  return for_each_module(
      context, Together::AllModules, [&](const TaskModule& module, DetectorModule& session) {
        at_nominal_voltage(context, module, session, [&](const std::vector<int>& channels) {
          ladder.measure(module, session, channels);
        });
      });
}

}  // namespace

BuiltinTask measure_hv_task() {
  TaskInfo info;
  info.name = "measure_hv";
  info.summary =
      "high voltage of every PMT in steps around that for a gain of 1e7: set, read back, spread";
  info.recovery = Recovery::Rerun;  // nothing is written before the last step
  info.needs_modules = true;
  info.parameters = {comment_parameter(),
                     parameter("span", ParameterType::Voltage, "120 V", "how far below and above"),
                     parameter("step", ParameterType::Voltage, "1 V", "from point to point"),
                     hv_after_parameter()};
  info.measurements = {{.name = "hv_unsteady_points", .min = {}, .max = 1, .unit = {}},
                       {.name = "hv_deviation", .min = {}, .max = 20, .unit = "V"}};
  info.estimate = std::chrono::minutes{30};
  return {info, measure_hv};
}

}  // namespace fat
