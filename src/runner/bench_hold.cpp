#include "runner/bench_hold.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "fat/model/log_entry.hpp"

namespace fat {

namespace {

Logged override_entry(const std::vector<std::string>& titles,
                      const std::vector<std::string>& overrides) {
  return {.text = plain_lines(fmt::format("{} '{}' runs under an override: {}",
                                          titles.size() == 1 ? "step" : "each of the steps",
                                          fmt::join(titles, "', '"),
                                          fmt::join(overrides, "; ")),
                              kLongestLogText),
          .attachments = {}};
}

}  // namespace

std::vector<EventBody> BenchHold::ask(const Instant& now) {
  if (guard_ == nullptr || is_ended(campaign_.status())) {
    return {};
  }
  auto word = guard_->ask(now);
  const bool holds = !word.objection.empty();
  if (holds != held_) {
    held_ = holds;
    tell_(holds ? "no step begins: " + word.objection : "nothing holds the steps up any more");
  }
  campaign_.hold_steps(std::move(word.objection));
  std::vector<std::string> running;
  for (const auto& open : campaign_.open_attempts(now)) {
    if (open.key.list == StepList::Main) {
      running.push_back(open.key.title);
    }
  }
  const bool more = std::ranges::any_of(word.overrides, [this](const auto& text) {
    return std::ranges::find(overrides_, text) == overrides_.end();
  });
  overrides_ = std::move(word.overrides);
  return more && !running.empty() ? std::vector<EventBody>{override_entry(running, overrides_)}
                                  : std::vector<EventBody>{};
}

std::vector<EventBody> BenchHold::with_marks(std::vector<EventBody> events) const {
  std::vector<std::string> titles;
  for (const auto& event : events) {
    const auto* const started = std::get_if<AttemptStarted>(&event);
    if (started != nullptr && started->key.list == StepList::Main) {
      titles.push_back(started->key.title);
    }
  }
  if (!overrides_.empty() && !titles.empty()) {
    events.emplace_back(override_entry(titles, overrides_));
  }
  return events;
}

}  // namespace fat
