#include "engine/shell.hpp"

#include <algorithm>
#include <stdexcept>

#include <fmt/format.h>

#include "engine/bench_run.hpp"
#include "engine/narrator.hpp"
#include "fat/engine/plan_editor.hpp"

namespace fat {

namespace {

bool has_no_process(StepKind kind) {
  return kind == StepKind::Wait || kind == StepKind::Prompt;
}

AttemptEnded interrupted(const AttemptKey& key, EndCause cause, const char* reason) {
  AttemptEnded end{.key = key, .outcome = Outcome::Interrupted, .cause = cause};
  end.reason = reason;
  return end;
}

AttemptEnded refused(const AttemptKey& key, Outcome outcome, const char* reason) {
  AttemptEnded end{.key = key, .outcome = outcome, .cause = EndCause::Refused};
  end.reason = reason;
  return end;
}

}  // namespace

Shell::Shell(Plan plan, ShellOptions options)
    : options_(std::move(options)),
      file_(std::move(plan)),
      campaign_(std::make_unique<RunCampaign>(file_)),
      invariants_(file_) {}

void Shell::say(const std::string& sentence) {
  if (options_.tell) {
    sentences_.push_back(sentence);
  }
}

const std::string& Shell::broken() const {
  return invariants_.broken().empty() ? bench.broken() : invariants_.broken();
}

void Shell::apply(const Event& event) {
  if (options_.coverage != nullptr) {
    options_.coverage->apply(*campaign_, event);
    return;
  }
  campaign_->apply(event);
}

void Shell::stage(std::vector<EventBody> bodies, const std::string& who) {
  for (auto& body : bodies) {
    Event event{.run = 1, .at = clock.now(), .who = who, .body = std::move(body)};
    apply(event);
    staged_.push_back(std::move(event));
  }
}

void Shell::start(std::vector<EventBody> opening, const std::string& who) {
  suspended_ = false;
  stage(std::move(opening), who);
  commit();
  examine();
  settle();
}

void Shell::happened(std::vector<EventBody> bodies, const std::string& who) {
  stage(std::move(bodies), who);
  settle();
}

VerbReply Shell::request(const Verb& verb) {
  if (suspended_ && verb.kind == VerbKind::Edit) {
    return {.accepted = false, .text = "the journal cannot be written", .events = {}};
  }
  auto reply = campaign_->request(verb, clock.now());
  if (!reply.events.empty()) {
    happened(reply.events, verb.who);
  }
  return reply;
}

void Shell::request_offline(const Verb& verb) {
  const auto reply = campaign_->request(verb, clock.now());
  stage(reply.events, verb.who);
  store(std::exchange(staged_, {}));
}

void Shell::settle() {
  decide();
  while (!posted_.empty()) {
    stage(std::exchange(posted_, {}), kProgram);
    decide();
  }
  if (!suspended_) {
    invariants_.at_rest(state(), clock.now());
  }
}

void Shell::decide() {
  end_what_shall_end();
  if (suspended_ && !commit()) {
    return;
  }
  for (int round = 0; round < 500; ++round) {
    auto decision = campaign_->decide(clock.now());
    if (options_.tamper) {
      options_.tamper(decision.events, state());
    }
    if (decision.events.empty()) {
      end_what_shall_end();
      commit();
      return;
    }
    look_at_code(decision.events);
    stage(std::move(decision.events), kProgram);
  }
  throw std::logic_error{"the engine never comes to rest"};
}

/// As the runner does: a change is told before the start, or instead of it when the plan is strict.
void Shell::look_at_code(std::vector<EventBody>& events) {
  const auto start = std::ranges::find_if(
      events, [](const auto& body) { return std::holds_alternative<AttemptStarted>(body); });
  if (!changed_code || start == events.end()) {
    return;
  }
  const auto list = std::get<AttemptStarted>(*start).key.list;
  const auto status = campaign_->status();
  const bool refused = changed_code->refused &&
                       (list == StepList::Main || list == StepList::OnResume) &&
                       (status == RunStatus::Running || status == RunStatus::Waiting);
  CodeSeen seen;
  seen.units = {{.name = "scan.py", .code = "0123456789abcdef"}};
  changed_code.reset();
  if (!refused) {
    events.insert(start, seen);
  } else if (campaign_->asks_nobody()) {
    events = {seen, StopRequested{.reason = "the code has changed", .failure = true}};
  } else {
    events = {seen, PauseRequested{"the code has changed"}};
  }
}

bool Shell::commit() {
  if (staged_.empty()) {
    return true;
  }
  if (journal_refuses) {
    if (!suspended_) {
      suspended_ = true;
      withdraw_intents();
    }
    return false;
  }
  suspended_ = false;
  const bool dies = death && death->transactions == 0;
  if (dies && !death->stored) {
    say("The scheduler dies before it can store what it has decided.");
    throw SchedulerDied{};
  }
  const auto events = std::exchange(staged_, {});
  store(events);
  if (dies) {
    say("The scheduler dies before it can do what it has stored.");
    throw SchedulerDied{};
  }
  if (death) {
    --death->transactions;
  }
  act(events);
  return true;
}

/// The plan is made again from what is stored, without the engine's help but for the edits.
void Shell::check_edit(const PlanEdited& body) {
  PlanEditor editor{plans_.at(stored_version())};
  for (const auto& edit : body.edits) {
    if (!editor.apply(edit).empty()) {
      throw std::logic_error{"an edit that is stored fits the plan that is stored"};
    }
  }
  plans_[body.version] = editor.take();
  invariants_.edit(plans_.at(body.version), body);
}

void Shell::check(const Event& event) {
  if (const auto* edited = std::get_if<PlanEdited>(&event.body)) {
    check_edit(*edited);
  }
  if (const auto* adopted = std::get_if<PlanAdopted>(&event.body)) {
    invariants_.adopt(plans_.at(adopted->version));
  }
  invariants_.check(event);
}

void Shell::store(const std::vector<Event>& events) {
  transactions_.push_back(stored_.size());
  for (const auto& event : events) {
    check(event);
    if (options_.tell) {
      say(in_words(event));
    }
    stored_.push_back(event);
    if (const auto* end = std::get_if<AttemptEnded>(&event.body)) {
      bench.forget(end->key);
    }
  }
}

void Shell::withdraw_intents() {
  for (const auto& event : std::vector{staged_}) {
    const auto* started = std::get_if<AttemptStarted>(&event.body);
    if (started != nullptr && !has_no_process(started->kind) &&
        (started->key.list == StepList::SafeState || started->key.list == StepList::Backup)) {
      stage({interrupted(started->key, EndCause::NeverStarted, "the journal refused")}, kProgram);
    }
  }
}

void Shell::act(const std::vector<Event>& events) {
  for (const auto& event : events) {
    if (const auto* started = std::get_if<AttemptStarted>(&event.body);
        started != nullptr && !has_no_process(started->kind)) {
      start_process(*started);
    }
  }
}

void Shell::start_process(const AttemptStarted& started) {
  const auto& key = started.key;
  const auto open =
      std::ranges::find_if(state().open, [&](const auto& one) { return one.start.key == key; });
  if (open == state().open.end()) {
    return;
  }
  if (open->asked_to_end) {
    posted_.emplace_back(refused(key, Outcome::Aborted, "ended before it began"));
  } else if (bench.has_folder(key)) {
    posted_.emplace_back(key.list == StepList::SafeState
                             ? interrupted(key, EndCause::NeverStarted, "its folder exists")
                             : refused(key, Outcome::Errored, "its folder exists"));
  } else if (choices.percent(4)) {
    posted_.emplace_back(refused(key, Outcome::Errored, "it could not be started"));
  } else {
    const auto* step = find_step(plan(), key.list, key.title);
    bench.start(key, step == nullptr ? Claims{} : step->needs, clock.now(), choices.percent(4));
  }
}

void Shell::end_what_shall_end() {
  for (const auto& attempt : state().open) {
    if (attempt.asked_to_end) {
      bench.tell_to_end(attempt.start.key, *attempt.asked_to_end, clock.now());
    }
  }
}

/// What the dead scheduler left, as runner/recovery finds it.
void Shell::examine() {
  std::vector<EventBody> found;
  for (const auto& attempt : state().open) {
    if (!has_no_process(attempt.start.kind)) {
      found.push_back(examined(attempt));
    }
  }
  stage(std::move(found), kProgram);
}

EventBody Shell::examined(const AttemptState& attempt) {
  const auto& key = attempt.start.key;
  const auto* process = bench.find(key);
  auto record = process != nullptr ? process->exit : bench.record(key);
  if (record) {
    record->cause = EndCause::Harvested;
    return *record;
  }
  if (process == nullptr && (bench.has_folder(key) || attempt.at.boot_id != clock.now().boot_id)) {
    return interrupted(key, EndCause::Lost, "nobody knows how far it came");
  }
  if (process == nullptr) {
    return interrupted(key, EndCause::NeverStarted, "it never began");
  }
  if (process->lost) {
    return interrupted(key, EndCause::Lost, "it is gone");
  }
  return AttemptAdopted{key};
}

int Shell::stored_version() const {
  int version = 0;
  for (const auto& event : stored_) {
    if (const auto* adopted = std::get_if<PlanAdopted>(&event.body)) {
      version = adopted->version;
    } else if (const auto* edited = std::get_if<PlanEdited>(&event.body)) {
      version = edited->version;
    }
  }
  return version;
}

std::string Shell::file_print() const {
  return fmt::format("edited {} times", edits_);
}

void Shell::replay(Plan plan, int version) {
  campaign_ = std::make_unique<RunCampaign>(std::move(plan), version);
  for (const auto& event : stored_) {
    campaign_->apply(event);
  }
}

/// The newest plan that is stored.
void Shell::replay() {
  const int version = stored_version();
  replay(version == 0 ? file_ : plans_.at(version), version);
}

void Shell::read_file() {
  if (state().opened && state().file_fingerprint != file_print()) {
    replay(fat::replay(file_, state().edits).plan, state().plan_version + 1);
  }
}

void Shell::rebuild() {
  const auto nothing_staged = staged_.empty();
  const auto before = nothing_staged ? digest() : std::string{};
  staged_.clear();
  posted_.clear();
  death.reset();
  replay();
  if (nothing_staged && before != digest()) {
    throw std::logic_error{"the state that was read again differs from the one that was lost"};
  }
}

void Shell::edit_file(Plan plan) {
  file_ = std::move(plan);
  ++edits_;
}

std::optional<PlanAdopted> Shell::drift() {
  if (state().file_fingerprint == file_print()) {
    return std::nullopt;
  }
  const int version = state().plan_version + 1;
  auto replayed = fat::replay(file_, state().edits);
  plans_[version] = std::move(replayed.plan);
  return PlanAdopted{.version = version,
                     .fingerprint = fingerprint(plans_.at(version)),
                     .accept_drift = "edited",
                     .file_fingerprint = file_print(),
                     .edits = std::move(replayed.kept)};
}

void Shell::lose_end_of_journal(int transactions) {
  for (; transactions > 0 && transactions_.size() > 1; --transactions) {
    stored_.resize(transactions_.back());
    transactions_.pop_back();
  }
  invariants_ = Invariants{plans_.at(1)};
  for (const auto& event : std::exchange(stored_, {})) {
    check(event);
    stored_.push_back(event);
  }
  replay();
  std::erase_if(bench.processes, [this](const Process& process) {
    return std::ranges::none_of(state().open,
                                [&](const auto& one) { return one.start.key == process.key; });
  });
}

std::string Shell::digest() const {
  const auto summary = campaign_->summary(clock.now());
  auto text = summary.why + summary.terminated + std::to_string(state().plan_version) +
              std::to_string(state().edits.size()) +
              std::to_string(state().lock_left(clock.now()).count());
  for (const auto& step : summary.steps) {
    text += step.title + step.state + step.reason + std::to_string(step.attempts);
  }
  text += summary.on_call.shifter;
  for (const auto& alert : summary.alerts) {
    text += alert.id + alert.acknowledged + alert.next + std::to_string(alert.called.size());
  }
  for (const auto& open : summary.open) {
    text += open.token + open.text;
  }
  for (const auto& prompt : summary.prompts) {
    text += prompt.text;
  }
  for (const auto& verb : summary.pending) {
    text += verb;
  }
  for (const auto& module : summary.modules) {
    text += module.reason;
  }
  const auto decision = campaign_->decide(clock.now());
  for (const auto& body : decision.events) {
    text += words(body);
  }
  return text + std::to_string(decision.wake_after.value_or(Microseconds{-1}).count());
}

}  // namespace fat
