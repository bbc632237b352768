#include "engine/random_world.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "engine/bench_run.hpp"

namespace fat {

namespace {

constexpr int kAdventures = 60;
constexpr int kRoundsToTheEnd = 2000;

/// SIGKILL in the middle of appending.
struct SchedulerDied {};

/// All that one sees of a state, and what it leads to.
std::string digest(const RunCampaign& campaign, const Instant& now) {
  const auto summary = campaign.summary(now);
  auto text = summary.why + summary.terminated;
  for (const auto& step : summary.steps) {
    text += step.state + step.reason + std::to_string(step.attempts);
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
  const auto decision = campaign.decide(now);
  for (const auto& body : decision.events) {
    text += words(body);
  }
  return text + std::to_string(decision.wake_after.value_or(Microseconds{-1}).count());
}

bool has_no_process(const AttemptStarted& start) {
  return start.kind == StepKind::Wait || start.kind == StepKind::Prompt;
}

}  // namespace

RandomWorld::RandomWorld(std::uint64_t seed)
    : dice_(seed),
      plan_(random_plan(dice_)),
      campaign_(std::make_unique<RunCampaign>(plan_)),
      invariants_(plan_) {}

/// One transaction: all of it or nothing.
void RandomWorld::append(std::vector<EventBody> bodies, const std::string& who) {
  if (crash_after_ == 0 && !bodies.empty()) {
    throw SchedulerDied{};
  }
  crash_after_ -= crash_after_ > 0 ? 1 : 0;
  for (auto& body : bodies) {
    happened(std::move(body), who);
  }
}

void RandomWorld::happened(EventBody body, const std::string& who) {
  if (dice_.percent(2)) {  // what is stored is what was meant
    body = event_body_from_json_text(kind_of(body), to_json_text(body));
  }
  Event event{.run = 1, .at = clock_.now(), .who = who, .body = std::move(body)};
  invariants_.check(event);
  campaign_->apply(event);
  if (const auto* start = std::get_if<AttemptStarted>(&event.body);
      start != nullptr && !has_no_process(*start)) {
    processes_.push_back({.key = start->key,
                          .started = crash_after_ != 0 || dice_.percent(50),
                          .unkillable = !calm_ && dice_.percent(4)});
  }
  if (const auto* end = std::get_if<AttemptEnded>(&event.body)) {
    std::erase_if(processes_, [&](const auto& one) { return one.key == end->key; });
  }
  events_.push_back(std::move(event));
}

void RandomWorld::settle() {
  for (int round = 0; round < 500; ++round) {
    auto decision = campaign_->decide(clock_.now());
    if (decision.events.empty()) {
      return;
    }
    append(std::move(decision.events));
  }
  throw std::logic_error{"the engine never comes to rest"};
}

RandomWorld::Process* RandomWorld::process(const AttemptKey& key) {
  const auto found =
      std::ranges::find_if(processes_, [&](const auto& one) { return one.key == key; });
  return found == processes_.end() ? nullptr : &*found;
}

bool RandomWorld::asked_to_end(const AttemptKey& key) const {
  return std::any_of(campaign_->state().open.begin(),
                     campaign_->state().open.end(),
                     [&](const auto& one) { return one.start.key == key && one.asked_to_end; });
}

AttemptEnded RandomWorld::random_exit(const Process& process) {
  AttemptEnded end{.key = process.key};
  if (asked_to_end(process.key) && dice_.percent(90)) {
    end.outcome = Outcome::Aborted;
    end.reason = "ended on request";
    return end;
  }
  const int what = calm_ ? 0 : dice_.below(100);
  end.outcome = what < 55 ? Outcome::Done : Outcome::Errored;
  if (what >= 55 && what < 60) {
    end.outcome = Outcome::Skipped;
  }
  if (end.outcome == Outcome::Errored) {
    end.try_later = what < 67;
    end.timed_out = what >= 90;
    end.status = end.timed_out ? std::nullopt : std::optional{1 + dice_.below(2)};
    end.reason = "exit status";
  }
  return end;
}

void RandomWorld::report_end(Process& process) {
  if (process.lost) {
    append({AttemptEnded{.key = process.key,
                         .outcome = Outcome::Interrupted,
                         .cause = EndCause::Lost,
                         .reason = "its process vanished"}});
  } else {
    append({AttemptEnded{*process.exit}});
  }
}

void RandomWorld::a_process_does_something() {
  if (processes_.empty()) {
    return;
  }
  auto& process =
      processes_[static_cast<std::size_t>(dice_.below(static_cast<int>(processes_.size())))];
  if (process.unkillable && !calm_ && !dice_.percent(10)) {
    return;
  }
  if (!calm_ && dice_.percent(5)) {
    process.lost = true;
  } else {
    process.exit = random_exit(process);
  }
  report_end(process);
  settle();
}

/// What is asked to end does, at its own pace, unless it cannot be killed.
void RandomWorld::obey() {
  for (const auto& one : std::vector<Process>{processes_}) {
    if (auto* alive = process(one.key); alive != nullptr && asked_to_end(one.key) &&
                                        (calm_ || (!one.unkillable && dice_.percent(50)))) {
      alive->exit = random_exit(*alive);
      report_end(*alive);
      settle();
    }
  }
}

void RandomWorld::people_do_something() {
  Verb verb;
  verb.kind = static_cast<VerbKind>(dice_.below(9));
  verb.who = "anna";
  verb.reason = dice_.percent(70) ? "because" : "";
  verb.step = dice_.percent(30) ? "" : fmt::format("s{}", dice_.below(6));
  if (dice_.percent(10)) {
    verb.step = fmt::format("set_up{}", 1 + dice_.below(2));
  }
  verb.value = dice_.percent(50) ? "done" : "failed";
  verb.then = static_cast<AfterAbort>(dice_.below(3));
  verb.cancel = dice_.percent(30);
  append(campaign_->request(verb, clock_.now()).events, verb.who);
  settle();
}

void RandomWorld::answer_something() {
  const auto& prompts = campaign_->state().prompts;
  if (prompts.empty()) {
    return;
  }
  const auto prompt = prompts.begin()->second.asked.prompt;
  std::vector<std::string> values = prompt.choices;
  if (values.empty()) {
    values = {"yes", "no", "42"};
  }
  Verb verb{.kind = VerbKind::Answer, .who = "anna", .reason = "because", .prompt = prompt.id};
  verb.value = values[static_cast<std::size_t>(dice_.below(static_cast<int>(values.size())))];
  append(campaign_->request(verb, clock_.now()).events, verb.who);
  settle();
}

void RandomWorld::ask_something() {
  if (processes_.empty() || campaign_->state().ended) {
    return;
  }
  Prompt prompt;
  prompt.id = campaign_->state().last_prompt + 1;
  prompt.purpose = PromptPurpose::StepQuestion;
  prompt.step = processes_.front().key.title;
  if (dice_.percent(50)) {
    prompt.default_value = "yes";
    prompt.deadline = std::chrono::seconds{dice_.below(300)};
  }
  append({PromptOpened{prompt, processes_.front().key}});
  settle();
}

void RandomWorld::time_passes(Microseconds longest) {
  const auto wake = campaign_->decide(clock_.now()).wake_after;
  clock_.advance(std::max(std::min(wake.value_or(longest), longest), Microseconds{1}));
  settle();
}

/// The scheduler is dead. What it left is looked at as the runner does.
void RandomWorld::examine() {
  for (const auto& one : std::vector<AttemptState>{campaign_->state().open}) {
    auto* found = process(one.start.key);
    if (has_no_process(one.start)) {
      continue;
    }
    if (found == nullptr || !found->started) {
      append({AttemptEnded{
          .key = one.start.key, .outcome = Outcome::Interrupted, .cause = EndCause::NeverStarted}});
    } else if (found->exit) {
      found->exit->cause = EndCause::Harvested;
      report_end(*found);
    } else if (found->lost) {
      report_end(*found);
    } else {
      append({AttemptAdopted{one.start.key}});
    }
  }
}

void RandomWorld::rebuild() {
  const auto before = digest(*campaign_, clock_.now());
  campaign_ = std::make_unique<RunCampaign>(plan_);
  for (const auto& event : events_) {
    campaign_->apply(event);
  }
  if (before != digest(*campaign_, clock_.now())) {
    throw std::logic_error{"the rebuilt state differs from the one that was lost"};
  }
}

void RandomWorld::disaster() {
  crash_after_ = -1;
  rebuild();
  const bool power_cut = dice_.percent(30);
  for (auto& one : processes_) {
    if (one.exit || one.lost) {
      continue;
    }
    if (power_cut || dice_.percent(10)) {
      one.lost = true;
    } else if (dice_.percent(30) && !one.unkillable) {
      one.exit = random_exit(one);
    }
  }
  clock_.advance(std::chrono::seconds{dice_.below(600)});
  if (power_cut && dice_.percent(60)) {
    clock_.reboot(fmt::format("boot-{}", events_.size()));
  }
  SchedulerStarted how{.mode = dice_.percent(50) ? StartMode::Restart : StartMode::Resume};
  if (how.mode == StartMode::Resume) {
    how.batch = dice_.percent(10);
    how.from = dice_.percent(5) ? "s1" : "";
    how.until = dice_.percent(5) ? "s3" : "";
  }
  open(how);
}

void RandomWorld::open(SchedulerStarted how) {
  append({std::move(how)});
  examine();
  settle();
}

void RandomWorld::happens() {
  const int what = dice_.below(100);
  if (campaign_->state().ended) {
    if (dice_.percent(50)) {
      people_do_something();
    }
    disaster();
  } else if (what < 35) {
    a_process_does_something();
  } else if (what < 55) {
    time_passes(std::chrono::minutes{20});
  } else if (what < 65) {
    people_do_something();
  } else if (what < 75) {
    answer_something();
  } else if (what < 79) {
    ask_something();
  } else if (what < 83) {
    clock_.step_wall(std::chrono::hours{dice_.below(49) - 24});
  } else if (what < 90) {
    crash_after_ = dice_.below(6);
  } else {
    obey();
  }
}

/// Everything that runs ends well, every question is answered, everything that ended is resumed.
void RandomWorld::help() {
  obey();
  if (!processes_.empty()) {
    a_process_does_something();
  } else if (campaign_->state().ended || !campaign_->state().prompts.empty() ||
             campaign_->status() == RunStatus::Paused) {
    help_people();
  } else {
    time_passes(std::chrono::hours{1});
  }
}

void RandomWorld::help_people() {
  const auto& state = campaign_->state();
  if (state.ended) {
    open({.mode = StartMode::Resume});
    return;
  }
  Verb verb{.kind = VerbKind::Continue, .who = "anna", .reason = "go on"};
  if (!state.prompts.empty()) {
    const auto prompt = state.prompts.begin()->second.asked.prompt;
    verb.kind = VerbKind::Answer;
    verb.prompt = prompt.id;
    verb.value = prompt.choices.empty() ? "yes" : prompt.choices[dice_.percent(50) ? 0 : 1];
  }
  const auto reply = campaign_->request(verb, clock_.now());
  if (!reply.accepted) {
    throw std::logic_error{"a willing operator is refused: " + reply.text};
  }
  append(reply.events, verb.who);
  settle();
}

std::string RandomWorld::play() {
  try {
    append({RunOpened{}, PlanAdopted{.version = 1}});
    open({.mode = StartMode::Run, .batch = dice_.percent(15)});
    int round = 0;
    while (round < kAdventures + kRoundsToTheEnd && invariants_.broken().empty()) {
      if (campaign_->status() == RunStatus::Completed && round > kAdventures) {
        rebuild();
        return {};
      }
      calm_ = ++round > kAdventures;
      try {
        calm_ ? help() : happens();
      } catch (const SchedulerDied&) {
        disaster();
      }
    }
    return invariants_.broken().empty() ? "the run comes to no end" : invariants_.broken();
  } catch (const std::exception& error) {
    return error.what();
  }
}

std::string RandomWorld::story() const {
  std::string text;
  Microseconds time{0};
  Instant before = events_.front().at;
  for (const auto& event : events_) {
    time += elapsed(before, event.at);
    before = event.at;
    text += fmt::format(
        "{:>8} s  {:<9} {}\n", time / std::chrono::seconds{1}, event.who, words(event.body));
  }
  return text;
}

}  // namespace fat
