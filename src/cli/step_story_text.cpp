#include "cli/step_story_text.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "fat/model/command_line.hpp"
#include "fat/model/plain_text.hpp"
#include "fat/model/run_paths.hpp"

namespace fat {

namespace {

constexpr std::size_t kLongestLine = 4096;
constexpr std::size_t kWidestCell = 32;

/// Collects lines; whatever a step or a schedule wrote is made harmless.
class Page {
 public:
  void line(std::string_view text) {
    auto safe = plain_text(text, kLongestLine);
    safe.erase(safe.find_last_not_of(' ') + 1);
    text_ += safe + '\n';
  }

  void field(std::string_view name, std::string_view value) {
    if (!value.empty()) {
      line(fmt::format("  {:<9} {}", name, value));
    }
  }

  std::string text() && { return std::move(text_); }

 private:
  std::string text_;
};

std::string what(const Step& step) {
  switch (step.kind) {
    case StepKind::Python:
      return fmt::format("Python function {} of {}", step.task, step.package);
    case StepKind::Command:
      return "command " + step.command;
    case StepKind::Builtin:
    case StepKind::Wait:
    case StepKind::Prompt:
      return "built-in task " + step.task;
  }
  return {};
}

void add_heading(Page& page, const StepHeading& heading, const StepStory& story) {
  const auto& [list, index, step] = heading.place;
  const auto name = list == StepList::Main ? fmt::format("[{}] {}", index, step->title)
                                           : fmt::format("{} ({})", step->title, to_string(list));
  const auto attempts = story.attempts.size();
  page.line(fmt::format("{}{}{}, {} attempt{}",
                        name,
                        heading.state.empty() ? "" : ": ",
                        heading.state,
                        attempts == 0 ? "no" : std::to_string(attempts),
                        attempts == 1 ? "" : "s"));
  page.field(
      "not valid",
      heading.environment.empty() ? "" : "measured out of its environment: " + heading.environment);
  page.field("what", what(*step));
  page.field("from", fmt::format("{}:{}", step->source.file, step->source.line));
  for (const auto& argument : step->arguments) {
    page.line(fmt::format("  {} = {}", argument.name, argument.value));
  }
}

std::string ending(const AttemptStory& attempt) {
  if (!attempt.end) {
    return attempt.adopted ? "not ended (adopted by a later scheduler)" : "not ended";
  }
  const auto& end = *attempt.end;
  auto text = fmt::format("{} after {}", to_string(end.outcome), to_text(end.ran));
  text += end.timed_out ? ", timed out" : "";
  return text + (end.try_later ? ", to be tried again later" : "");
}

std::string how_known(const AttemptEnded& end) {
  switch (end.cause) {
    case EndCause::Exited:
      return {};
    case EndCause::Harvested:
      return "it ended while no scheduler was there; found afterwards";
    case EndCause::Lost:
      return "no exit record: killed with its shim, or a power cut";
    case EndCause::NeverStarted:
      return "the scheduler died before the process existed; nothing was run";
    case EndCause::Waited:
      return "its time had come";
    case EndCause::Answered:
      return "a person answered";
    case EndCause::Refused:
      return "it could not be started";
  }
  return {};
}

std::string exit_text(const AttemptEnded& end) {
  if (end.signal) {
    return fmt::format("signal {}", *end.signal);
  }
  return end.status ? fmt::format("status {}", *end.status) : "";
}

std::string effort(const AttemptEnded& end) {
  if (end.processor == Microseconds{0} && end.max_rss_kib == 0) {
    return {};
  }
  return fmt::format("{} of processor time, {:.1f} MiB of memory",
                     to_text(end.processor),
                     static_cast<double>(end.max_rss_kib) / 1024);
}

std::string bound(std::optional<double> limit) {
  return limit ? fmt::format("{:.6g}", *limit) : std::string{};
}

std::string limits_text(const Limits& limits) {
  std::string text;
  if (limits.min || limits.max) {
    text = fmt::format("[{}, {}]", bound(limits.min), bound(limits.max));
  }
  if (limits.warn_min || limits.warn_max) {
    text += fmt::format(
        "{}warn [{}, {}]", text.empty() ? "" : " ", bound(limits.warn_min), bound(limits.warn_max));
  }
  return text;
}

using Row = std::array<std::string, 5>;

Row row_of(const Measurement& measurement) {
  const auto verdict = judge(measurement);
  return {plain_text(
              measurement.module + (measurement.channel.empty() ? "" : " " + measurement.channel),
              kWidestCell),
          plain_text(measurement.name, kWidestCell),
          plain_text(fmt::format("{:.6g} {}", measurement.value, measurement.unit), kWidestCell),
          limits_text(measurement.limits),
          verdict ? std::string{to_string(*verdict)} : "recorded"};
}

void add_measurements(Page& page, const std::vector<Measurement>& measurements) {
  if (measurements.empty()) {
    return;
  }
  std::vector<Row> rows{{"module", "measurement", "value", "limits", "verdict"}};
  std::ranges::transform(measurements, std::back_inserter(rows), row_of);
  std::array<std::size_t, 5> widths{};
  for (const auto& row : rows) {
    for (std::size_t i = 0; i < row.size(); ++i) {
      widths.at(i) = std::max(widths.at(i), row.at(i).size());
    }
  }
  for (const auto& row : rows) {
    std::string line = "  ";
    for (std::size_t i = 0; i < row.size(); ++i) {
      line += fmt::format("{:<{}}  ", row.at(i), widths.at(i));
    }
    page.line(line);
  }
}

void add_said(Page& page, const AttemptReported& said) {
  for (const auto& message : said.messages) {
    page.line(fmt::format("  {:<9} {}", message.level, message.text));
  }
  for (const auto& module : said.modules) {
    page.line(fmt::format("  module    {} {}{}{}",
                          module.module,
                          module.responsive ? "answers" : "does not answer",
                          module.reason.empty() ? "" : ": ",
                          module.reason));
  }
  add_measurements(page, said.measurements);
  for (const auto& verdict : said.verdicts) {
    page.line(fmt::format("  verdict   {}: {}{}{}",
                          verdict.module,
                          to_string(verdict.verdict),
                          verdict.reason.empty() ? "" : ", ",
                          verdict.reason));
  }
  for (const auto& artifact : said.artifacts) {
    page.field("artifact", artifact);
  }
  page.field("reached", said.checkpoint);
}

std::string code_text(const CodeStory& code) {
  auto text = fmt::format("{}{}: {}",
                          code.unit.code,
                          code.changed ? " (changed since the attempt before)" : "",
                          code.unit.files.empty() ? code.unit.name : code.unit.files.front());
  if (code.unit.files.size() > 1) {
    text += fmt::format(" and {} more", code.unit.files.size() - 1);
  }
  for (const auto& one : code.repositories) {
    constexpr std::size_t shown_digits = 12;
    text += fmt::format("; {} at {}", one.folder, one.commit.substr(0, shown_digits));
    text += one.state == "clean" ? "" : (one.commit.empty() ? "" : ", ") + one.state;
  }
  return text;
}

void add_attempt(Page& page, const StepHeading& heading, const AttemptStory& attempt) {
  const auto& start = attempt.start;
  page.line("");
  page.line(fmt::format("attempt {}{}: {}",
                        start.key.attempt,
                        start.verify ? " (asks the hardware whether it was done)" : "",
                        ending(attempt)));
  page.field("started", to_local_text(attempt.started));
  if (attempt.end) {
    page.field("ended", to_local_text(attempt.ended));
    page.field("why", attempt.end->reason);
    page.field("known", how_known(*attempt.end));
    page.field("exit", exit_text(*attempt.end));
    page.field("effort", effort(*attempt.end));
  }
  if (start.kind != StepKind::Wait && start.kind != StepKind::Prompt) {
    page.field("folder", attempt_folder(heading.run_folder, start.key, start.index).string());
  }
  if (attempt.code) {
    page.field("code", code_text(*attempt.code));
  }
  add_said(page, attempt.said);
}

}  // namespace

std::string step_story_text(const StepHeading& heading, const StepStory& story) {
  Page page;
  add_heading(page, heading, story);
  for (const auto& attempt : story.attempts) {
    add_attempt(page, heading, attempt);
  }
  if (!story.decisions.empty()) {
    page.line("");
  }
  for (const auto& decision : story.decisions) {
    page.line(fmt::format("{}  {}  ({})", to_local_text(decision.at), decision.text, decision.who));
  }
  const auto kind = heading.place.step->kind;
  if (!story.attempts.empty() && kind != StepKind::Wait && kind != StepKind::Prompt) {
    page.line("");
    page.line("type:    fatmaster output " + join_command({heading.place.step->title}));
  }
  return std::move(page).text();
}

}  // namespace fat
