// Laser on, one wheel through all its positions -> whether the filters are where they should be.
#include <algorithm>
#include <cmath>
#include <stdexcept>

#include <fmt/format.h>

#include "analysis/filters.hpp"
#include "arguments.hpp"
#include "bench_light.hpp"
#include "data_files.hpp"
#include "fat/model/quantity.hpp"
#include "fat/ports/device_error.hpp"
#include "high_voltage.hpp"
#include "laser_light.hpp"
#include "module_work.hpp"

namespace fat {
namespace {

constexpr int kPulsesBehindFilter = 500;
constexpr int kFilterThreshold = 150;  // ADC counts over the baseline, as for visibility
constexpr int kDarkWaveformsBefore = 50;

class FilterCheck {
 public:
  explicit FilterCheck(const TaskContext& context)
      : context_(context),
        name_(text_argument(context, "wheel")),
        events_(static_cast<int>(integer_argument(context, "events"))),
        wheel_(instruments_of(context).filter_wheel(name_)) {
    for (const auto& word : list_argument(context, "transmissions")) {
      const auto number = parse_number(word);
      if (!number || *number < 0 || *number > 1) {
        throw std::runtime_error{"transmissions are numbers from 0 to 1, not '" + word + "'"};
      }
      declared_.push_back(*number);
    }
    const auto positions = static_cast<std::size_t>(wheel_->positions());
    if (declared_.size() != positions) {
      throw std::runtime_error{fmt::format("{} has {} positions, but {} transmissions are given",
                                           name_,
                                           positions,
                                           declared_.size())};
    }
    if (events_ < 100 || events_ > 100'000) {
      throw std::runtime_error{"events is between 100 and 100000"};
    }
  }

  /// By the first module that sees the laser; others are not asked.
  TaskExit perform() {
    const int before = wheel_->position();
    with_laser_on(context_, kLookingFrequency, [&] {
      for (const auto& module : context_.modules) {
        if (!light_.empty()) {
          break;
        }
        ask(module);
      }
    });
    wheel_->move_to(before);
    return judge();
  }

 private:
  /// What the wheel does not do is no fault of the module that is open meanwhile.
  void turn(int position) {
    try {
      wheel_->move_to(position);
    } catch (const DeviceError& error) {
      throw std::runtime_error{error.what()};
    }
  }

  void ask(const TaskModule& module) {
    with_module(context_, module, [&](const TaskModule& one, DetectorModule& session) {
      at_nominal_voltage(context_, one, session, [&](const std::vector<int>& channels) {
        const auto brightest = std::ranges::max_element(declared_) - declared_.begin();
        turn(static_cast<int>(brightest) + 1);
        std::vector<int> seeing;
        std::ranges::copy_if(channels, std::back_inserter(seeing), [&](int channel) {
          return light_at(session, channel).visible;
        });
        if (!seeing.empty()) {
          source_ = one.entry.serial;
          go_round(session, seeing);
        }
      });
    });
  }

  LaserLight light_at(DetectorModule& session, int channel) const {
    const PmtChannel pmt{context_, session, channel, kLaserDac};
    const int baseline = static_cast<int>(std::lround(measure_baseline(pmt, kDarkWaveformsBefore)));
    return laser_light(read_pulses(pmt, baseline + kFilterThreshold, events_));
  }

  void go_round(DetectorModule& session, const std::vector<int>& channels) {
    std::vector<double> light;
    for (int position = 1; position <= static_cast<int>(declared_.size()); ++position) {
      turn(position);
      double sum = 0;
      for (const int channel : channels) {
        const auto seen = light_at(session, channel);
        sum += seen.visible ? mean_of(seen.electrons) : 0;
      }
      light.push_back(sum / static_cast<double>(channels.size()));
      say(context_, fmt::format("{} at {}: {:.1f} PE", name_, position, light.back()));
    }
    light_ = std::move(light);
  }

  TaskExit judge() const {
    if (light_.empty()) {
      say(context_,
          "no PMT sees the laser through " + name_ +
              ": look at its supply, the generator, the other wheel, the brightest filter",
          "critical");
      return TaskExit::Errored;
    }
    const DataFiles files{context_, "check_filters"};
    const std::vector<Column> columns{{"declared", "", declared_}, {"light", "PE", light_}};
    files.write_table(name_ + "_filters.csv", columns);
    const auto wrong = wrong_filters(declared_, light_);
    if (!wrong.empty()) {
      say(context_,
          fmt::format("{}: {} (as {} sees it)", name_, describe(wrong), source_),
          "critical");
      return TaskExit::Errored;
    }
    say(context_, fmt::format("{}: every filter is where it should be", name_));
    return TaskExit::Done;
  }

  const TaskContext& context_;
  std::string name_;
  int events_;
  std::unique_ptr<FilterWheel> wheel_;
  std::vector<double> declared_;
  std::vector<double> light_;  ///< by position; empty until a module has seen the laser
  std::string source_;
};

TaskExit check_filters(const TaskContext& context) {
  hv_after_argument(context);  // a wrong word is said before anything is switched
  return FilterCheck{context}.perform();
}

}  // namespace

BuiltinTask check_filters_task() {
  TaskInfo info;
  info.name = "check_filters";
  info.summary =
      "laser at 100 Hz, one wheel through all positions: is each filter where it should be";
  info.recovery = Recovery::Rerun;
  info.needs_modules = true;
  info.parameters = {
      parameter("wheel", ParameterType::Text, "wheel0", "[device ...] of station.ini"),
      parameter("transmissions",
                ParameterType::Text,
                "",
                "of the filters at 1, 2, ...: numbers from 0 to 1, separated by commas"),
      parameter("events",
                ParameterType::Integer,
                std::to_string(kPulsesBehindFilter),
                "pulses per position and PMT"),
      parameter("generator", ParameterType::Text, "generator", "[device ...] of station.ini"),
      hv_after_parameter()};
  info.estimate = std::chrono::minutes{4};
  return {info, check_filters};
}

}  // namespace fat
