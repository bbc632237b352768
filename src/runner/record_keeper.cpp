#include "runner/record_keeper.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace fat {

namespace {

constexpr Microseconds kRetryAfterTrouble = std::chrono::seconds{10};
constexpr int kLastTries = 3;

/// Python steps without `needs` claim the run JSON with the whole bench; others when they name it.
/// Who shares it only reads.
bool may_write_run_json(const OpenAttempt& attempt) {
  return attempt.needs.empty() ? attempt.kind == StepKind::Python
                               : claims_alone(attempt.needs, "run_json");
}

bool has_process(const OpenAttempt& attempt) {
  return attempt.kind != StepKind::Wait && attempt.kind != StepKind::Prompt &&
         attempt.key.list != StepList::Backup;
}

}  // namespace

void RecordKeeper::found_alive(const std::vector<OpenAttempt>& attempts) {
  for (const auto& attempt : attempts) {
    seen_.push_back(attempt.key);
  }
}

void RecordKeeper::note(const EventBody& body) {
  const auto* ended = std::get_if<AttemptEnded>(&body);
  const bool main_ended = ended != nullptr && ended->key.list == StepList::Main;
  stale_ =
      stale_ || main_ended || std::holds_alternative<StepResolved>(body) ||
      std::holds_alternative<StepReopened>(body) || std::holds_alternative<PromptAnswered>(body) ||
      std::holds_alternative<StopRequested>(body) || std::holds_alternative<AbortRequested>(body) ||
      std::holds_alternative<SchedulerStarted>(body) || std::holds_alternative<RunEnded>(body);
}

std::optional<Microseconds> RecordKeeper::consider(
    const Campaign& campaign,
    const Instant& now,
    const std::function<void(const std::string&)>& alarm) {
  const auto open = campaign.open_attempts(now);
  bool quiet = true;
  bool writer_lives = false;
  std::vector<AttemptKey> looked;
  for (const auto& attempt : open) {
    const bool lives = attempt.adopted || std::ranges::find(seen_, attempt.key) != seen_.end();
    writer_lives = writer_lives || (lives && may_write_run_json(attempt));
    quiet = quiet && !has_process(attempt);
    looked.push_back(attempt.key);
  }
  seen_ = std::move(looked);
  if (!stale_ || writer_lives) {
    return std::nullopt;
  }
  const auto since = written_ ? elapsed(*written_, now) : interval_;
  const auto pause = in_trouble_ ? kRetryAfterTrouble : interval_;
  if ((!quiet || in_trouble_) && since < pause && !is_ended(campaign.status())) {
    return pause - since;
  }
  auto wait = write(campaign, now, alarm);
  // Nobody comes back after the end: what only failed in passing is tried again now.
  for (int tries = 1; wait && is_ended(campaign.status()) && tries < kLastTries; ++tries) {
    wait = write(campaign, now, alarm);
  }
  return wait;
}

std::optional<Microseconds> RecordKeeper::write(
    const Campaign& campaign,
    const Instant& now,
    const std::function<void(const std::string&)>& alarm) {
  written_ = now;
  try {
    for (const auto& warning : record_.write(campaign.summary(now))) {
      alarm(warning);
    }
  } catch (const std::runtime_error& error) {  // also std::system_error: the file is as it was, the
                                               // run goes on without it
    if (!in_trouble_) {
      alarm(fmt::format("the run JSON could not be written ({}); it is tried again", error.what()));
    }
    in_trouble_ = true;
    return kRetryAfterTrouble;
  }
  if (in_trouble_) {
    alarm("the run JSON is written again");
  }
  in_trouble_ = false;
  stale_ = false;
  return std::nullopt;
}

}  // namespace fat
