// Questions to people and what people asked for -> lines.
#include <algorithm>

#include <fmt/format.h>

#include "people/announcer.hpp"
#include "people/words.hpp"

namespace fat {
namespace {

std::string where(const Prompt& prompt) {
  return prompt.step.empty() ? "" : fmt::format(" ({})", prompt.step);
}

std::string example_answer(const Prompt& prompt) {
  switch (prompt.kind) {
    case PromptKind::Ok:
      return "yes";
    case PromptKind::Choice:
      return prompt.choices.empty() ? "CHOICE" : shell_word(prompt.choices.front());
    case PromptKind::Number:
      return "NUMBER";
    case PromptKind::Text:
      return "'TEXT'";
  }
  return "VALUE";
}

std::string deadline_words(const Prompt& prompt) {
  if (!prompt.deadline) {
    return "";
  }
  return prompt.default_value.empty() ? fmt::format("; within {}", to_text(*prompt.deadline))
                                      : fmt::format("; without an answer within {} it is '{}'",
                                                    to_text(*prompt.deadline),
                                                    prompt.default_value);
}

}  // namespace

std::string how_to_answer(const Prompt& prompt) {
  std::string text = fmt::format("fatmaster answer {} {}", prompt.id, example_answer(prompt));
  if (prompt.reason_required) {
    text += " --reason 'WHY'";
  }
  return printable(fmt::format("{}   ({})", text, expected_answers(prompt)));
}

void Announcer::tell(const PromptOpened& event) {
  const Prompt& prompt = event.prompt;
  say(Urgency::Warning, fmt::format("QUESTION {}{}: {}", prompt.id, where(prompt), prompt.text));
  say(Urgency::Info,
      fmt::format("  answer with: {}{}", how_to_answer(prompt), deadline_words(prompt)));
  if (const auto eta = campaign_.summary(event_.at).eta; eta && eta->end) {
    say(Urgency::Info, "  " + after_answer_text(*eta));
  }
}

void Announcer::tell(const PromptAnswered& event) {
  say(Urgency::Info,
      fmt::format("question {} was answered{}: {}{}",
                  event.id,
                  by(),
                  event.value,
                  event.reason.empty() ? "" : " (" + event.reason + ")"));
}

void Announcer::tell(const PromptWithdrawn& event) {
  say(Urgency::Info,
      fmt::format("question {} needs no answer any more{}", event.id, because(event.reason)));
}

void Announcer::tell(const PauseRequested& event) {
  say(Urgency::Info,
      fmt::format("pause asked for{}{}; it begins when the running step has ended "
                  "(fatmaster pause --cancel takes it back)",
                  by(),
                  because(event.reason)));
}

void Announcer::tell(const PauseCancelled& event) {
  say(Urgency::Info, fmt::format("pause taken back{}{}", by(), because(event.reason)));
}

void Announcer::tell(const Paused& event) {
  if (!event.failure) {
    say(Urgency::Warning,
        fmt::format("PAUSED{}; to go on: fatmaster continue", because(event.reason)));
    return;
  }
  const std::string step =
      event.step.empty() ? "a step" : name({.list = StepList::Main, .title = event.step});
  say(Urgency::Warning,
      fmt::format("PAUSED because {} failed{}; without an answer the safe state follows in {}",
                  step,
                  because(event.reason),
                  to_text(campaign_.plan().safe_state_after)));
}

void Announcer::tell(const Continued& event) {
  say(Urgency::Info, fmt::format("continued{}{}", by(), because(event.reason)));
}

void Announcer::tell(const StopRequested& event) {
  if (event.failure || by().empty()) {
    say(event.failure ? Urgency::Warning : Urgency::Info, "the run stops" + because(event.reason));
    return;
  }
  const auto open = campaign_.summary(event_.at).open;
  const bool works = std::ranges::any_of(open, [](const OpenAttempt& attempt) {
    return attempt.kind != StepKind::Wait && attempt.kind != StepKind::Prompt &&
           attempt.key.list != StepList::SafeState;  // begun in the same breath
  });
  say(Urgency::Warning,
      fmt::format("stop asked for{}{}; {}",
                  by(),
                  because(event.reason),
                  works ? "the run stops when the running step has ended "
                          "(fatmaster stop --cancel takes it back)"
                        : "the run stops now"));
}

void Announcer::tell(const PlanEdited& event) {
  say(Urgency::Info,
      fmt::format("the plan was edited{} (version {}){}{}",
                  by(),
                  event.version,
                  event.undoes == 0 ? "" : fmt::format(", version {} taken back", event.undoes),
                  because(event.reason)));
  for (const auto& edit : event.edits) {
    say(Urgency::Info, "  " + in_words(edit));
  }
}

void Announcer::tell(const ControlLocked& event) {
  say(event.taken_from.empty() ? Urgency::Info : Urgency::Warning,
      fmt::format("control {}{}{} for {}{}",
                  event.taken_from.empty() ? "locked" : "taken over from " + event.taken_from,
                  by(),
                  because(event.reason),
                  to_text(event.length),
                  event.note.empty() ? "" : "; " + event.note));
}

void Announcer::tell(const ControlUnlocked& event) {
  say(Urgency::Info, fmt::format("control unlocked{}{}", by(), because(event.reason)));
}

void Announcer::tell(const StopCancelled& event) {
  say(Urgency::Info, fmt::format("stop taken back{}{}", by(), because(event.reason)));
}

void Announcer::tell(const AbortStepRequested& event) {
  std::string then;
  switch (event.then) {
    case AfterAbort::Pause:
      then = "then the run pauses";
      break;
    case AfterAbort::Retry:
      then = "then it is run again";
      break;
    case AfterAbort::Continue:
      then = "then the next step follows";
      break;
  }
  say(Urgency::Warning,
      fmt::format("{}: abort asked for{}{}; {}",
                  name({.list = StepList::Main, .title = event.title}),
                  by(),
                  because(event.reason),
                  then));
}

void Announcer::tell(const ModuleQuarantined& event) {
  const auto who = event.attempt ? fmt::format(" (reported by {})", name(*event.attempt)) : by();
  say(Urgency::Warning,
      fmt::format("module {} is in quarantine{}{}; the following steps run without it",
                  event.module,
                  who,
                  because(event.reason)));
}

void Announcer::tell(const ModuleReleased& event) {
  say(Urgency::Info,
      fmt::format(
          "module {} is released from quarantine{}{}", event.module, by(), because(event.reason)));
}

void Announcer::tell(const AbortRequested& event) {
  say(Urgency::Warning,
      fmt::format("{} asked for{}{}; {} and the safe state follows",
                  event.halt ? "HALT" : "ABORT",
                  by(),
                  because(event.reason),
                  event.halt ? "what runs is killed at once" : "what runs is told to end"));
}

void Announcer::tell(const Logged& event) {
  auto rest = std::string_view{event.text};
  for (auto lead = fmt::format("logbook{}: ", by()); !rest.empty(); lead = "  ") {
    const auto end = std::min(rest.find('\n'), rest.size());
    say(Urgency::Info, lead + std::string{rest.substr(0, end)});
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  for (const auto& file : event.attachments) {
    say(Urgency::Info, fmt::format("  attached{}: {}", event.text.empty() ? by() : "", file.name));
  }
}

}  // namespace fat
