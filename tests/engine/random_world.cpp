#include "engine/random_world.hpp"

#include <algorithm>
#include <array>
#include <stdexcept>

#include <fmt/format.h>

#include "fat/engine/plan_editor.hpp"

namespace fat {

namespace {

constexpr int kRoundsToTheEnd = 3000;

/// A promise is broken.
struct Broken : std::logic_error {
  using std::logic_error::logic_error;
};

/// 02:00 in the autumn night in which 03:00 becomes 02:00; 01:30 in the spring night in which 02:00
/// becomes 03:00.
constexpr WallTime kAutumnNight{std::chrono::seconds{1792886400}};
constexpr WallTime kSpringNight{std::chrono::seconds{1806193800}};

/// Somebody is told at once; others one after another.
OnCall on_call() {
  return {.shifter = "anna",
          .expert = "ben",
          .since = {},
          .escalate = {"anna", "carla", "dora"},
          .escalate_after = std::chrono::minutes{5}};
}

std::string text_of_minutes(Microseconds time) {
  return to_text(time);
}

}  // namespace

RandomWorld::RandomWorld(const Story& story, ShellOptions options)
    : story_(story), shell_(story.plan, std::move(options)) {
  shell_.clock.set_wall(story.spring ? kSpringNight : kAutumnNight);
}

Process* RandomWorld::random_process() {
  auto& processes = shell_.bench.processes;
  if (processes.empty()) {
    return nullptr;
  }
  return &processes[static_cast<std::size_t>(
      shell_.choices.below(static_cast<int>(processes.size())))];
}

void RandomWorld::report_end(const AttemptKey& key) {
  const auto* process = shell_.bench.find(key);
  if (process->exit) {
    shell_.happened({*process->exit});
    return;
  }
  AttemptEnded end{.key = key, .outcome = Outcome::Interrupted, .cause = EndCause::Lost};
  end.reason = "its process vanished";
  shell_.happened({end});
}

void RandomWorld::a_process_ends() {
  auto* process = random_process();
  if (process == nullptr || !process->lives() ||
      (process->unkillable && !shell_.choices.percent(10))) {
    return;
  }
  if (shell_.choices.percent(5)) {
    process->lost = true;
  } else {
    process->exit = random_exit(*process, shell_.choices);
    shell_.bench.keep_record(*process->exit);
  }
  report_end(process->key);
}

void RandomWorld::a_process_reports() {
  const auto* process = random_process();
  if (process == nullptr || !process->lives()) {
    return;
  }
  AttemptReported report{.key = process->key};
  report.progress = 0.5;
  report.measurements = {{.module = "degg",
                          .name = "dark_rate",
                          .value = shell_.choices.percent(30) ? 3000.0 : 800.0,
                          .unit = "Hz",
                          .limits = {.min = 0, .max = 2600}}};
  if (shell_.choices.percent(20)) {
    constexpr std::array serials{"degg", "egg2", "nobody's"};
    const auto* serial = serials.at(static_cast<std::size_t>(shell_.choices.below(3)));
    report.modules = {{serial, shell_.choices.percent(20), "no prompt"}};
  }
  if (shell_.choices.percent(15)) {
    report.messages = {{"critical", shell_.choices.percent(50) ? "it smokes" : "it is warm"}};
  }
  shell_.happened({report, freezer_at(shell_.choices.percent(40) ? -31 : -40)});
}

SignalRead RandomWorld::freezer_at(double value) const {
  return {.signal = "freezer",
          .value = value,
          .unit = "degC",
          .at = shell_.clock.now().wall,
          .from = {}};
}

void RandomWorld::a_process_asks() {
  const auto* process = random_process();
  if (process == nullptr || !process->lives() || is_ended(shell_.campaign().status())) {
    return;  // the runner leaves the questions of an ended run to the next scheduler
  }
  Prompt prompt;
  prompt.id = shell_.state().last_prompt + 1;
  prompt.purpose = PromptPurpose::StepQuestion;
  prompt.step = process->key.title;
  if (shell_.choices.percent(50)) {
    prompt.default_value = "yes";
    prompt.deadline = std::chrono::seconds{shell_.choices.below(300)};
  }
  if (shell_.choices.percent(40)) {
    prompt.remind_every = std::chrono::seconds{shell_.choices.below(200)};
    prompt.escalate_to = {"eva", "anna"};
  }
  shell_.happened({PromptOpened{prompt, process->key}});
}

void RandomWorld::processes_obey(bool all) {
  for (const auto& one : std::vector{shell_.bench.processes}) {
    auto* process = shell_.bench.find(one.key);
    if (process != nullptr && process->told && process->lives() &&
        (all || (!one.unkillable && shell_.choices.percent(50)))) {
      process->exit = random_exit(*process, shell_.choices);
      shell_.bench.keep_record(*process->exit);
      report_end(one.key);
    }
  }
}

void RandomWorld::time_passes(Microseconds longest) {
  const auto wake = shell_.campaign().decide(shell_.clock.now()).wake_after;
  const auto time = std::max(std::min(wake.value_or(longest), longest), Microseconds{1});
  shell_.say(fmt::format("{} pass.", text_of_minutes(time)));
  shell_.clock.advance(time);
  shell_.settle();
}

/// Often one that something has happened to and that is not finished.
std::string RandomWorld::random_step() {
  const auto& plan = shell_.plan();
  auto& choices = shell_.choices;
  if (choices.percent(25)) {
    return {};
  }
  if (choices.percent(50)) {
    for (const auto* list : {&plan.on_resume, &plan.steps}) {
      for (const auto& step : *list) {
        const auto* known = shell_.state().step(step.title);
        if (known != nullptr && !known->outcome && known->attempts > 0) {
          return step.title;
        }
      }
    }
  }
  const int index = choices.below(7);
  return choices.percent(10) ? fmt::format("[{}]", index) : fmt::format("s{}", index);
}

Verb RandomWorld::random_verb() {
  auto& choices = shell_.choices;
  Verb verb;
  constexpr std::array more{VerbKind::Mark,
                            VerbKind::Skip,
                            VerbKind::Redo,
                            VerbKind::Pause,
                            VerbKind::Quarantine,
                            VerbKind::Release,
                            VerbKind::Edit,
                            VerbKind::Edit,
                            VerbKind::Edit,
                            VerbKind::Lock,
                            VerbKind::Unlock,
                            VerbKind::Log,
                            VerbKind::Shift,
                            VerbKind::Acknowledge,
                            VerbKind::Acknowledge};
  const auto kind = static_cast<std::size_t>(choices.below(9 + static_cast<int>(more.size())));
  verb.kind = kind < 9 ? static_cast<VerbKind>(kind) : more.at(kind - 9);
  verb.who = choices.percent(30) ? "ben at tty1 (uid 7)" : "anna";
  const auto& open = shell_.state().open;
  if (shell_.campaign().status() == RunStatus::Paused && !open.empty() && choices.percent(30)) {
    verb.kind = VerbKind::AbortStep;  // of what still runs beside a failure
    verb.step = open.front().start.key.title;
    return verb;
  }
  if (verb.kind == VerbKind::Edit) {
    random_edits(verb);
    return verb;
  }
  verb.take_over = choices.percent(30);
  verb.length = std::chrono::minutes{choices.below(60)};
  verb.cancel = choices.percent(30);
  verb.then = static_cast<AfterAbort>(choices.below(3));
  verb.reason = choices.percent(30) ? "" : "because";
  verb.value = choices.percent(50) ? "failed" : "done";
  if (verb.kind == VerbKind::Quarantine || verb.kind == VerbKind::Release) {
    verb.value = choices.percent(50) ? "degg" : "egg2";
    return verb;
  }
  verb.entry.text = verb.reason;
  if (verb.kind == VerbKind::Shift) {
    verb.value = choices.percent(50) ? "anna" : "carla";
    return verb;
  }
  if (verb.kind == VerbKind::Acknowledge) {
    constexpr std::array ids{"", "", "1", "c1", "c7 2"};
    verb.value = ids.at(static_cast<std::size_t>(choices.below(5)));
    return verb;
  }
  verb.step = random_step();
  return verb;
}

/// Of a step, or one that the plan does not have.
std::string RandomWorld::random_title(const Plan& plan) {
  auto& choices = shell_.choices;
  const auto index =
      static_cast<std::size_t>(choices.below(static_cast<int>(plan.steps.size()) + 1));
  return index < plan.steps.size() ? plan.steps[index].title : "";
}

PlanEdit RandomWorld::random_edit(const Plan& plan) {
  auto& choices = shell_.choices;
  const auto title = random_title(plan);
  switch (static_cast<EditKind>(choices.below(4))) {
    case EditKind::Move:
      return PlanEdit::move(title, random_title(plan));
    case EditKind::Drop:
      return PlanEdit::drop(title);
    case EditKind::Replace:
      if (const auto* step = find_step(plan, StepList::Main, title); step != nullptr) {
        auto after = *step;
        after.attempts = 1 + choices.below(3);
        after.on_failure = static_cast<OnFailure>(choices.below(3));
        return PlanEdit::replace(*step, after);
      }
      break;
    case EditKind::Insert:
      break;
  }
  Step step;
  step.title = fmt::format("x{}", choices.below(4));
  step.recovery = Recovery::Rerun;
  return PlanEdit::insert(step, title);
}

/// One or a few together, or the last ones taken back.
void RandomWorld::random_edits(Verb& verb) {
  auto& choices = shell_.choices;
  const auto& state = shell_.state();
  if (!state.undoable.empty() && choices.percent(20)) {
    const auto& [version, count] = state.undoable.back();
    const std::vector<PlanEdit> last{state.edits.end() - static_cast<std::ptrdiff_t>(count),
                                     state.edits.end()};
    verb.edits = inverse(shell_.plan_of(version - 1), last);
    verb.undoes = version;
    return;
  }
  PlanEditor editor{shell_.plan()};
  for (int left = 1 + choices.below(3); left > 0; --left) {
    verb.edits.push_back(random_edit(editor.plan()));
    editor.apply(verb.edits.back());
  }
}

/// What is refused says why, and changes nothing.
void RandomWorld::is_refused_in_words(const VerbReply& reply, const std::string& before) {
  const bool read = reply.events.size() == 1 && std::holds_alternative<ReplyRead>(reply.events[0]);
  if (reply.text.empty() || (!reply.accepted && !reply.events.empty() && !read)) {
    throw Broken{"every verb is answered in words"};
  }
  if (!reply.accepted && before != shell_.digest()) {
    throw Broken{"what is refused changes nothing"};
  }
}

void RandomWorld::a_person_speaks() {
  const auto verb = random_verb();
  const auto before = shell_.digest();
  is_refused_in_words(shell_.request(verb), before);
}

/// Any prompt there ever was, or will be next, with a valid answer or not.
void RandomWorld::a_person_answers() {
  auto& choices = shell_.choices;
  const auto& open = shell_.state().prompts;
  Verb verb{.kind = VerbKind::Answer, .who = "anna", .reason = "because"};
  const auto asked = open.empty() || choices.percent(15)
                         ? open.end()
                         : std::next(open.begin(), choices.below(static_cast<int>(open.size())));
  verb.prompt = asked == open.end() ? choices.below(shell_.state().last_prompt + 2) : asked->first;
  std::vector<std::string> values{"yes", "no", "rerun", "42", ""};
  if (asked != open.end() && !asked->second.asked.prompt.choices.empty()) {
    values = asked->second.asked.prompt.choices;
  }
  verb.value = values[static_cast<std::size_t>(choices.below(static_cast<int>(values.size())))];
  if (choices.percent(30)) {  // in the run's thread; some messages come again
    const auto seconds = 1'500'000'000 + shell_.replies - choices.below(2);
    verb.reply =
        ChatReply{.channel = "chat", .ts = fmt::format("{}.000100", seconds), .why_not = {}};
    ++shell_.replies;
  }
  const bool was_open = verb.prompt == 0 ? !open.empty() : open.contains(verb.prompt);
  const auto before = shell_.digest();
  const auto reply = shell_.request(verb);
  is_refused_in_words(reply, before);
  if (reply.accepted && !reply.events.empty() && !was_open) {
    throw Broken{"a prompt is answered at most once"};
  }
}

void RandomWorld::the_clock_is_stepped() {
  using std::chrono::minutes;
  constexpr std::array steps{60, -60, 24 * 60, -24 * 60, 1, -1, 7 * 60, -7 * 60};
  const auto by = minutes{steps.at(static_cast<std::size_t>(shell_.choices.below(8)))};
  shell_.say(fmt::format("The wall clock is set {} {}.",
                         by < minutes{0} ? "back by" : "forward by",
                         fat::to_text(std::chrono::abs(by))));
  shell_.clock.step_wall(by);
  shell_.settle();
}

void RandomWorld::happens(Kind kind) {
  switch (kind) {
    case Kind::ProcessEnds:
      a_process_ends();
      break;
    case Kind::ProcessReports:
      a_process_reports();
      break;
    case Kind::ProcessAsks:
      a_process_asks();
      break;
    case Kind::ProcessesObey:
      processes_obey(false);
      break;
    case Kind::TimePasses:
      time_passes(std::chrono::minutes{20});
      break;
    case Kind::PersonSpeaks:
      a_person_speaks();
      break;
    case Kind::PersonAnswers:
      a_person_answers();
      break;
    case Kind::ClockIsStepped:
      the_clock_is_stepped();
      break;
    case Kind::JournalRefuses:
      shell_.journal_refuses = true;
      shell_.say("From here on the journal cannot be written.");
      break;
    case Kind::JournalWorks:
      shell_.journal_refuses = false;
      shell_.say("The journal can be written.");
      shell_.settle();
      break;
    case Kind::CodeChanges:
      shell_.changed_code = ChangedCode{.refused = shell_.choices.percent(50)};
      shell_.say(fmt::format("The code behind the steps changes{}.",
                             shell_.changed_code->refused ? ", and the plan is strict" : ""));
      break;
    case Kind::SchedulerDies:
      break;
  }
}

/// A death comes with one of the next transactions. An ended run has no scheduler.
void RandomWorld::happens(const Happening& happening) {
  shell_.choices = Choices{happening.numbers};
  if (happening.kind == Kind::SchedulerDies && death_ == nullptr) {
    death_ = &happening;
    shell_.death =
        DeathPoint{.transactions = shell_.choices.below(4), .stored = shell_.choices.percent(40)};
    if (shell_.choices.percent(40)) {
      shell_.say("The scheduler dies.");
      throw SchedulerDied{};
    }
    return;
  }
  if (is_ended(shell_.campaign().status()) && !shell_.choices.percent(30)) {
    if (shell_.choices.percent(50)) {
      shell_.request_offline(random_verb());
    }
    death_ = &happening;
    throw SchedulerDied{};
  }
  happens(happening.kind);
}

/// Everything that runs ends well, every question is answered, everything that ended is resumed.
void RandomWorld::help() {
  shell_.choices = Choices{};
  shell_.journal_refuses = false;
  const auto has_windows = [](const Step& step) { return !step.valid_when.empty(); };
  if (std::ranges::any_of(shell_.plan().steps, has_windows)) {
    shell_.happened({freezer_at(-40)});
  } else {
    shell_.settle();
  }
  processes_obey(true);
  const auto& state = shell_.state();
  const auto* lock = state.held_lock(shell_.clock.now());
  if (lock != nullptr && lock->who != "anna") {
    shell_.request({.kind = VerbKind::Lock, .who = "anna", .reason = "to help", .take_over = true});
  }
  if (!shell_.bench.processes.empty()) {
    auto& process = shell_.bench.processes.front();
    process.unkillable = false;
    a_process_ends();
  } else if (state.ended || !state.prompts.empty() ||
             shell_.campaign().status() == RunStatus::Paused) {
    help_people();
  } else {
    time_passes(std::chrono::hours{1});
  }
}

void RandomWorld::help_people() {
  const auto& state = shell_.state();
  if (state.ended) {
    open({.mode = StartMode::Resume}, false);
    return;
  }
  Verb verb{.kind = VerbKind::Continue, .who = "anna", .reason = "go on"};
  if (!state.prompts.empty()) {
    const auto prompt = state.prompts.begin()->second.asked.prompt;
    verb.kind = VerbKind::Answer;
    verb.prompt = prompt.id;
    verb.value = prompt.choices.empty() ? "yes" : prompt.choices[prompt.id % 2 == 0 ? 0 : 1];
  }
  if (!shell_.request(verb).accepted) {
    throw Broken{"a willing operator is not refused"};
  }
}

void RandomWorld::is_well() {
  if (!shell_.broken().empty()) {
    throw Broken{shell_.broken()};
  }
}

std::string RandomWorld::play() {
  try {
    SchedulerStarted how{.mode = story_.imported ? StartMode::Resume : StartMode::Run};
    how.batch = story_.batch;
    how.on_call = on_call();
    open(how, false);
    for (const auto& happening : story_.happenings) {
      try {
        happens(happening);
      } catch (const SchedulerDied&) {
        come_back(*death_);
      }
      is_well();
    }
    for (int round = 0; round < kRoundsToTheEnd; ++round) {
      if (shell_.campaign().status() == RunStatus::Completed && round > 0) {
        shell_.rebuild();
        return {};
      }
      shell_.death.reset();
      help();
      is_well();
    }
    return "the run comes to its end";
  } catch (const std::exception& error) {
    return error.what();
  }
}

}  // namespace fat
