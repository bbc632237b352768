// Channels of station.ini -> set, read back, and what they do to others seen.
#include <stdexcept>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "arguments.hpp"
#include "builtin_task.hpp"
#include "channel_windows.hpp"
#include "module_work.hpp"

namespace fat {
namespace {

constexpr Microseconds kLooksAgainAfter = std::chrono::seconds{1};
constexpr int kFewestLooks = 3;  // before it is given up, however short `within` is

/// In words.
struct Look {
  std::vector<std::string> right, wrong;
};

Look look_at(const TaskContext& context, const std::vector<Window>& windows) {
  Look look;
  for (const auto& window : windows) {
    const auto value = channels_of(context).read_anew(window.signal);
    if (is_inside(window, value)) {
      look.right.push_back(in_words(window, value));
    } else {
      look.wrong.push_back(wanted_in_words(window, value));
    }
  }
  return look;
}

/// Throws std::runtime_error when they are not there in time.
void confirm(const TaskContext& context) {
  const auto windows = windows_argument(context, "confirm");
  const auto within = duration_argument(context, "within");
  const auto began = context.clock.now();
  for (int looks = 1;; ++looks) {
    const auto [right, wrong] = look_at(context, windows);
    if (wrong.empty()) {
      for (const auto& text : right) {
        say(context, text);
      }
      return;
    }
    if (looks >= kFewestLooks && elapsed(began, context.clock.now()) >= within) {
      throw std::runtime_error{fmt::format("not confirmed: {}", fmt::join(wrong, "; "))};
    }
    context.pause(kLooksAgainAfter);
  }
}

/// Each is tried although another fails.
void set_otherwise(const TaskContext& context) {
  for (const auto& [channel, value] : settings_argument(context, "otherwise")) {
    try {
      channels_of(context).set(channel, value);
      say(context, fmt::format("{} reads back {} again", channel, value), "warning");
    } catch (const std::runtime_error& error) {
      say(context, fmt::format("{} may not be {}: {}", channel, value, error.what()), "critical");
    }
  }
}

/// Absolute, so it may be repeated; part of a safe state.
TaskExit set_channel(const TaskContext& context) {
  const auto settings = settings_argument(context, "set");
  try {
    for (const auto& [channel, value] : settings) {
      channels_of(context).set(channel, value);
      say(context, fmt::format("{} reads back {}", channel, value));
    }
    confirm(context);
  } catch (const std::runtime_error&) {
    set_otherwise(context);
    throw;
  }
  return TaskExit::Done;
}

}  // namespace

BuiltinTask set_channel_task() {
  TaskInfo info;
  info.name = "set_channel";
  info.summary = "set channels of station.ini, read them back, and see that others follow";
  info.recovery = Recovery::Rerun;
  info.reads_run_json = false;
  info.parameters = {parameter("set",
                               ParameterType::Text,
                               "",
                               "one after another, e.g. heater_1_voltage 32 V, heater_1 on"),
                     parameter("confirm",
                               ParameterType::Text,
                               "none",
                               "where channels have to be then, e.g. heater_1_power in [65, 75] W"),
                     parameter("within", ParameterType::Duration, "30 s", "how long that may take"),
                     parameter("otherwise",
                               ParameterType::Text,
                               "none",
                               "what is set when it failed, e.g. heater_1 off")};
  info.estimate = std::chrono::seconds{10};
  return {info, set_channel};
}

}  // namespace fat
