#include "cli/step_commands.hpp"

#include <algorithm>
#include <iostream>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "cli/exit_code.hpp"
#include "cli/history_text.hpp"
#include "cli/print.hpp"
#include "cli/run_at_hand.hpp"
#include "cli/step_output.hpp"
#include "cli/step_story_text.hpp"
#include "fat/model/command_line.hpp"
#include "fat/model/plain_text.hpp"
#include "fat/model/quantity.hpp"
#include "fat/model/run_paths.hpp"

namespace fat {

namespace {

constexpr std::size_t kLongestReason = 500;
constexpr std::size_t kWidestTitle = 40;
constexpr std::size_t kWidestState = 20;

RunSummary summary_of(const RunAtHand& run) {
  return run.known.campaign->summary(run.known.campaign->state().last_seen);
}

std::string titles(const Plan& plan) {
  std::string text;
  for (const auto& step : plan.steps) {
    text += plain_text(step.title, step.title.size()) + '\n';
  }
  return text;
}

std::string table(const RunSummary& summary) {
  std::size_t title = 10;
  std::size_t state = 7;
  for (const auto& step : summary.steps) {
    title = std::clamp(step.title.size(), title, kWidestTitle);
    state = std::clamp(step.state.size(), state, kWidestState);
  }
  std::string text;
  for (const auto& step : summary.steps) {
    auto line = fmt::format("[{}] {:<{}}  {:<{}}  {}  {}",
                            step.index,
                            plain_text(step.title, step.title.size()),
                            title,
                            step.state,
                            state,
                            step.ran > Microseconds{0} ? to_text(step.ran) : "",
                            plain_text(step.reason, kLongestReason));
    line.erase(line.find_last_not_of(' ') + 1);
    text += line + '\n';
  }
  for (const auto& module : summary.modules) {
    if (module.quarantined) {
      text += fmt::format("in quarantine: {} ({})\n",
                          plain_text(module.serial, kWidestTitle),
                          plain_text(module.quarantine, kLongestReason));
    }
  }
  return text;
}

int list(const Invocation& invocation) {
  const auto run = open_run(invocation);
  if (invocation.arguments.has("titles")) {
    print(titles(run.plan()));
    return kExitDone;
  }
  const auto summary = summary_of(run);
  if (invocation.arguments.has("json")) {
    print(nlohmann::ordered_json::parse(to_json_text(summary)).at("steps").dump(1));
    return kExitDone;
  }
  print(table(summary));
  return kExitDone;
}

int history(const Invocation& invocation) {
  const auto run = open_run(invocation);
  const auto events = run.journal->events(run.known.run);
  print(invocation.arguments.has("json") ? history_json(events) : history_text(events, run.plan()));
  return kExitDone;
}

int show(const Invocation& invocation) {
  const auto run = open_run(invocation);
  StepHeading heading;
  heading.place = step_named(run.plan(), invocation.arguments.value("STEP"));
  heading.run_folder = run_folder(run.plan().run_file);
  if (heading.place.list == StepList::Main) {
    const auto summary = summary_of(run);
    const auto& step = summary.steps.at(heading.place.index);
    heading.state = step.state;
    heading.environment = step.environment;
  }
  const auto story =
      story_of(run.journal->events(run.known.run), heading.place.list, heading.place.step->title);
  print(invocation.arguments.has("json") ? step_story_json(heading, story)
                                         : step_story_text(heading, story));
  return kExitDone;
}

/// The attempt that --attempt names, or the newest. Throws when there is none.
const AttemptStory& chosen_attempt(const Invocation& invocation,
                                   const StepStory& story,
                                   const std::string& title) {
  if (story.attempts.empty()) {
    throw CommandError{kExitUsage,
                       fmt::format("step '{}' has not been started; `fatmaster why {}` says why",
                                   title,
                                   join_command({title}))};
  }
  if (!invocation.arguments.has("attempt")) {
    return story.attempts.back();
  }
  const auto number = parse_integer(invocation.arguments.value("attempt"));
  const auto found = std::ranges::find_if(
      story.attempts, [&](const auto& one) { return number && one.start.key.attempt == *number; });
  if (found == story.attempts.end()) {
    throw UsageError{
        fmt::format("fatmaster output: step '{}' has no attempt '{}'; it has {} so far",
                    title,
                    invocation.arguments.value("attempt"),
                    story.attempts.size())};
  }
  return *found;
}

/// Looks into the journal only when there is something new.
class EndOfAttempt {
 public:
  EndOfAttempt(const RunAtHand& run, AttemptKey key) : run_(run), key_(std::move(key)) {}

  bool operator()() {
    if (!ended_ && run_.journal->last_id() > seen_) {
      for (const auto& stored : run_.journal->events(run_.known.run, seen_)) {
        const auto* end = std::get_if<AttemptEnded>(&stored.event.body);
        ended_ = ended_ || (end != nullptr && end->key == key_);
        seen_ = stored.id;
      }
    }
    return ended_;
  }

 private:
  const RunAtHand& run_;
  AttemptKey key_;
  std::int64_t seen_ = 0;
  bool ended_ = false;
};

int output(const Invocation& invocation) {
  const auto run = open_run(invocation);
  const auto place = step_named(run.plan(), invocation.arguments.value("STEP"));
  const auto& title = place.step->title;
  const auto story = story_of(run.journal->events(run.known.run), place.list, title);
  const auto& start = chosen_attempt(invocation, story, title).start;
  if (start.kind == StepKind::Wait || start.kind == StepKind::Prompt) {
    std::cerr << fmt::format("'{}' prints nothing: the scheduler itself waits or asks\n", title);
    return kExitDone;
  }
  OutputRequest request;
  request.folder = attempt_folder(run_folder(run.plan().run_file), start.key, start.index);
  request.report = invocation.arguments.has("report");
  request.follow = invocation.arguments.has("follow");
  if (!std::filesystem::exists(request.folder)) {
    std::cerr << fmt::format("there is no {}: nothing was run, or it was moved away\n",
                             request.folder.string());
    return kExitDone;
  }
  request.watched = {run.station.state};
  request.has_ended = [ended = EndOfAttempt{run, start.key},
                       record = request.folder / "exit.json"]() mutable {
    return std::filesystem::exists(record) || ended();
  };
  print_step_output(request);
  return kExitDone;
}

}  // namespace

std::vector<Command> step_commands() {
  const OptionInfo step{
      .name = "STEP", .value = {}, .help = "title or index of the step", .required = true};
  const OptionInfo json{.name = "--json", .value = {}, .help = "for programs"};
  return {
      {.name = "list",
       .summary = "the steps of the run and how they stand",
       .details = {},
       .options = {run_operand(),
                   {.name = "--titles", .value = {}, .help = "only the titles, one a line"},
                   json},
       .function = list},
      {.name = "show",
       .summary = "all that is known of a step: attempts, measurements, verdicts, files",
       .details = {},
       .options = {step, run_operand(), json},
       .function = show},
      {.name = "output",
       .summary = "what a step printed",
       .details = "Of its newest attempt. Only the end is kept of very long output. Control\n"
                  "characters are left out.",
       .options = {step,
                   run_operand(),
                   {.name = "--follow,-f", .value = {}, .help = "go on until the step has ended"},
                   {.name = "--attempt", .value = "N", .help = "of this attempt (1 is the first)"},
                   {.name = "--report", .value = {}, .help = "its report lines (JSON) instead"}},
       .function = output},
      {.name = "history",
       .summary = "everything that happened in the run, oldest first",
       .details = {},
       .options = {run_operand(), json},
       .function = history}};
}

}  // namespace fat
