// Channels of station.ini, read again and again -> they are where they should be, and stay.
#include <algorithm>
#include <cmath>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "arguments.hpp"
#include "builtin_task.hpp"
#include "channel_windows.hpp"
#include "module_work.hpp"

namespace fat {
namespace {

constexpr Microseconds kLooksEvery = std::chrono::seconds{5};

/// One channel that is waited for.
struct Awaited {
  Window window;
  ChannelValue newest;
  Microseconds heard{0};        ///< when it was valid last
  std::optional<double> first;  ///< its first value
};

/// How far it has come, of the way to the nearer end of its window.
double part_done(const Awaited& one) {
  const auto value = one.newest.reading.value;
  if (is_inside(one.window, one.newest)) {
    return 1;
  }
  if (!value || !one.first) {
    return 0;
  }
  const double goal = one.window.low.value_or(one.window.high.value_or(0));
  const double near =
      one.window.high && std::abs(*one.window.high - *value) < std::abs(goal - *value)
          ? *one.window.high
          : goal;
  const double whole = std::abs(near - *one.first);
  return whole > 0 ? std::clamp(1 - (std::abs(near - *value) / whole), 0.0, 1.0) : 0;
}

class Waiting {
 public:
  explicit Waiting(const TaskContext& context)
      : context_(context),
        any_(text_argument(context, "vote") == "any"),
        steady_(duration_argument(context, "steady")),
        limit_(duration_argument(context, "limit")),
        silent_(duration_argument(context, "silent")),
        began_(boot()) {
    if (!any_ && text_argument(context, "vote") != "all") {
      throw std::runtime_error{"vote is 'all' or 'any'"};
    }
    for (auto& window : windows_argument(context, "until")) {
      awaited_.push_back({.window = window, .newest = {}, .heard = began_, .first = {}});
    }
    if (awaited_.empty()) {
      throw std::runtime_error{"until names no channel"};
    }
  }

  /// True when it is there and has been long enough. Throws std::runtime_error when there is no
  /// hope left.
  bool look() {
    for (auto& one : awaited_) {
      hear(one);
    }
    const auto there = [](const Awaited& one) { return is_inside(one.window, one.newest); };
    const bool inside =
        any_ ? std::ranges::any_of(awaited_, there) : std::ranges::all_of(awaited_, there);
    inside_since_ = inside ? inside_since_.value_or(boot()) : std::optional<Microseconds>{};
    if (inside_since_ && boot() - *inside_since_ >= steady_) {
      return true;
    }
    give_up_when_silent();
    give_up_when_late();
    tell_progress();
    return false;
  }

  std::string text() const {
    std::string text;
    for (const auto& one : awaited_) {
      text += (text.empty() ? "" : "; ") + wanted_in_words(one.window, one.newest);
    }
    return text;
  }

 private:
  Microseconds boot() const { return context_.clock.now().boot; }

  void hear(Awaited& one) {
    one.newest = channels_of(context_).read(one.window.signal);
    if (const auto value = one.newest.reading.value; one.newest.reading.is_valid() && value) {
      one.heard = boot();
      one.first = one.first.value_or(*value);
      context_.reporter.report(ReadingReport{one.window.signal, *value, one.newest.unit});
    }
  }

  void give_up_when_silent() const {
    for (const auto& one : awaited_) {
      if (boot() - one.heard > silent_) {
        throw std::runtime_error{
            fmt::format("nobody knows where it is for {}: {}", to_text(silent_), text())};
      }
    }
  }

  void give_up_when_late() const {
    if (boot() - began_ > limit_) {
      throw std::runtime_error{fmt::format("after {}: {}", to_text(limit_), text())};
    }
  }

  void tell_progress() const {
    double least = 1, most = 0;
    for (const auto& one : awaited_) {
      least = std::min(least, part_done(one));
      most = std::max(most, part_done(one));
    }
    context_.reporter.report(ProgressReport{any_ ? most : least, text()});
  }

  const TaskContext& context_;
  bool any_;
  Microseconds steady_, limit_, silent_, began_;
  std::optional<Microseconds> inside_since_;
  std::vector<Awaited> awaited_;
};

/// Changes nothing.
TaskExit wait_for_channel(const TaskContext& context) {
  Waiting waiting{context};
  while (!waiting.look()) {
    context.pause(kLooksEvery);
  }
  say(context, waiting.text());
  return TaskExit::Done;
}

}  // namespace

BuiltinTask wait_for_channel_task() {
  TaskInfo info;
  info.name = "wait_for_channel";
  info.summary = "wait until channels of station.ini are where they should be";
  info.recovery = Recovery::Rerun;
  info.reads_run_json = false;
  info.parameters = {
      parameter(
          "until", ParameterType::Text, "", "e.g. top_plate in [273, ] K, bottom in [273, ] K"),
      parameter("vote", ParameterType::Text, "all", "all of them, or any"),
      parameter("steady", ParameterType::Duration, "0 s", "how long they have to stay there"),
      parameter("limit", ParameterType::Duration, "12 h", "after this time the step has failed"),
      parameter("silent",
                ParameterType::Duration,
                "5 min",
                "so long without a valid reading, and the step has failed")};
  info.estimate = std::chrono::hours{1};
  return {info, wait_for_channel};
}

}  // namespace fat
