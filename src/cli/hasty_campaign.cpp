#include "cli/hasty_campaign.hpp"

#include <algorithm>
#include <map>

#include <fmt/format.h>

#include "fat/plan/section_text.hpp"

namespace fat {

namespace {

class Hasty {
 public:
  Hasty(const Plan& plan, const Rehearsal& rehearsal, const HastyOptions& options)
      : plan_(plan), options_(options) {
    for (const auto& attempt : rehearsal.attempts) {
      if (attempt.key.list == StepList::Main) {
        lengths_[attempt.key.title] = attempt.ended - attempt.began;
      }
    }
  }

  HastyCampaign write();

 private:
  static bool is_foreign(const Step& step) {
    return step.kind == StepKind::Python || step.kind == StepKind::Command;
  }

  /// Its station has devices and no channels.
  static bool asks_channels(const Step& step) {
    return step.task == "set_channel" || step.task == "wait_for_channel";
  }

  Step hasty(Step step);
  void only_wait(Step& step) const;
  std::vector<Step> without_foreign(const std::vector<Step>& steps) const;

  const Plan& plan_;
  const HastyOptions& options_;
  std::map<std::string, Microseconds> lengths_;  ///< by title
  HastyCampaign result_;
};

void Hasty::only_wait(Step& step) const {
  const auto length = lengths_.find(step.title);
  const auto planned = length == lengths_.end() ? kGuessedLength : length->second;
  const auto on_machine = std::chrono::duration<double, std::milli>(planned) / options_.speed;
  step.kind = StepKind::Wait;
  step.task = "wait_time";
  step.package.clear();
  step.arguments = {
      {.name = "duration", .value = fmt::format("{:.3f} ms", std::max(on_machine.count(), 1.0))}};
}

Step Hasty::hasty(Step step) {
  step.on_failure = OnFailure::Continue;
  const auto told_by_file = [](const Window& one) { return one.signal.starts_with("file:"); };
  if (std::erase_if(step.valid_when, told_by_file) > 0) {
    result_.windows.push_back(step.title);
  }
  if (step.kind == StepKind::Wait) {
    only_wait(step);
  } else if (step.kind == StepKind::Prompt) {
    std::erase_if(step.arguments, [](const Argument& one) {
      return one.name == "default" || one.name == "deadline";
    });
    step.arguments.push_back({.name = "default", .value = "yes"});
  } else if (asks_channels(step)) {
    result_.channels.push_back(step.title);
    only_wait(step);
  } else if (is_foreign(step) && !options_.foreign) {
    result_.foreign.push_back(step.title);
    only_wait(step);
  }
  return step;
}

std::vector<Step> Hasty::without_foreign(const std::vector<Step>& steps) const {
  auto own = steps;
  std::erase_if(own, [&](const Step& step) {
    return asks_channels(step) || (is_foreign(step) && !options_.foreign);
  });
  return own;
}

HastyCampaign Hasty::write() {
  const SectionStyle style{.backups = plan_.backup.has_value(), .lanes = true, .station = true};
  result_.schedule =
      "# A rehearsal on the virtual bench.\n\n" + constants_text(plan_, options_.run_file);
  for (const auto& step : plan_.steps) {
    result_.schedule += "\n" + section_text(hasty(step), style);
  }
  auto safety = plan_;
  safety.safe_state = without_foreign(plan_.safe_state);
  safety.on_resume = without_foreign(plan_.on_resume);
  result_.schedule += safety_text(safety, style);
  return std::move(result_);
}

DeviceEntry set_by_wire(const std::string& name) {
  DeviceEntry freezer;
  freezer.name = name;
  freezer.kind = "julabo";
  freezer.link = LinkAddress{.kind = LinkKind::Tcp, .host = "localhost", .port = 1};
  return freezer;
}

}  // namespace

HastyCampaign hasty_campaign(const Plan& plan,
                             const Rehearsal& rehearsal,
                             const HastyOptions& options) {
  return Hasty{plan, rehearsal, options}.write();
}

std::string hasty_station(const Station& station) {
  std::string text =
      "# The station of a rehearsal: the devices of the real one, all of them virtual.\n"
      "[station]\n" +
      option_text("name", "rehearsal of " + station.name);
  if (!station.time_zone.empty()) {
    text += option_text("time_zone", station.time_zone);
  }
  if (!station.backups.empty()) {
    text += "\n[backup local]\ntarget = backups\n";
  }
  for (const auto& declared : station.devices) {
    const auto device = declared.kind == "manual_freezer" ? set_by_wire(declared.name) : declared;
    text += fmt::format("\n[device {}]\n{}", device.name, option_text("kind", device.kind));
    text += device.link ? option_text("link", to_text(*device.link)) : "";
    for (const auto& [name, value] : device.parameters) {
      text += option_text(name, value);
    }
  }
  return text;
}

}  // namespace fat
