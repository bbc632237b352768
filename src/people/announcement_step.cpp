// Events of steps and their attempts -> lines.
#include <algorithm>

#include <fmt/format.h>

#include "people/announcer.hpp"
#include "people/step_counts.hpp"

namespace fat {
namespace {

Urgency urgency_of(Verdict verdict) {
  return verdict == Verdict::Failed || verdict == Verdict::Inconclusive ? Urgency::Warning
                                                                        : Urgency::Info;
}

std::string bound(const char* words, std::optional<double> limit) {
  return limit ? fmt::format(" {} {}", words, *limit) : "";
}

std::string describe(const Measurement& measurement, Verdict verdict) {
  return fmt::format("module {}{}{}: {} = {}{}{} is {} (limits:{}{})",
                     measurement.module,
                     measurement.channel.empty() ? "" : " ",
                     measurement.channel,
                     measurement.name,
                     measurement.value,
                     measurement.unit.empty() ? "" : " ",
                     measurement.unit,
                     to_string(verdict),
                     bound("min", measurement.limits.min),
                     bound("max", measurement.limits.max));
}

/// How it ended, before any reason.
std::string ending_words(const AttemptEnded& event) {
  if (event.cause == EndCause::NeverStarted) {
    return "did not begin, nothing was run";
  }
  const std::string after = event.ran > Microseconds{0} ? " after " + to_text(event.ran) : "";
  switch (event.outcome) {
    case Outcome::Done:
      return event.ran > Microseconds{0} ? "done in " + to_text(event.ran) : "done";
    case Outcome::Errored:
      if (event.cause == EndCause::Refused) {
        return "could not be started";
      }
      return event.try_later ? "asks to be tried again later" : "errored" + after;
    case Outcome::Skipped:
      return "skipped" + after;
    case Outcome::Interrupted:
      return "interrupted" + after + ": nobody knows whether it did its work";
    case Outcome::Aborted:
      return "aborted" + after;
  }
  return "ended";
}

bool is_good(const AttemptEnded& event) {
  return event.outcome == Outcome::Done || event.outcome == Outcome::Skipped ||
         event.cause == EndCause::NeverStarted;
}

}  // namespace

void Announcer::tell(const AttemptStarted& event) {
  const Step* step = find_step(
      campaign_.plan(), event.key.list, event.key.title, static_cast<std::size_t>(event.index));
  if (step != nullptr && step->kind == StepKind::Prompt) {
    return;  // the question itself follows
  }
  std::string text = name(event.key);
  if (event.verify) {
    text += ": asking the hardware whether it was done";
  } else if (event.wait_until) {
    text += ": waiting until " + to_local_text(*event.wait_until);
  } else if (event.wait) {
    text += ": waiting " + to_text(*event.wait);
  } else {
    text += ": started";
  }
  text += event.background ? " in the background" : "";
  if (event.key.attempt > 1) {
    text += fmt::format(" (attempt {})", event.key.attempt);
  }
  say(Urgency::Info, text);
}

void Announcer::tell(const AttemptAdopted& event) {
  say(Urgency::Info,
      fmt::format("{}: went on running while the engine was away; watched again (attempt {})",
                  name(event.key),
                  event.key.attempt));
}

void Announcer::tell(const AttemptReported& event) {
  const std::string step = name(event.key);
  for (const auto& said : event.messages) {
    const auto text = fmt::format("{}: {}", step, said.text);
    say_fault(urgency_of(said.level), text, text);
  }
  for (const auto& module : event.modules) {
    const auto text = fmt::format("{}: module {} {}{}",
                                  step,
                                  module.module,
                                  module.responsive ? "answers" : "does not answer",
                                  because(module.reason));
    say_fault(module.responsive ? Urgency::Info : Urgency::Warning, text, text);
  }
  for (const Measurement& measurement : event.measurements) {
    const auto verdict = judge(measurement);
    if (verdict && *verdict != Verdict::Passed) {
      say_fault(
          urgency_of(*verdict),
          fmt::format(
              "{}: {} {} {}", step, measurement.module, measurement.channel, measurement.name),
          fmt::format("{}: {}", step, describe(measurement, *verdict)));
    }
  }
  for (const auto& said : event.verdicts) {
    say(urgency_of(said.verdict),
        fmt::format("{}: module {}: {}{}",
                    step,
                    said.module,
                    to_string(said.verdict),
                    because(said.reason)));
  }
}

void Announcer::tell(const AttemptEnded& event) {
  std::string text = fmt::format("{}: {}", name(event.key), ending_words(event));
  if (event.outcome != Outcome::Done) {
    text += because(event.reason);
  }
  if (event.cause == EndCause::Harvested) {
    text += " (it ended while the engine was away)";
  }
  if (event.survivors > 0) {
    text += event.survivors == 1
                ? "; a process that it left behind was ended"
                : fmt::format("; {} processes that it left behind were ended", event.survivors);
  }
  const auto retry = retry_words(event);
  text += retry;
  const auto environment = environment_words(event);
  text += environment;
  const bool good = is_good(event) && event.survivors == 0 && environment.empty();
  say_fault(
      good ? Urgency::Info : Urgency::Warning,
      retry.empty() ? "" : fmt::format("{} errored{}", name(event.key), because(event.reason)),
      text);
}

/// Readings are many; what they mean for a result is told with its end.
void Announcer::tell(const SignalRead&) {}

std::string Announcer::environment_words(const AttemptEnded& event) const {
  const auto index = event.key.list == StepList::Main ? main_index(event.key.title) : std::nullopt;
  if (!index || campaign_.plan().steps[*index].valid_when.empty()) {
    return "";
  }
  const auto summary = campaign_.summary(event_.at);
  const auto& environment = summary.steps[*index].environment;
  return environment.empty() ? "" : "; MEASURED OUT OF ITS ENVIRONMENT: " + environment;
}

std::string Announcer::retry_words(const AttemptEnded& event) const {
  if (event.outcome != Outcome::Errored || event.key.list != StepList::Main) {
    return "";
  }
  const auto index = main_index(event.key.title);
  const RunSummary summary = campaign_.summary(event_.at);
  if (!index || *index >= summary.steps.size() ||
      !summary.steps[*index].state.starts_with("retry")) {
    return "";
  }
  const std::string_view state = summary.steps[*index].state;
  const int retries = campaign_.plan().steps[*index].attempts - 1;
  if (event.key.attempt > retries) {
    return fmt::format("; {}", state);
  }
  return fmt::format("; retry {} of {}{}", event.key.attempt, retries, state.substr(5));
}

void Announcer::tell(const StepResolved& event) {
  const std::string step = name({.list = StepList::Main, .title = event.title});
  const bool good = event.outcome == Outcome::Done || event.outcome == Outcome::Skipped;
  if (!good &&
      by().empty()) {  // on_failure = continue, or an abort-step with it; why was told before
    say(Urgency::Info, step + ": the run goes on without it");
    return;
  }
  say(good ? Urgency::Info : Urgency::Warning,
      fmt::format("{}: {} {}{}{}",
                  step,
                  event.outcome == Outcome::Skipped ? "was" : "was marked",
                  to_string(event.outcome),
                  by(),
                  because(event.reason)));
}

void Announcer::tell(const StepReopened& event) {
  say(Urgency::Info,
      fmt::format("{}: will be done again{}{}",
                  name({.list = StepList::Main, .title = event.title}),
                  by().empty() ? "" : ", asked for" + by(),
                  because(event.reason)));
}

}  // namespace fat
