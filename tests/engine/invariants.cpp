#include "engine/invariants.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace fat {

void Invariants::must(bool condition, const std::string& promise) {
  if (!condition && broken_.empty()) {
    broken_ = promise;
  }
}

void Invariants::must_set_up() {
  for (const auto& step : plan_.on_resume) {
    to_set_up_.insert(step.title);
    tries_.erase(step.title);
  }
}

void Invariants::on(const SchedulerStarted& body, const Event& event) {
  if (!boot_.empty() && boot_ != event.at.boot_id) {
    must_set_up();
  }
  if (body.mode == StartMode::Restart) {
    return;
  }
  batch_ = body.batch;
  until_ = body.until;
  if (!body.from.empty()) {
    from_ = body.from;
    reopened_.clear();
  }
  if (ended_) {
    ended_ = bench_safe_ = false;
    tries_.clear();
  }
}

void Invariants::on(const AttemptStarted& body, const Event& event) {
  const auto& [list, title, attempt] = body.key;
  must(!ended_, "nothing starts in a run that has ended");
  if (list != StepList::Backup) {
    const auto* step = find_step(plan_, list, title);
    must(step != nullptr, "only steps of the plan start");
    for (const auto& other : open_) {
      const bool overdue = other.at.boot_id != event.at.boot_id ||
                           event.at.boot - other.at.boot >= std::chrono::seconds{90};
      const bool hangs = other.key.list == StepList::SafeState ? overdue : other.asked;
      must(other.key.list == StepList::Backup || (list == StepList::SafeState && hangs),
           fmt::format("one holder of the bench: {} starts beside {}", title, other.key.title));
    }
    if (step != nullptr && list != StepList::SafeState) {
      start_of_step(body, *step);
    }
  }
  safe_actions_left_.erase(title);
  open_.push_back({.key = body.key, .at = event.at, .verify = body.verify});
}

void Invariants::start_of_step(const AttemptStarted& body, const Step& step) {
  const auto& title = step.title;
  must(!safe_active_, "the safe state is finished before the next step");
  bench_safe_ = false;
  must(tries_[title] < step.attempts, title + " has used up its attempts");
  if (!body.verify && in_doubt_.contains(title)) {
    must(step.recovery == Recovery::Rerun, title + " is repeated although nobody said it may be");
    in_doubt_.erase(title);
  }
  if (body.key.list == StepList::OnResume) {
    return;
  }
  must(to_set_up_.empty(), title + " starts before the bench is set up again");
  must(!final_.contains(title), title + " is final and starts again");
  const auto index = *find_step(plan_.steps, title);
  const auto from = find_step(plan_.steps, from_);
  const auto until = find_step(plan_.steps, until_);
  must(!from || index >= *from || reopened_.contains(title), title + " stands before --from");
  must(!until || index <= *until, title + " stands after --until");
}

void Invariants::on(const AttemptEnded& body) {
  const auto found =
      std::ranges::find_if(open_, [&](const auto& one) { return one.key == body.key; });
  must(found != open_.end(), "only what is open ends");
  if (found == open_.end()) {
    return;
  }
  const bool verify = found->verify;
  open_.erase(found);
  const auto& [list, title, attempt] = body.key;
  const bool gone = body.outcome == Outcome::Interrupted || body.outcome == Outcome::Aborted;
  if (list == StepList::Backup || list == StepList::SafeState) {
    return;
  }
  if (verify) {
    if (body.outcome == Outcome::Done || (body.outcome == Outcome::Errored && body.status == 1)) {
      in_doubt_.erase(title);
    }
  } else if (gone && body.cause != EndCause::Waited && body.cause != EndCause::Answered &&
             body.cause != EndCause::NeverStarted) {
    in_doubt_.insert(title);
  } else if (body.outcome == Outcome::Errored && !body.try_later) {
    ++tries_[title];
  }
  const bool well = body.outcome == Outcome::Done || (body.outcome == Outcome::Skipped && !verify);
  if (well && list == StepList::Main) {
    final_[title] = body.outcome;
  } else if (well) {
    to_set_up_.erase(title);
  }
}

void Invariants::decided(const std::string& title, std::optional<Outcome> outcome) {
  in_doubt_.erase(title);
  tries_.erase(title);
  if (!outcome) {
    final_.erase(title);
    reopened_.insert(title);
    return;
  }
  to_set_up_.erase(title);
  if (find_step(plan_.steps, title)) {
    must(!final_.contains(title), title + " is final and is decided again");
    final_[title] = *outcome;
  }
}

void Invariants::on(const PromptOpened& body) {
  must(asked_.insert(body.prompt.id).second, "every prompt has its own number");
  must(!batch_ || body.prompt.purpose == PromptPurpose::StepQuestion, "--batch asks nobody");
}

void Invariants::on(const PromptAnswered& body) {
  must(asked_.contains(body.id), "only what was asked is answered");
  must(answered_.insert(body.id).second, "a prompt is answered once");
}

void Invariants::on(const RunEnded& body) {
  must(bench_safe_ || plan_.safe_state.empty(),
       fmt::format("the safe state comes before {}", to_string(body.status)));
  ended_ = true;
  const bool completed = body.status == RunStatus::Completed;
  const auto from = find_step(plan_.steps, from_).value_or(0);
  for (std::size_t i = from; completed && i < plan_.steps.size(); ++i) {
    must(final_.contains(plan_.steps[i].title), "every step has ended when the run is completed");
  }
}

void Invariants::check(const Event& event) {
  const auto& body = event.body;
  if (const auto* started = std::get_if<AttemptStarted>(&body)) {
    on(*started, event);
  } else if (const auto* ended = std::get_if<AttemptEnded>(&body)) {
    on(*ended);
  } else if (const auto* resolved = std::get_if<StepResolved>(&body)) {
    decided(resolved->title, resolved->outcome);
  } else if (const auto* reopened = std::get_if<StepReopened>(&body)) {
    decided(reopened->title, std::nullopt);
  } else if (const auto* asked = std::get_if<PromptOpened>(&body)) {
    on(*asked);
  } else if (const auto* answered = std::get_if<PromptAnswered>(&body)) {
    on(*answered);
  } else if (const auto* scheduler = std::get_if<SchedulerStarted>(&body)) {
    on(*scheduler, event);
  } else if (const auto* end = std::get_if<RunEnded>(&body)) {
    on(*end);
  } else if (const auto* aborted = std::get_if<AbortStepRequested>(&body)) {
    for (auto& one : open_) {
      one.asked = one.asked || one.key.title == aborted->title;
    }
  } else if (std::holds_alternative<AbortRequested>(body) ||
             std::holds_alternative<BreakRequested>(body)) {
    for (auto& one : open_) {
      one.asked = true;
    }
  } else if (std::holds_alternative<SafeStateStarted>(body)) {
    must(!safe_active_, "one safe state at a time");
    safe_active_ = true;
    for (const auto& action : plan_.safe_state) {
      safe_actions_left_.insert(action.title);
    }
    must_set_up();
  } else if (std::holds_alternative<SafeStateEnded>(body)) {
    for (const auto& one : open_) {
      safe_actions_left_.erase(one.key.title);
    }
    must(safe_actions_left_.empty(), "all actions of the safe state run");
    safe_active_ = false;
    bench_safe_ = true;
  }
  boot_ = event.at.boot_id;
}

}  // namespace fat
