// The peripherals of a station -> each was asked, moved, read; or what is wrong with which.
#include <algorithm>
#include <cmath>
#include <functional>
#include <stdexcept>

#include <fmt/format.h>

#include "arguments.hpp"
#include "builtin_task.hpp"
#include "fat/model/quantity.hpp"
#include "fat/ports/device_error.hpp"
#include "module_work.hpp"

namespace fat {
namespace {

/// Counts what was looked at, and what of it was good.
class Round {
 public:
  explicit Round(const TaskContext& context) : context_(context) {}

  /// `look` returns what it saw, for people; it throws when something is wrong.
  void visit(const std::string& name, const std::function<std::string()>& look) {
    ++all_;
    try {
      const auto seen = look();
      ++good_;
      say(context_, fmt::format("{}: {}", name, seen));
    } catch (const DeviceError& error) {
      say(context_, error.what(), "critical");
    }
  }

  TaskExit end() const {
    say(context_,
        fmt::format("{} of {} devices are good", good_, all_),
        good_ == all_ ? "info" : "critical");
    return good_ == all_ ? TaskExit::Done : TaskExit::Errored;
  }

 private:
  const TaskContext& context_;
  int all_ = 0, good_ = 0;
};

[[noreturn]] void bad(const std::string& name, const std::string& why) {
  throw DeviceError{DeviceFault::Refused, name, why};
}

std::string look_at_generator(const TaskContext& context, const std::string& name) {
  const auto generator = instruments_of(context).generator(name);
  const auto identity = generator->identity();
  const auto signal = generator->signal();
  generator->set_burst(generator->burst());  // a setting: its error queue is read after it
  return fmt::format("{}, {:g} Hz, {:g} V, output {}",
                     identity,
                     signal.frequency,
                     signal.amplitude,
                     generator->output() ? "on" : "off");
}

/// One position on, read back, and back again: a wheel that answers may still be jammed.
std::string look_at_wheel(const TaskContext& context, const std::string& name) {
  const auto wheel = instruments_of(context).filter_wheel(name);
  const int before = wheel->position();
  const int other = (before % wheel->positions()) + 1;
  for (const int position : {other, before}) {
    wheel->move_to(position);
    if (wheel->position() != position) {
      bad(name, fmt::format("was sent to position {} and is at {}", position, wheel->position()));
    }
  }
  wheel->darken();
  return fmt::format("moved to {} and back to {}", other, before);
}

std::string look_at_thermometer(const TaskContext& context, const std::string& name) {
  const auto readings = instruments_of(context).thermometer(name)->read();
  std::string seen;
  for (const auto& word : list_argument(context, "thermometer_channels")) {
    const auto found = std::ranges::find_if(readings, [&](const ThermometerReading& one) {
      return parse_integer(word) == one.channel;
    });
    if (found == readings.end()) {
      bad(name, fmt::format("channel {} is silent: is its probe plugged in?", word));
    }
    context.reporter.report(
        ReadingReport{fmt::format("{} {}", name, word), found->celsius, "degC"});
    seen += fmt::format("{}{}: {:.1f} degC", seen.empty() ? "" : ", ", word, found->celsius);
  }
  return seen;
}

std::string look_at_humidity(const TaskContext& context, const std::string& name) {
  const double percent = instruments_of(context).humidity_sensor(name)->read().percent;
  if (std::isnan(percent) || percent < 0 || percent > 100) {
    bad(name, fmt::format("says {} %", percent));
  }
  context.reporter.report(ReadingReport{name, percent, "%"});
  return fmt::format("{:.1f} %", percent);
}

std::string look_at_supply(const TaskContext& context, const std::string& name) {
  const auto supply = instruments_of(context).supply(name);
  const auto identity = supply->identity();
  const auto reading = supply->read(1);
  supply->release();
  return fmt::format("{}, channel 1: {:.2f} V, {:.3f} A", identity, reading.volts, reading.amperes);
}

/// Every device is looked at although others are bad.
TaskExit check_peripherals(const TaskContext& context) {
  using Look = std::string (*)(const TaskContext&, const std::string&);
  Round round{context};
  const auto all = [&](const char* parameter, Look look) {
    for (const auto& name : list_argument(context, parameter)) {
      round.visit(name, [&] { return look(context, name); });
    }
  };
  instruments_of(context);  // none at all is an error of station.ini, not of a device
  all("generators", look_at_generator);
  all("wheels", look_at_wheel);
  all("thermometers", look_at_thermometer);
  all("humidity", look_at_humidity);
  all("supplies", look_at_supply);
  return round.end();
}

}  // namespace

BuiltinTask check_peripherals_task() {
  TaskInfo info;
  info.name = "check_peripherals";
  info.summary = "every peripheral is really asked: identity, moved wheel, fresh temperatures";
  info.recovery = Recovery::Rerun;
  info.reads_run_json = false;
  const auto list = [](const char* name, const char* names, const char* help) {
    return parameter(name, ParameterType::Text, names, help);
  };
  info.parameters = {
      list("generators", "generator", "names in station.ini, separated by commas; none"),
      list("wheels", "wheel0, wheel1", "filter wheels, likewise"),
      list("thermometers", "thermometer", "likewise"),
      list("thermometer_channels", "1, 2, 3, 4", "which have to speak"),
      list("humidity", "none", "humidity sensors, likewise"),
      list("supplies", "none", "power supplies, likewise")};
  info.estimate = std::chrono::seconds{20};
  return {info, check_peripherals};
}

}  // namespace fat
