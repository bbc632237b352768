// Laser on -> which PMTs see it, how bright, and which fibre is suspect.
#include <atomic>
#include <cmath>
#include <stdexcept>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "analysis/gaussian_fit.hpp"
#include "arguments.hpp"
#include "bench_light.hpp"
#include "data_files.hpp"
#include "fat/model/quantity.hpp"
#include "high_voltage.hpp"
#include "laser_light.hpp"
#include "module_work.hpp"
#include "pmt_result.hpp"

namespace fat {
namespace {

constexpr int kDarkWaveforms = 50;
constexpr int kEvents = 3000;
constexpr int kFirstThreshold = 150, kSecondThreshold = 140;  // ADC counts over the baseline
constexpr double kWidest = 20;                                // photo-electrons

class Visibility {
 public:
  Visibility(const TaskContext& context, const DataFiles& files)
      : context_(context), files_(files), events_(integer_argument(context, "events")) {
    if (events_ < 10 || events_ > 1'000'000) {
      throw std::runtime_error{"events is between 10 and 1000000"};
    }
  }

  void look(const TaskModule& module, DetectorModule& session, int channel) {
    const PmtChannel pmt{context_, session, channel, kLaserDac};
    const int baseline = static_cast<int>(std::lround(measure_baseline(pmt, kDarkWaveforms)));
    LaserLight seen;
    for (const int threshold : {kFirstThreshold, kSecondThreshold}) {
      seen = laser_light(read_pulses(pmt, baseline + threshold, static_cast<int>(events_)));
      if (seen.visible) {
        break;
      }
    }
    ++all_;
    visible_ += seen.visible ? 1 : 0;
    report({context_, module, channel}, seen);
  }

  /// True when at least one PMT sees the laser: else it is not a fibre.
  bool end() const {
    say(context_,
        fmt::format("{} of {} PMTs see the laser", visible_.load(), all_.load()),
        visible_ == all_ ? "info" : "warning");
    if (all_ > 0 && visible_ == 0) {
      say(context_,
          "no PMT sees the laser: look at its supply, the generator, the filter wheels, before any "
          "fibre",
          "critical");
    }
    return visible_ > 0;
  }

 private:
  void report(const PmtResult& pmt, const LaserLight& seen) const {
    pmt.measured("laser_visible", seen.visible ? 1 : 0, "", {.min = 1});
    if (!seen.visible || seen.electrons.empty()) {
      say(context_,
          fmt::format("{} does not see the laser: its fibre is suspect", pmt.name()),
          "warning");
      return;
    }
    const double mean = mean_of(seen.electrons);
    pmt.measured("laser_photo_electrons", mean);
    const std::vector<Column> columns{{"photo-electrons", "", seen.electrons}};
    files_.write_table(pmt.name() + "_laser.csv", columns);
    pmt.keep("LaserVisibilityMeasurement",
             {{"Folder", files_.folder().string()},
              {"Comment", comment_argument(context_)},
              {"Output", mean}});
    say(context_, fmt::format("{}: {:.1f} PE", pmt.name(), mean));
    report_width(pmt, seen);
  }

  void report_width(const PmtResult& pmt, const LaserLight& seen) const {
    try {
      pmt.measured("laser_width", fit_distribution(seen.electrons).width, "", {.max = kWidest});
    } catch (const FitError& error) {
      say(context_,
          fmt::format("{}: no width of the laser's light: {}", pmt.name(), error.what()),
          "warning");
    }
  }

  const TaskContext& context_;
  const DataFiles& files_;
  long long events_;
  std::atomic<int> all_{0}, visible_{0};
};

void move_wheels(const TaskContext& context) {
  const auto wheels = list_argument(context, "wheels");
  const auto positions = list_argument(context, "positions");
  if (wheels.size() != positions.size()) {
    throw std::runtime_error{"wheels and positions are lists of the same length"};
  }
  for (std::size_t i = 0; i < wheels.size(); ++i) {
    const auto position = parse_integer(positions[i]);
    if (!position) {
      throw std::runtime_error{"positions are whole numbers, not '" + positions[i] + "'"};
    }
    instruments_of(context).filter_wheel(wheels[i])->move_to(static_cast<int>(*position));
  }
}

TaskExit check_laser_visibility(const TaskContext& context) {
  hv_after_argument(context);  // a wrong word is said before anything is switched
  const DataFiles files{context, "check_laser_visibility"};
  Visibility visibility{context, files};
  move_wheels(context);
  auto exit = TaskExit::Errored;
  with_laser_on(context, kLookingFrequency, [&] {
    exit = for_each_module(
        context, Together::OnePerWirePair, [&](const TaskModule& module, DetectorModule& session) {
          at_nominal_voltage(context, module, session, [&](const std::vector<int>& channels) {
            for (const int channel : channels) {
              visibility.look(module, session, channel);
            }
          });
        });
  });
  return visibility.end() ? exit : TaskExit::Errored;
}

}  // namespace

BuiltinTask check_laser_visibility_task() {
  TaskInfo info;
  info.name = "check_laser_visibility";
  info.summary =
      "laser at 100 Hz: which PMTs see it, how many photo-electrons, which fibre is suspect";
  info.recovery = Recovery::Rerun;
  info.needs_modules = true;
  info.parameters = {
      comment_parameter(),
      parameter("events", ParameterType::Integer, std::to_string(kEvents), "pulses per PMT"),
      parameter("wheels", ParameterType::Text, "none", "filter wheels, separated by commas"),
      parameter("positions", ParameterType::Text, "none", "of these wheels, in the same order"),
      parameter("generator", ParameterType::Text, "generator", "[device ...] of station.ini"),
      hv_after_parameter()};
  info.measurements = {{.name = "laser_visible", .min = 1, .max = {}, .unit = {}}};
  info.estimate = std::chrono::minutes{10};
  return {info, check_laser_visibility};
}

}  // namespace fat
