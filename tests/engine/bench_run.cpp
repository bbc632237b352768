#include "engine/bench_run.hpp"

#include <algorithm>
#include <stdexcept>

#include <fmt/format.h>

namespace fat {

Step command(const std::string& title) {
  Step step;
  step.title = title;
  step.command = "do " + title;
  return step;
}

Step wait(const std::string& title, const std::string& duration) {
  Step step;
  step.title = title;
  step.kind = StepKind::Wait;
  step.arguments = {{.name = "duration", .value = duration}};
  return step;
}

Step question(const std::string& title) {
  Step step;
  step.title = title;
  step.kind = StepKind::Prompt;
  return step;
}

Plan plan_of(std::vector<Step> steps) {
  Plan plan;
  plan.steps = std::move(steps);
  return plan;
}

namespace {

std::string name(const AttemptKey& key) {
  return fmt::format("{}/{}", key.title, key.attempt);
}

std::string ending(const AttemptEnded& end) {
  return fmt::format("end {}: {}, {}{}{}",
                     name(end.key),
                     to_string(end.cause),
                     to_string(end.outcome),
                     end.try_later ? ", try later" : "",
                     end.reason.empty() ? "" : " (" + end.reason + ")");
}

struct Words {
  std::string operator()(const AttemptStarted& body) const {
    return fmt::format("{} {}", body.verify ? "verify" : "start", name(body.key));
  }

  std::string operator()(const AttemptEnded& body) const { return ending(body); }

  std::string operator()(const AttemptAdopted& body) const { return "adopt " + name(body.key); }

  std::string operator()(const StepResolved& body) const {
    return fmt::format("{} is {}", body.title, to_string(body.outcome));
  }

  std::string operator()(const StepReopened& body) const { return "reopen " + body.title; }

  std::string operator()(const PromptOpened& body) const {
    return fmt::format(
        "ask {} {} about {}", body.prompt.id, to_string(body.prompt.purpose), body.prompt.step);
  }

  std::string operator()(const PromptAnswered& body) const {
    return fmt::format("answer {} {}", body.id, body.value);
  }

  std::string operator()(const Paused& body) const {
    return body.failure ? "paused by " + body.step : "paused";
  }

  std::string operator()(const StopRequested& body) const { return "stop: " + body.reason; }

  std::string operator()(const RunEnded& body) const { return std::string{to_string(body.status)}; }

  std::string operator()(const SchedulerStarted& body) const {
    return "scheduler: " + std::string{to_string(body.mode)};
  }

  template <typename Body>
  std::string operator()(const Body& body) const {
    return std::string{kind_of(EventBody{body})};
  }
};

}  // namespace

std::string words(const EventBody& body) {
  return std::visit(Words{}, body);
}

BenchRun::BenchRun(Plan plan, SchedulerStarted how)
    : campaign_(std::make_unique<RunCampaign>(std::move(plan))) {
  tell(RunOpened{});
  tell(std::move(how));
  tell(PlanAdopted{.version = 1, .fingerprint = fingerprint(this->plan())});
  told_ = events_.size();
  settle();
}

void BenchRun::tell(EventBody body, const std::string& who) {
  Event event{.run = 1, .at = clock.now(), .who = who, .body = std::move(body)};
  campaign_->apply(event);
  events_.push_back(std::move(event));
}

void BenchRun::settle() {
  for (int round = 0; round < 1000; ++round) {
    auto decision = campaign_->decide(clock.now());
    if (decision.events.empty()) {
      return;
    }
    for (auto& body : decision.events) {
      tell(std::move(body));
    }
  }
  throw std::runtime_error{"the engine never comes to rest"};
}

AttemptKey BenchRun::newest(const std::string& title) const {
  for (const auto& attempt : campaign_->state().open) {
    if (attempt.start.key.title == title) {
      return attempt.start.key;
    }
  }
  throw std::runtime_error{title + " is not running"};
}

void BenchRun::ends(const std::string& title, AttemptEnded how) {
  how.key = newest(title);
  tell(std::move(how));
  settle();
}

void BenchRun::done(const std::string& title) {
  ends(title, {.outcome = Outcome::Done});
}

void BenchRun::errored(const std::string& title) {
  exits_with(title, 3);
}

void BenchRun::exits_with(const std::string& title, int status) {
  ends(title,
       {.outcome = status == 0 ? Outcome::Done : Outcome::Errored,
        .reason = status == 0 ? "" : fmt::format("exit status {}", status),
        .status = status});
}

void BenchRun::timed_out(const std::string& title) {
  ends(title, {.outcome = Outcome::Errored, .reason = "time-out", .timed_out = true});
}

void BenchRun::says_try_later(const std::string& title) {
  ends(title, {.outcome = Outcome::Errored, .reason = "try again later", .try_later = true});
}

void BenchRun::skipped(const std::string& title) {
  ends(title, {.outcome = Outcome::Skipped});
}

void BenchRun::ended_by_abort(const std::string& title) {
  ends(title, {.outcome = Outcome::Aborted, .reason = "ended on request"});
}

void BenchRun::lost(const std::string& title) {
  ends(
      title,
      {.outcome = Outcome::Interrupted, .cause = EndCause::Lost, .reason = "its process vanished"});
}

void BenchRun::never_started(const std::string& title) {
  ends(title, {.outcome = Outcome::Interrupted, .cause = EndCause::NeverStarted});
}

VerbReply BenchRun::says(Verb verb) {
  verb.who = verb.who.empty() ? "anna" : verb.who;
  auto reply = campaign_->request(verb, clock.now());
  for (const auto& body : reply.events) {
    tell(body, verb.who);
  }
  settle();
  return reply;
}

VerbReply BenchRun::answers(const std::string& value, const std::string& reason, int prompt) {
  return says({.kind = VerbKind::Answer, .value = value, .reason = reason, .prompt = prompt});
}

void BenchRun::pass(Microseconds time) {
  settle();
  while (time > Microseconds{0}) {
    const auto wake = campaign_->decide(clock.now()).wake_after.value_or(time);
    const auto step = std::min(std::max(wake, Microseconds{1}), time);
    clock.advance(step);
    time -= step;
    settle();
  }
}

void BenchRun::crash() {
  const auto version = campaign_->state().plan_version;
  campaign_ = std::make_unique<RunCampaign>(Plan{plan()}, version);
  for (const auto& event : events_) {
    campaign_->apply(event);
  }
}

void BenchRun::start_again(SchedulerStarted how) {
  crash();
  tell(std::move(how));
  if (campaign_->state().holder() == nullptr) {
    settle();
  }
}

void BenchRun::reboot() {
  clock.reboot(campaign_->state().last_seen.boot_id + "+");
}

std::vector<std::string> BenchRun::running() const {
  std::vector<std::string> titles;
  for (const auto& attempt : campaign_->state().open) {
    titles.push_back(attempt.start.key.title);
  }
  return titles;
}

std::vector<std::string> BenchRun::started() {
  std::vector<std::string> titles;
  for (; told_starts_ < events_.size(); ++told_starts_) {
    if (const auto* start = std::get_if<AttemptStarted>(&events_[told_starts_].body)) {
      titles.push_back(start->key.title);
    }
  }
  return titles;
}

std::vector<std::string> BenchRun::story() {
  std::vector<std::string> lines;
  for (; told_ < events_.size(); ++told_) {
    lines.push_back(words(events_[told_].body));
  }
  return lines;
}

std::string BenchRun::state_of(const std::string& title) const {
  for (const auto& step : summary().steps) {
    if (step.title == title) {
      return step.state;
    }
  }
  return "no such step";
}

}  // namespace fat
