// A run's report and a moment -> a few lines, the important ones first.
#include "fat/people/hand_over.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "fat/model/eta.hpp"
#include "people/step_counts.hpp"
#include "people/words.hpp"

namespace fat {
namespace {

constexpr std::size_t kMostOfAKind = 15;
constexpr std::size_t kLongestHandOverLine = 300;

class HandOver {
 public:
  HandOver(const RunReport& report, WallTime since) : report_(report), since_(since) {}

  std::vector<std::string> lines() && {
    const auto& summary = report_.summary;
    add(fmt::format("run {} is {}{}",
                    summary.run,
                    to_string(summary.status),
                    summary.why.empty() ? "" : ": " + summary.why));
    add_open();
    add_steps();
    add_answers();
    add_actions();
    add_ahead();
    return std::move(lines_);
  }

 private:
  void add(std::string_view line) {
    lines_.push_back(fmt::format("{:.{}}", printable(line), kLongestHandOverLine));
  }

  /// A heading with what belongs to it; nothing when nothing does.
  void add_all(const std::string& heading, const std::vector<std::string>& items) {
    if (items.empty()) {
      return;
    }
    add(heading);
    for (std::size_t i = 0; i < std::min(items.size(), kMostOfAKind); ++i) {
      add("  " + items[i]);
    }
    if (items.size() > kMostOfAKind) {
      add(fmt::format("  ... and {} more: fatmaster history", items.size() - kMostOfAKind));
    }
  }

  void add_open() {
    std::vector<std::string> items;
    items.reserve(report_.summary.alerts.size());
    for (const auto& alert : report_.summary.alerts) {
      items.push_back(
          fmt::format("{} since {}: {}{}",
                      alert.id,
                      to_local_text(alert.since),
                      alert.text,
                      alert.acknowledged.empty() ? "" : " (seen by " + alert.acknowledged + ")"));
    }
    add_all("waits for a person:", items);
  }

  void add_steps() {
    int done = 0;
    int other = 0;
    std::vector<std::string> failures;
    for (const auto& attempt : report_.attempts) {
      const bool step =
          attempt.key.list == StepList::Main || attempt.key.list == StepList::OnResume;
      if (!attempt.ended || *attempt.ended < since_ || !step) {
        continue;
      }
      ++(attempt.outcome == Outcome::Done ? done : other);
      if (attempt.outcome != Outcome::Done && attempt.outcome != Outcome::Skipped) {
        failures.push_back(fmt::format("{} [{}] {} (attempt {}): {}",
                                       to_string(attempt.outcome.value_or(Outcome::Errored)),
                                       attempt.index,
                                       attempt.key.title,
                                       attempt.key.attempt,
                                       attempt.reason));
      }
    }
    add(fmt::format("since {}: {} done{}",
                    to_local_text(since_),
                    plural(static_cast<std::size_t>(done), "step"),
                    other == 0 ? "" : fmt::format(", {} otherwise", other)));
    add_all("did not go well:", failures);
  }

  void add_answers() {
    std::vector<std::string> items;
    for (const auto& prompt : report_.prompts) {
      if (prompt.answered && *prompt.answered >= since_ && !prompt.value.empty()) {
        items.push_back(fmt::format("question {} ({}): {} by {}",
                                    prompt.prompt.id,
                                    prompt.prompt.text,
                                    prompt.value,
                                    prompt.who));
      }
    }
    add_all("answered:", items);
  }

  void add_actions() {
    std::vector<std::string> items;
    for (const auto& action : report_.actions) {
      if (action.at >= since_ && !action.who.empty() && action.who != kProgram) {
        items.push_back(fmt::format("{}  {} by {}{}",
                                    to_local_text(action.at),
                                    action.what,
                                    action.who,
                                    action.reason.empty() ? "" : ": " + action.reason));
      }
    }
    add_all("what people did:", items);
  }

  void add_ahead() {
    const auto& summary = report_.summary;
    const auto ahead = steps_ahead(summary);
    if (!ahead.empty()) {
      add("next: " + label(*ahead.front()));
    }
    if (!summary.eta) {
      return;
    }
    if (summary.eta->next_person) {
      add(fmt::format("a person is needed for {}: {}",
                      summary.eta->next_person->step,
                      person_text(*summary.eta)));
    }
    if (summary.eta->end) {
      add("the run ends " + end_text(*summary.eta));
    }
  }

  const RunReport& report_;
  WallTime since_;
  std::vector<std::string> lines_;
};

}  // namespace

std::vector<std::string> hand_over_lines(const RunReport& report, WallTime since) {
  return HandOver{report, since}.lines();
}

}  // namespace fat
