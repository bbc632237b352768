#include "cli/step_channels.hpp"

#include <algorithm>
#include <iterator>
#include <string>

#include <fmt/format.h>

#include "fat/model/channel_setting.hpp"
#include "fat/model/suggestion.hpp"
#include "fat/model/validity.hpp"

namespace fat {

namespace {

/// One step's arguments against the channels there are.
class StepChannels {
 public:
  StepChannels(const Step& step, const Station& station) : step_(step), station_(station) {}

  std::vector<Problem> check() {
    for (const auto& argument : step_.arguments) {
      if (argument.value == "none") {
        continue;
      }
      if (argument.name == "set" || argument.name == "otherwise") {
        check_settings(argument);
      } else if (argument.name == "confirm" || argument.name == "until") {
        check_windows(argument);
      }
    }
    return std::move(problems_);
  }

 private:
  void wrong(const Argument& argument, const std::string& what) {
    auto where = step_.source;
    where.line = argument.line > 0 ? argument.line : where.line;
    problems_.push_back(
        {.severity = Severity::Error,
         .where = std::move(where),
         .message = fmt::format("'{}' in [{}]: {}", argument.name, step_.title, what)});
  }

  const ChannelEntry* find(const Argument& argument, const std::string& name) {
    const auto& channels = station_.channels;
    const auto found = std::ranges::find(channels, name, &ChannelEntry::name);
    if (found != channels.end()) {
      return &*found;
    }
    std::vector<std::string> names;
    std::ranges::transform(channels, std::back_inserter(names), &ChannelEntry::name);
    wrong(argument,
          fmt::format("station.ini has no [channel {}]{}", name, did_you_mean(name, names)));
    return nullptr;
  }

  void check_settings(const Argument& argument) {
    const auto settings = parse_named_settings(argument.value);
    if (!settings) {
      wrong(argument, "it should be such as 'heater_1 off, bias 12 V'");
      return;
    }
    for (const auto& [name, value] : *settings) {
      const auto* const channel = find(argument, name);
      const auto problem =
          channel == nullptr ? std::string{} : parse_channel_setting(*channel, value).problem;
      if (!problem.empty()) {
        wrong(argument, problem);
      }
    }
  }

  void check_windows(const Argument& argument) {
    const auto windows = parse_windows(argument.value);
    if (!windows) {
      wrong(argument, "it should be such as 'top_plate in [273, ] K, bottom in 275 +- 2 K'");
      return;
    }
    for (const auto& window : *windows) {
      const auto* const channel = find(argument, window.signal);
      if (channel != nullptr && channel->unit != window.unit) {
        wrong(argument,
              fmt::format("{} is in {}, not in '{}'",
                          channel->name,
                          channel->unit.empty() ? "no unit" : channel->unit,
                          window.unit));
      }
    }
  }

  const Step& step_;
  const Station& station_;
  std::vector<Problem> problems_;
};

}  // namespace

std::vector<Problem> wrong_channels(const Plan& plan, const Station& station) {
  std::vector<Problem> problems;
  for (const auto* list : {&plan.steps, &plan.safe_state, &plan.on_resume}) {
    for (const auto& step : *list) {
      const bool uses_channels = step.kind == StepKind::Builtin &&
                                 (step.task == "set_channel" || step.task == "wait_for_channel");
      auto more = uses_channels ? StepChannels{step, station}.check() : std::vector<Problem>{};
      std::ranges::move(more, std::back_inserter(problems));
    }
  }
  return problems;
}

}  // namespace fat
