// The freezer's controller and its thermometer -> a temperature that is reached and stays.
#include <algorithm>
#include <cmath>
#include <stdexcept>

#include <fmt/format.h>

#include "arguments.hpp"
#include "builtin_task.hpp"
#include "fat/ports/device_error.hpp"

namespace fat {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;

constexpr Microseconds kFreezerPeriod = seconds{15};
/// So long may the thermometer be silent: nobody knows by then what the modules stand in.
constexpr Microseconds kLongestSilence = minutes{5};

struct TemperatureWish {
  std::string freezer;
  double target = 0, tolerance = 0;  ///< degC
  Microseconds steady{0}, limit{0};
};

/// All but the target.
TemperatureWish wish_for(const TaskContext& context, double target) {
  return {.freezer = text_argument(context, "freezer"),
          .target = target,
          .tolerance = quantity_argument(context, "tolerance"),
          .steady = duration_argument(context, "steady"),
          .limit = duration_argument(context, "limit")};
}

/// What the thermometer says, from one look to the next.
class Approach {
 public:
  Approach(const TaskContext& context, const TemperatureWish& wish)
      : context_(context), wish_(wish), began_(boot()), heard_(began_) {}

  /// True when the target is reached and has been kept. Throws std::runtime_error when there is no
  /// hope left.
  bool look(Freezer& freezer) {
    try {
      celsius_ = freezer.temperature();
      heard_ = boot();
      context_.reporter.report(ReadingReport{wish_.freezer, celsius_, "degC"});
    } catch (const DeviceError& error) {
      context_.reporter.report(MessageReport{error.what(), "warning"});
      inside_ = false;
      give_up_when_silent(error);
      return false;
    }
    if (is_reached()) {
      return true;
    }
    give_up_when_late();
    tell_progress();
    return false;
  }

  std::string text() const { return fmt::format("{} is at {:.1f} degC", wish_.freezer, celsius_); }

 private:
  Microseconds boot() const { return context_.clock.now().boot; }

  bool is_reached() {
    first_ = std::isnan(first_) ? celsius_ : first_;
    const bool inside = std::abs(celsius_ - wish_.target) <= wish_.tolerance;
    if (inside && !inside_) {
      inside_since_ = boot();
    }
    inside_ = inside;
    return inside_ && boot() - inside_since_ >= wish_.steady;
  }

  void give_up_when_silent(const DeviceError& error) const {
    if (boot() - heard_ > kLongestSilence) {
      throw std::runtime_error(fmt::format(
          "nobody knows how cold it is: the thermometer of {} is silent for 5 min ({}); look at "
          "its cable and its display",
          wish_.freezer,
          error.what()));
    }
  }

  void give_up_when_late() const {
    if (boot() - began_ > wish_.limit) {
      throw std::runtime_error(
          fmt::format("{} after {} min, not {:.1f} +- {:.1f} degC: is the door shut, does the "
                      "compressor run, is the controller in remote mode?",
                      text(),
                      std::chrono::duration_cast<minutes>(wish_.limit).count(),
                      wish_.target,
                      wish_.tolerance));
    }
  }

  void tell_progress() const {
    const double whole = std::abs(wish_.target - first_);
    const double left = std::abs(wish_.target - celsius_);
    const double fraction = whole > 0 ? std::clamp(1 - (left / whole), 0.0, 1.0) : 1;
    context_.reporter.report(ProgressReport{
        fraction, fmt::format("{:.1f} degC, wanted {:.1f} degC", celsius_, wish_.target)});
  }

  const TaskContext& context_;
  const TemperatureWish& wish_;
  Microseconds began_, heard_, inside_since_{0};
  bool inside_ = false;
  double first_ = std::nan(""), celsius_ = first_;  ///< as it was heard first and last
};

TaskExit reach(const TaskContext& context, const TemperatureWish& wish) {
  const auto freezer = instruments_of(context).freezer(wish.freezer, context.ask);
  freezer->set_target(wish.target);
  Approach approach{context, wish};
  while (!approach.look(*freezer)) {
    context.pause(kFreezerPeriod);
  }
  context.reporter.report(MessageReport{approach.text() + " and stays there", "info"});
  return TaskExit::Done;
}

/// Moves nothing: the freezer's own setpoint, where it can say it, and its thermometer. Throws
/// DeviceError when nobody can tell.
TaskExit is_there(const TaskContext& context, const TemperatureWish& wish) {
  constexpr double same = 0.05;  // degC; freezers keep tenths
  const auto freezer = instruments_of(context).freezer(wish.freezer, context.ask);
  const auto set = freezer->target();
  const double celsius = freezer->temperature();
  context.reporter.report(MessageReport{
      fmt::format("{} is at {:.1f} degC, set to {}, wanted {:.1f} +- {:.1f} degC",
                  wish.freezer,
                  celsius,
                  set ? fmt::format("{:.1f} degC", *set) : std::string{"what nobody knows"},
                  wish.target,
                  wish.tolerance),
      "info"});
  const bool there = std::abs(set.value_or(wish.target) - wish.target) <= same &&
                     std::abs(celsius - wish.target) <= wish.tolerance;
  return there ? TaskExit::Done : TaskExit::Errored;
}

/// `target` within `tolerance` for `steady`, at the latest after `limit`. The target is absolute,
/// so it may be repeated.
TaskExit set_temperature(const TaskContext& context) {
  return reach(context, wish_for(context, quantity_argument(context, "target")));
}

TaskExit verify_temperature(const TaskContext& context) {
  return is_there(context, wish_for(context, quantity_argument(context, "target")));
}

TemperatureWish changed_temperature(const TaskContext& context) {
  return wish_for(context,
                  number_argument(context, "fcurrent") + number_argument(context, "fdelta"));
}

/// As the original's schedules call it: from `fcurrent` by `fdelta` degC.
TaskExit change_temperature(const TaskContext& context) {
  return reach(context, changed_temperature(context));
}

TaskExit verify_change(const TaskContext& context) {
  return is_there(context, changed_temperature(context));
}

/// Of both tasks that move a freezer.
void add_freezer_parameters(TaskInfo& info) {
  info.recovery = Recovery::Rerun;
  info.reads_run_json = false;
  info.parameters.push_back(parameter(
      "tolerance", ParameterType::Temperature, "1 degC", "how near the target counts as reached"));
  info.parameters.push_back(
      parameter("steady", ParameterType::Duration, "10 min", "how long it has to stay there"));
  info.parameters.push_back(
      parameter("limit", ParameterType::Duration, "12 h", "after this time the step has failed"));
  info.parameters.push_back(
      parameter("freezer", ParameterType::Text, "freezer", "[device ...] of station.ini"));
  info.estimate = std::chrono::hours{2};
}

}  // namespace

BuiltinTask set_temperature_task() {
  TaskInfo info;
  info.name = "set_temperature";
  info.summary = "set the freezer and wait until its thermometer says that it is there and stays";
  info.parameters = {
      parameter("target", ParameterType::Temperature, "", "where to, e.g. -40 degC")};
  add_freezer_parameters(info);
  return {info, set_temperature, verify_temperature};
}

BuiltinTask dummy_wrapper_task() {
  TaskInfo info;
  info.name = "dummy_wrapper";
  info.summary = "set_temperature as the original's schedules call it; goes to fcurrent + fdelta";
  info.parameters = {
      parameter("fcurrent", ParameterType::Number, "", "degC, what it should be at before"),
      parameter("fdelta", ParameterType::Number, "", "degC, by how much it should change")};
  add_freezer_parameters(info);
  return {info, change_temperature, verify_change};
}

}  // namespace fat
