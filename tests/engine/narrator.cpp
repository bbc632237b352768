#include "engine/narrator.hpp"

#include <fmt/format.h>

namespace fat {

namespace {

std::string because(const std::string& reason) {
  return reason.empty() ? "" : fmt::format(" ({})", reason);
}

std::string told(const AttemptKey& key) {
  return fmt::format("'{}' (attempt {})", key.title, key.attempt);
}

struct Sentence {
  const std::string& who;

  std::string operator()(const RunOpened&) const { return "The run is opened."; }

  std::string operator()(const SchedulerStarted& body) const {
    return fmt::format("A scheduler starts ({}{}{}{}).",
                       to_string(body.mode),
                       body.batch ? ", --batch" : "",
                       body.from.empty() ? "" : ", --from " + body.from,
                       body.until.empty() ? "" : ", --until " + body.until);
  }

  std::string operator()(const PlanAdopted& body) const {
    return fmt::format("Version {} of the plan is adopted.", body.version);
  }

  std::string operator()(const AttemptStarted& body) const {
    return fmt::format(
        "{} {}.", body.verify ? "The hardware is asked about" : "Start of", told(body.key));
  }

  std::string operator()(const AttemptAdopted& body) const {
    return fmt::format("{} is found alive.", told(body.key));
  }

  std::string operator()(const AttemptReported& body) const {
    return fmt::format("{} reports something.", told(body.key));
  }

  std::string operator()(const AttemptEnded& body) const {
    return fmt::format(
        "{} ends {}{}.", told(body.key), to_string(body.outcome), because(body.reason));
  }

  std::string operator()(const StepResolved& body) const {
    return fmt::format("{} decides that '{}' is {}{}.",
                       who,
                       body.title,
                       to_string(body.outcome),
                       because(body.reason));
  }

  std::string operator()(const StepReopened& body) const {
    return fmt::format("{} lets '{}' run again{}.", who, body.title, because(body.reason));
  }

  std::string operator()(const PromptOpened& body) const {
    return fmt::format("Prompt {} asks about '{}' ({}).",
                       body.prompt.id,
                       body.prompt.step,
                       to_string(body.prompt.purpose));
  }

  std::string operator()(const PromptAnswered& body) const {
    return fmt::format("{} answers prompt {}: {}.", who, body.id, body.value);
  }

  std::string operator()(const PromptWithdrawn& body) const {
    return fmt::format("Prompt {} is withdrawn.", body.id);
  }

  std::string operator()(const PauseRequested&) const { return who + " asks for a pause."; }

  std::string operator()(const PauseCancelled&) const { return who + " cancels the pause."; }

  std::string operator()(const Paused& body) const {
    return fmt::format("The run is paused{}.", because(body.reason));
  }

  std::string operator()(const Continued&) const { return "The run goes on."; }

  std::string operator()(const StopRequested& body) const {
    return fmt::format("{} asks for a stop{}.", who, because(body.reason));
  }

  std::string operator()(const StopCancelled&) const { return who + " cancels the stop."; }

  std::string operator()(const AbortStepRequested& body) const {
    return fmt::format("{} aborts '{}'; then: {}.", who, body.title, to_string(body.then));
  }

  std::string operator()(const AbortRequested& body) const {
    return fmt::format("{} {} the run.", who, body.halt ? "halts" : "aborts");
  }

  std::string operator()(const BreakRequested& body) const {
    return fmt::format("The run breaks{}.", because(body.reason));
  }

  std::string operator()(const SafeStateStarted& body) const {
    return fmt::format("The safe state begins{}.", because(body.reason));
  }

  std::string operator()(const SafeStateEnded&) const { return "The safe state has ended."; }

  std::string operator()(const RunEnded& body) const {
    return fmt::format("The run is {}{}.", to_string(body.status), because(body.reason));
  }

  std::string operator()(const Noted& body) const { return body.text; }

  std::string operator()(const Logged& body) const { return who + " writes: " + body.text; }

  std::string operator()(const CodeSeen&) const { return "The code behind the steps is seen."; }

  std::string operator()(const ModuleQuarantined& body) const {
    return fmt::format("Module '{}' is put in quarantine{}.", body.module, because(body.reason));
  }

  std::string operator()(const ModuleReleased& body) const {
    return fmt::format("Module '{}' is released{}.", body.module, because(body.reason));
  }

  std::string operator()(const PlanEdited& body) const {
    std::string text = fmt::format("{} edits the plan (version {})", who, body.version);
    for (const auto& edit : body.edits) {
      text += fmt::format("; {}", fat::in_words(edit));
    }
    return text + ".";
  }

  std::string operator()(const ControlLocked& body) const {
    return fmt::format("{} locks the control for {}.", who, to_text(body.length));
  }

  std::string operator()(const ControlUnlocked&) const { return who + " unlocks the control."; }

  std::string operator()(const ShiftTaken& body) const {
    return fmt::format("{} takes the shift.", body.person);
  }

  std::string operator()(const Acknowledged& body) const {
    return fmt::format("{} acknowledges {}.", who, fmt::join(body.alerts, " "));
  }

  std::string operator()(const PersonCalled& body) const {
    return fmt::format("{} is called because of {}.", body.person, fmt::join(body.alerts, " "));
  }

  std::string operator()(const PromptReminded& body) const {
    return fmt::format("People are reminded of question {}.", body.id);
  }

  std::string operator()(const ReplyRead& body) const {
    return fmt::format("{} writes in the thread ({}): {}.", who, body.ts, body.text);
  }

  std::string operator()(const SignalRead& body) const {
    return fmt::format("{} reads {} {}.", body.signal, body.value, body.unit);
  }
};

std::string in_words(const Step& step) {
  std::string text = fmt::format("'{}' ({}", step.title, to_string(step.kind));
  for (const auto& argument : step.arguments) {
    text += fmt::format(", {} {}", argument.name, argument.value);
  }
  text += step.attempts > 1 ? fmt::format(", {} attempts", step.attempts) : "";
  text += step.retry_delay > Microseconds{0} ? ", retry after " + to_text(step.retry_delay) : "";
  text +=
      step.recovery == Recovery::Ask ? "" : fmt::format(", recovery {}", to_string(step.recovery));
  text += step.on_failure == OnFailure::Pause
              ? ""
              : fmt::format(", on failure {}", to_string(step.on_failure));
  text += step.needs.empty() ? "" : fmt::format(", needs {}", fmt::join(step.needs, " "));
  text += step.background ? ", in the background" : "";
  text += step.after.empty() ? "" : fmt::format(", after {}", fmt::join(step.after, " "));
  for (const auto& window : step.valid_when) {
    text += fmt::format(", valid when {} in {}", window.signal, range_text(window));
  }
  return text + (step.run_backup ? ", backup)" : ")");
}

std::string line(const char* what, const std::vector<Step>& steps) {
  std::string text;
  for (const auto& step : steps) {
    text += (text.empty() ? "" : ", ") + in_words(step);
  }
  return text.empty() ? "" : fmt::format("{}: {}\n", what, text);
}

}  // namespace

std::string in_words(const Event& event) {
  return std::visit(Sentence{event.who}, event.body);
}

std::string in_words(const Plan& plan) {
  return line("Steps", plan.steps) + line("Safe state", plan.safe_state) +
         line("Set up again", plan.on_resume) + (plan.backup ? "With a backup.\n" : "");
}

}  // namespace fat
