// An answer to a prompt -> everything it entails.
#include "fat/engine/decide.hpp"

namespace fat {

namespace {

std::vector<EventBody> after_recovery(const Prompt& prompt,
                                      const std::string& value,
                                      const std::string& reason) {
  if (value == "rerun") {
    return {StepReopened{prompt.step, reason}};
  }
  auto outcome = Outcome::Errored;
  if (value == "done") {
    outcome = Outcome::Done;
  } else if (value == "skip") {
    outcome = Outcome::Skipped;
  }
  return {StepResolved{prompt.step, outcome, reason}};
}

/// Nothing when the end of the run is asked for already.
std::vector<EventBody> stop(const RunState& state, const std::string& reason) {
  if (state.is_ending()) {
    return {};
  }
  return {StopRequested{.reason = reason, .failure = false}};
}

std::vector<EventBody> after_failure(const RunState& state,
                                     const Prompt& prompt,
                                     const std::string& value,
                                     const std::string& reason) {
  if (value == "stop") {
    return stop(state, reason);
  }
  if (value == "retry") {
    return {StepReopened{prompt.step, reason}, Continued{reason}};
  }
  const auto* step = state.step(prompt.step);
  const bool aborted = step != nullptr && step->after_abort;
  return {StepResolved{prompt.step,
                       aborted ? Outcome::Aborted : Outcome::Errored,
                       step == nullptr ? reason : step->reason},
          Continued{reason}};
}

std::vector<EventBody> after_manual_input(const RunState& state,
                                          const PromptOpened& asked,
                                          const std::string& value,
                                          const std::string& reason) {
  AttemptEnded end{.key = asked.attempt.value_or(AttemptKey{})};
  end.cause = EndCause::Answered;
  if (value == "yes") {
    end.outcome = Outcome::Done;
    return {end};
  }
  end.outcome = Outcome::Aborted;
  end.reason = reason.empty() ? "answered no" : "answered no: " + reason;
  auto events = stop(state, end.reason);
  events.insert(events.begin(), end);
  return events;
}

}  // namespace

std::vector<EventBody> answer_events(const RunState& state,
                                     const PromptOpened& asked,
                                     const std::string& value,
                                     const std::string& reason) {
  const bool of_process = asked.prompt.purpose == PromptPurpose::StepQuestion;
  std::vector<EventBody> events{
      PromptAnswered{asked.prompt.id, value, reason, of_process ? asked.attempt : std::nullopt}};
  std::vector<EventBody> follow;
  switch (asked.prompt.purpose) {
    case PromptPurpose::ManualInput:
      follow = after_manual_input(state, asked, value, reason);
      break;
    case PromptPurpose::Recovery:
      follow = after_recovery(asked.prompt, value, reason);
      break;
    case PromptPurpose::Failure:
      follow = after_failure(state, asked.prompt, value, reason);
      break;
    case PromptPurpose::StepQuestion:
      break;
  }
  events.insert(events.end(), follow.begin(), follow.end());
  return events;
}

}  // namespace fat
