#include "engine/virtual_bench.hpp"

#include <algorithm>
#include <ranges>

#include <fmt/format.h>

#include "fat/engine/target_temperature.hpp"

namespace fat {

namespace {

/// A machine that lost its power is there again after that.
constexpr Microseconds kPowerCut = std::chrono::minutes{10};
/// Of a hundred attempts: so many fail, and so often scheduler or machine die.
constexpr double kFailing = 0.02, kDying = 0.005;
constexpr std::size_t kRoundsOfOneMoment = 500;

bool has_no_process(StepKind kind) {
  return kind == StepKind::Wait || kind == StepKind::Prompt;
}

bool holds(const std::vector<std::string>& titles, const std::string& title) {
  return std::ranges::find(titles, title) != titles.end();
}

/// What a willing person says.
std::string usual_answer(const Prompt& prompt) {
  switch (prompt.purpose) {
    case PromptPurpose::ManualInput:
      return "yes";
    case PromptPurpose::Recovery:
      return "rerun";
    case PromptPurpose::Failure:
      return "retry";
    case PromptPurpose::StepQuestion:
      break;
  }
  return prompt.default_value;
}

/// The first attempt needs no number.
std::string numbered(const AttemptKey& key, std::string_view what) {
  return key.attempt > 1 ? fmt::format("attempt {} {}", key.attempt, what) : std::string{what};
}

}  // namespace

VirtualBench::VirtualBench(const Plan& plan,
                           const RehearsalRequest& request,
                           LengthOfAttempt length)
    : plan_(plan),
      request_(request),
      length_(std::move(length)),
      campaign_(std::make_unique<RunCampaign>(plan)),
      now_(request.start) {
  if (request.dice) {
    dice_.emplace(*request.dice);
  }
}

void VirtualBench::apply(EventBody body, const std::string& who) {
  Event event{.run = plan_.run_number, .at = now_, .who = who, .body = std::move(body)};
  campaign_->apply(event);
  stored_.push_back(std::move(event));
  note(stored_.back());
}

void VirtualBench::settle() {
  for (std::size_t round = 0; round < kRoundsOfOneMoment; ++round) {
    auto decision = campaign_->decide(now_);
    wake_after_ = decision.wake_after;
    if (decision.events.empty()) {
      return;
    }
    for (auto& body : decision.events) {
      apply(std::move(body));
    }
  }
}

const Step& VirtualBench::step_of(const AttemptKey& key, int index) const {
  return *find_step(plan_, key.list, key.title, static_cast<std::size_t>(index));
}

VirtualBench::Death VirtualBench::death_in(const AttemptStarted& started) {
  const auto& title = started.key.title;
  if (holds(request_.kill, title) && died_in_.insert(title).second) {
    return Death::Scheduler;
  }
  if (holds(request_.power_cut, title) && died_in_.insert(title).second) {
    return Death::Machine;
  }
  if (!dice_ || dice_->number() >= kDying) {
    return Death::None;
  }
  return dice_->number() < 0.5 ? Death::Scheduler : Death::Machine;
}

bool VirtualBench::fails(const std::string& title) {
  return (holds(request_.fail, title) && !mended_.contains(title)) ||
         (dice_ && dice_->number() < kFailing);
}

void VirtualBench::begin(const AttemptStarted& started) {
  const auto& step = step_of(started.key, started.index);
  auto length = request_.answer_after;
  if (started.kind == StepKind::Wait) {
    length = started.wait.value_or(Microseconds{0});
  } else if (started.kind != StepKind::Prompt) {
    length = length_(started.key.list, static_cast<std::size_t>(started.index), step);
    processes_.push_back(
        {.key = started.key, .ends = now_.wall + length, .fails = fails(started.key.title)});
  }
  if (const auto death = death_in(started); death != Death::None && !dies_) {
    dies_ = now_.wall + length / 2;
    death_ = death;
  }
}

/// The earliest of all that is under way; nullopt when nothing would ever happen again.
std::optional<WallTime> VirtualBench::next_moment() const {
  auto next = dies_;
  const auto earlier = [&](WallTime moment) { next = std::min(next.value_or(moment), moment); };
  for (const auto& process : processes_) {
    earlier(process.ends);
  }
  for (const auto& question : questions_) {
    earlier(question.asked + request_.answer_after);
  }
  if (wake_after_) {
    earlier(now_.wall + std::max(*wake_after_, Microseconds{1}));
  }
  return next;
}

void VirtualBench::go_to(WallTime moment) {
  const auto passed = std::max(moment - now_.wall, Microseconds{0});
  now_.wall += passed;
  now_.boot += passed;
}

bool VirtualBench::end_a_process() {
  const auto found =
      std::ranges::find_if(processes_, [&](const auto& one) { return one.ends <= now_.wall; });
  if (found == processes_.end()) {
    return false;
  }
  const auto process = std::move(*found);
  processes_.erase(found);
  AttemptEnded end{.key = process.key, .outcome = Outcome::Done};
  end.status = 0;
  if (process.fails) {
    end.outcome = Outcome::Errored;
    end.reason = "it fails, as the rehearsal was told";
    end.status = 1;
  }
  apply(std::move(end));
  return true;
}

bool VirtualBench::answer_a_question() {
  const auto found = std::ranges::find_if(
      questions_, [&](const auto& one) { return one.asked + request_.answer_after <= now_.wall; });
  if (found == questions_.end()) {
    return false;
  }
  const auto question = std::move(*found);
  questions_.erase(found);
  mended_.insert(question.prompt.step);
  auto reply = campaign_->request({.kind = VerbKind::Answer,
                                   .who = "a person",
                                   .step = {},
                                   .value = usual_answer(question.prompt),
                                   .reason = "rehearsed",
                                   .prompt = question.prompt.id},
                                  now_);
  for (auto& body : reply.events) {
    apply(std::move(body), "a person");
  }
  return true;
}

void VirtualBench::lose_power() {
  for (const auto& process : processes_) {
    milestone(MilestoneKind::Trouble, process.key.title, "the power is cut while it runs");
  }
  processes_.clear();
  now_.wall += kPowerCut;
  now_.boot = kPowerCut;
  now_.boot_id += "+";
}

/// What the dead scheduler knew is read again, then what it left is looked at: as a resume does.
void VirtualBench::die() {
  dies_.reset();
  if (std::exchange(death_, Death::None) == Death::Machine) {
    lose_power();
  } else {
    milestone(MilestoneKind::Trouble, {}, "the scheduler is killed");
  }
  campaign_ = std::make_unique<RunCampaign>(plan_);
  for (const auto& event : stored_) {
    campaign_->apply(event);
  }
  apply(SchedulerStarted{.mode = StartMode::Resume});
  for (const auto& attempt : std::vector<AttemptState>{state().open}) {
    const auto& key = attempt.start.key;
    if (has_no_process(attempt.start.kind)) {
      continue;
    }
    if (std::ranges::any_of(processes_, [&](const auto& one) { return one.key == key; })) {
      apply(AttemptAdopted{key});
    } else {
      AttemptEnded lost{.key = key, .outcome = Outcome::Interrupted, .cause = EndCause::Lost};
      lost.reason = "the power was cut";
      apply(std::move(lost));
    }
  }
}

void VirtualBench::play() {
  const auto most = (100 * plan_.steps.size()) + 10'000;
  apply(RunOpened{.schedule_file = plan_.schedule_file, .run_file = plan_.run_file});
  apply(SchedulerStarted{});
  apply(PlanAdopted{.version = 1});
  settle();
  for (std::size_t moments = 0; !state().ended && moments < most; ++moments) {
    const auto next = next_moment();
    if (!next) {
      break;
    }
    go_to(*next);
    if (dies_ && *dies_ <= now_.wall) {
      die();
    } else if (!end_a_process()) {
      answer_a_question();
    }
    settle();
  }
}

void VirtualBench::milestone(MilestoneKind kind, const std::string& step, std::string text) {
  milestones_.push_back({.kind = kind, .at = now_.wall, .step = step, .text = std::move(text)});
}

void VirtualBench::note(const Event& event) {
  std::visit([this](const auto& body) { happened(body); }, event.body);
}

void VirtualBench::happened(const AttemptStarted& event) {
  attempts_.push_back({.key = event.key,
                       .index = event.index,
                       .kind = event.kind,
                       .needs = event.needs,
                       .began = now_.wall,
                       .ended = now_.wall});
  if (event.key.attempt > 1 && event.key.list == StepList::Main) {
    milestone(MilestoneKind::Trouble, event.key.title, numbered(event.key, "starts"));
  }
  begin(event);
}

void VirtualBench::happened(const AttemptEnded& event) {
  auto newest_first = attempts_ | std::views::reverse;
  const auto attempt = std::ranges::find(newest_first, event.key, &RehearsedAttempt::key);
  attempt->ended = now_.wall;
  attempt->outcome = event.outcome;
  if (event.outcome != Outcome::Done) {
    milestone(MilestoneKind::Trouble,
              event.key.title,
              fmt::format("{}: {}", numbered(event.key, to_string(event.outcome)), event.reason));
  } else if (event.key.list == StepList::Main) {
    const auto& step = step_of(event.key, attempt->index);
    if (const auto celsius = target_temperature(step)) {
      milestone(
          MilestoneKind::Temperature,
          step.title,
          fmt::format("{} degC {}", *celsius, time_of_button_pushing(step) ? "set" : "reached"));
      milestones_.back().celsius = celsius;
    }
  }
}

void VirtualBench::happened(const AttemptAdopted& event) {
  milestone(MilestoneKind::Trouble, event.key.title, numbered(event.key, "still runs: adopted"));
}

void VirtualBench::happened(const PromptOpened& event) {
  questions_.push_back({.prompt = event.prompt, .asked = now_.wall});
  milestone(MilestoneKind::Person, event.prompt.step, event.prompt.text);
}

void VirtualBench::happened(const PromptAnswered& event) {
  std::erase_if(questions_, [&](const auto& one) { return one.prompt.id == event.id; });
  waited_ += request_.answer_after;
}

void VirtualBench::happened(const Paused& event) {
  if (event.failure) {
    milestone(MilestoneKind::Trouble, event.step, "the run pauses: " + event.reason);
  }
}

void VirtualBench::happened(const StopRequested& event) {
  milestone(MilestoneKind::Trouble, {}, "the run stops: " + event.reason);
}

void VirtualBench::happened(const StepResolved& event) {
  milestone(MilestoneKind::Trouble,
            event.title,
            fmt::format("it is {}: {}", to_string(event.outcome), event.reason));
}

void VirtualBench::happened(const SafeStateStarted& event) {
  if (state().cursor() < plan_.steps.size()) {
    milestone(MilestoneKind::Trouble, {}, "the safe state runs: " + event.reason);
  }
}

void VirtualBench::happened(const SchedulerStarted& event) {
  if (event.mode == StartMode::Resume) {
    milestone(MilestoneKind::Trouble, {}, "the run is resumed");
  }
}

}  // namespace fat
