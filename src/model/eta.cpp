// Expected times -> words in local time.
#include "fat/model/eta.hpp"

#include <algorithm>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace fat {

namespace {

/// "2026-11-21 03:20"; on the same day as `other` "03:20".
std::string minute_text(WallTime when, const WallTime* other = nullptr) {
  constexpr std::size_t day = 10, minute = 16;
  const auto text = to_local_text(when);
  const bool same_day =
      other != nullptr && to_local_text(*other).substr(0, day) == text.substr(0, day);
  return same_day ? text.substr(day + 1, minute - day - 1) : text.substr(0, minute);
}

std::string from_now(WallTime now, const TimeRange& when) {
  const auto left = std::max(when.likely - now, Microseconds{0});
  return fmt::format(
      "in {}{}, {}", when.early == when.late ? "" : "about ", to_text(left), to_text(when));
}

const char* plural(int number) {
  return number == 1 ? "" : "s";
}

std::string text_of(WallTime now, const TimeRange& when) {
  return when.late <= now ? "now" : from_now(now, when);
}

}  // namespace

std::string to_text(const TimeRange& range) {
  const auto likely = minute_text(range.likely);
  const auto early = minute_text(range.early, &range.likely);
  const auto late = minute_text(range.late, &range.likely);
  return early == late ? likely : fmt::format("{} ({} to {})", likely, early, late);
}

std::string end_text(const Eta& eta) {
  if (!eta.end) {
    return {};
  }
  return from_now(eta.asked, *eta.end);
}

std::string person_text(const Eta& eta) {
  if (!eta.next_person) {
    return {};
  }
  return text_of(eta.asked, eta.next_person->when);
}

std::string after_answer_text(const Eta& eta) {
  if (!eta.end) {
    return {};
  }
  const auto next = eta.then_person ? fmt::format("; the next person is needed {}: {}",
                                                  text_of(eta.asked, eta.then_person->when),
                                                  eta.then_person->step)
                                    : "; nobody else is needed";
  return fmt::format("answered now, the run ends {}{}", from_now(eta.asked, *eta.end), next);
}

std::string conditions_text(const Eta& eta) {
  std::vector<std::string> parts;
  if (eta.questions_ahead > 0) {
    parts.push_back(fmt::format("plus the time until {} question{} answered",
                                eta.questions_ahead,
                                eta.questions_ahead == 1 ? " is" : "s are"));
  }
  if (eta.guessed_steps > 0) {
    parts.push_back(fmt::format("{} step{} never ran here: guessed, 10 min each",
                                eta.guessed_steps,
                                plural(eta.guessed_steps)));
  }
  if (eta.estimated_steps > 0) {
    parts.push_back(fmt::format("{} step{} never ran here: estimated by the task",
                                eta.estimated_steps,
                                plural(eta.estimated_steps)));
  }
  return fmt::format("{}", fmt::join(parts, "; "));
}

std::string to_text(const Eta& eta) {
  if (!eta.end) {
    return "the run has ended";
  }
  auto text = fmt::format("The run ends {}.", end_text(eta));
  if (eta.next_person) {
    const auto& person = *eta.next_person;
    text += fmt::format("\nA person is needed {}: {}{}{}",
                        person_text(eta),
                        person.step,
                        person.step.empty() ? "" : ": ",
                        person.what);
  }
  const auto conditions = conditions_text(eta);
  return conditions.empty() ? text : fmt::format("{}\n({})", text, conditions);
}

}  // namespace fat
