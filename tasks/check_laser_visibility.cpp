// Laser on -> which PMTs see it, how bright, and which fibre is suspect.
#include <atomic>
#include <cmath>
#include <stdexcept>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "analysis/laser_check.hpp"
#include "analysis/pulse_charge.hpp"
#include "arguments.hpp"
#include "bench_light.hpp"
#include "data_files.hpp"
#include "fat/model/quantity.hpp"
#include "high_voltage.hpp"
#include "module_json.hpp"
#include "module_work.hpp"
#include "pmt_readings.hpp"

namespace fat {
namespace {

using Json = nlohmann::ordered_json;

constexpr double kFrequency = 100;  // Hz
constexpr int kLaserDac = 5000;
constexpr int kDarkWaveforms = 50;
constexpr int kEvents = 3000;
constexpr int kThreshold = 150, kSecondThreshold = 140;  // ADC counts over the baseline
constexpr double kWidest = 20;                           // photo-electrons

/// What one PMT saw.
struct Seen {
  double interval = 0;  ///< mean, s
  bool visible = false;
  std::vector<double> electrons;  ///< of the triggers that follow the laser
};

Seen judge_pulses(const std::vector<PmtWaveform>& pulses) {
  std::vector<std::uint64_t> stamps;
  stamps.reserve(pulses.size());
  for (const auto& one : pulses) {
    stamps.push_back(one.ticks);
  }
  const auto interval = mean_interval(stamps);
  Seen seen;
  seen.interval = interval ? interval->count() : std::nan("");
  seen.visible = interval && *interval < kVisibleInterval;
  const auto window = laser_window({kFrequency});
  for (std::size_t i = 1; window && i < pulses.size(); ++i) {
    const std::array pair{stamps[i - 1], stamps[i]};
    if (laser_intervals(pair, *window).all_inside()) {
      const auto charge = gate_charge(pulses[i].adc, baseline_of(pulses[i].adc));
      seen.electrons.push_back(charge.value / kElectronAtNominalGain.value);
    }
  }
  return seen;
}

double mean_of(const std::vector<double>& values) {
  double sum = 0;
  for (const double one : values) {
    sum += one;
  }
  return sum / static_cast<double>(values.size());
}

double spread_of(const std::vector<double>& values) {
  const double mean = mean_of(values);
  double squares = 0;
  for (const double one : values) {
    squares += (one - mean) * (one - mean);
  }
  return std::sqrt(squares / static_cast<double>(values.size()));
}

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
    Seen seen;
    for (const int threshold : {kThreshold, kSecondThreshold}) {
      seen = judge_pulses(read_pulses(pmt, baseline + threshold, static_cast<int>(events_)));
      if (seen.visible) {
        break;
      }
    }
    ++all_;
    visible_ += seen.visible ? 1 : 0;
    report(module, channel, seen);
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
  void report(const TaskModule& module, int channel, const Seen& seen) {
    const auto value = [&](const char* name, double number, Limits limits) {
      measured(context_,
               {.module = module.entry.serial,
                .channel = channel_name(channel),
                .name = name,
                .value = number,
                .unit = {},
                .limits = limits});
    };
    value("laser_visible", seen.visible ? 1 : 0, {.min = 1});
    const auto name = fmt::format("{}_{}", module.entry.serial, channel_name(channel));
    if (!seen.visible || seen.electrons.empty()) {
      say(context_,
          fmt::format("{} does not see the laser: its fibre is suspect", name),
          "warning");
      return;
    }
    const double mean = mean_of(seen.electrons);
    value("laser_photo_electrons", mean, {});
    value("laser_width", spread_of(seen.electrons), {.max = kWidest});
    const std::vector<Column> columns{{"photo-electrons", "", seen.electrons}};
    files_.write_table(name + "_laser.csv", columns);
    change_module_json(module.file, [&](Json& json) {
      auto& pmt = json[kPmtKeys.at(static_cast<std::size_t>(channel))];
      pmt[free_key(pmt, "LaserVisibilityMeasurement")] = {{"Folder", files_.folder().string()},
                                                          {"Comment", comment_argument(context_)},
                                                          {"Output", mean}};
    });
    say(context_, fmt::format("{}: {:.1f} PE", name, mean));
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
  with_laser_on(context, kFrequency, [&] {
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
