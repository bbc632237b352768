#include "cli/run_at_hand.hpp"

#include <fmt/format.h>

#include "fat/model/plain_text.hpp"
#include "fat/model/quantity.hpp"
#include "fat/model/suggestion.hpp"
#include "fat/store/station_lock.hpp"

namespace fat {

namespace {

constexpr std::size_t kLongestTitle = 200;

/// In any list of the plan.
std::optional<StepPlace> step_titled(const Plan& plan, const std::string& title) {
  const auto in = [&](StepList list, const std::vector<Step>& steps) -> std::optional<StepPlace> {
    const auto index = find_step(steps, title);
    return index ? std::optional{StepPlace{list, *index, &steps[*index]}} : std::nullopt;
  };
  if (const auto place = in(StepList::Main, plan.steps)) {
    return place;
  }
  if (const auto place = in(StepList::OnResume, plan.on_resume)) {
    return place;
  }
  if (const auto place = in(StepList::SafeState, plan.safe_state)) {
    return place;
  }
  return plan.backup && plan.backup->title == title
             ? std::optional{StepPlace{StepList::Backup, 0, &*plan.backup}}
             : std::nullopt;
}

std::vector<std::string> titles_of(const Plan& plan) {
  std::vector<std::string> titles;
  for (const auto* list : {&plan.steps, &plan.on_resume, &plan.safe_state}) {
    for (const auto& step : *list) {
      titles.push_back(step.title);
    }
  }
  return titles;
}

}  // namespace

RunAtHand open_run(const Invocation& invocation) {
  return open_run(invocation, invocation.arguments.value("RUN"));
}

RunAtHand open_run(const Invocation& invocation, const std::string& text) {
  RunAtHand run;
  run.station = open_station(invocation).station;
  run.journal = open_journal_to_read(run.station);
  const int number = choose_run(*run.journal, text);
  run.newest = number == run.journal->runs().back();
  // Before it is read: one that ends in between has written down its end.
  const auto owner = who_holds(run.station.state);
  const bool is_starting = owner && owner->run == 0 && run.newest;  // it does not know its run yet
  run.driven = is_starting || (owner && owner->run == number);
  run.known = load_run(*run.journal, number);
  return run;
}

std::string nobody_drives_it(const RunAtHand& run) {
  const auto& state = run.known.campaign->state();
  if (is_ended(state.status()) || run.driven) {
    return {};
  }
  const auto resume =
      run.newest ? "fatmaster resume" : fmt::format("fatmaster resume {}", run.known.run);
  return fmt::format(
      "NO SCHEDULER IS RUNNING: no further step starts. It was last seen at\n"
      "{}. A step that still runs will be adopted.\n"
      "type:    {}\n",
      to_local_text(state.last_seen.wall),
      resume);
}

StepPlace step_named(const Plan& plan, const std::string& text) {
  if (const auto place = step_titled(plan, text)) {
    return *place;
  }
  const bool brackets = text.size() > 2 && text.front() == '[' && text.back() == ']';
  const auto number = parse_integer(brackets ? text.substr(1, text.size() - 2) : text);
  if (!number) {
    throw UsageError{fmt::format("there is no step '{}' in run {}{}; `fatmaster list` shows them",
                                 plain_text(text, kLongestTitle),
                                 plan.run_number,
                                 did_you_mean(text, titles_of(plan)))};
  }
  if (*number < 0 || static_cast<std::size_t>(*number) >= plan.steps.size()) {
    throw UsageError{fmt::format("there is no step [{}]: run {} has {} steps, counted from [0]",
                                 *number,
                                 plan.run_number,
                                 plan.steps.size())};
  }
  const auto index = static_cast<std::size_t>(*number);
  return {.list = StepList::Main, .index = index, .step = &plan.steps[index]};
}

OptionInfo run_operand() {
  return {.name = "RUN", .value = {}, .help = "number or run JSON (default: the newest run)"};
}

}  // namespace fat
