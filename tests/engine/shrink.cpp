#include "engine/shrink.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "engine/narrator.hpp"
#include "engine/random_world.hpp"

namespace fat {

namespace {

class Shrinker {
 public:
  Shrinker(Story story, const ShellOptions& options)
      : story_(std::move(story)), options_(options), promise_(broken_by(story_, options)) {}

  Story shortest() {
    do {
      better_ = false;
      drop_happenings();
      drop_pairs();
      simplify_plan();
      simplify_numbers();
    } while (better_);
    return std::move(story_);
  }

 private:
  /// Keeps the other story when it breaks the same promise.
  bool keep(Story other) {
    if (broken_by(other, options_) != promise_) {
      return false;
    }
    story_ = std::move(other);
    better_ = true;
    return true;
  }

  /// As it is, or without one more happening: that of a step that is dropped, or the other half of
  /// a pair.
  bool keep_or_drop_one(const Story& other) {
    bool kept = keep(other);
    for (std::ptrdiff_t at = 0; !kept && at < std::ssize(other.happenings); ++at) {
      auto without = other;
      without.happenings.erase(without.happenings.begin() + at);
      kept = keep(std::move(without));
    }
    return kept;
  }

  void drop_pairs() {
    for (std::ptrdiff_t at = 0; at < std::ssize(story_.happenings);) {
      auto other = story_;
      other.happenings.erase(other.happenings.begin() + at);
      at += keep_or_drop_one(other) ? 0 : 1;
    }
  }

  void drop_happenings() {
    for (auto size = std::max<std::ptrdiff_t>(std::ssize(story_.happenings) / 2, 1); size > 0;
         size /= 2) {
      for (std::ptrdiff_t at = 0; at < std::ssize(story_.happenings);) {
        auto other = story_;
        const auto begin = other.happenings.begin() + at;
        const auto left = std::ssize(other.happenings) - at;
        other.happenings.erase(begin, begin + std::min(size, left));
        at += keep(std::move(other)) ? 0 : size;
      }
    }
  }

  void simplify_plan() {
    for (auto list : {&Plan::steps, &Plan::safe_state, &Plan::on_resume}) {
      for (std::size_t at = 0; at < (story_.plan.*list).size();) {
        auto other = story_;
        auto& steps = other.plan.*list;
        steps.erase(steps.begin() + static_cast<std::ptrdiff_t>(at));
        at += keep_or_drop_one(other) ? 0 : 1;
      }
      for (std::size_t at = 0; at < (story_.plan.*list).size(); ++at) {
        simplify_step(list, at);
      }
    }
    try_change(story_.plan.backup, [](Story& story) { story.plan.backup.reset(); });
    try_change(story_.batch, [](Story& story) { story.batch = false; });
    try_change(story_.imported, [](Story& story) { story.imported = false; });
  }

  template <typename Change>
  void try_change(bool wanted, Change change) {
    if (wanted) {
      auto other = story_;
      change(other);
      keep_or_drop_one(other);
    }
  }

  void try_change(const std::optional<Step>& step, void (*change)(Story&)) {
    try_change(step.has_value(), change);
  }

  void simplify_step(std::vector<Step> Plan::*list, std::size_t at) {
    const auto with = [&](auto change) {
      auto other = story_;
      auto& step = (other.plan.*list)[at];
      const auto before = fingerprint(step);
      change(step);
      if (fingerprint(step) != before) {
        keep(std::move(other));
      }
    };
    with([](Step& step) { step.kind = StepKind::Command; });
    with([](Step& step) { step.arguments.clear(); });
    with([](Step& step) { step.attempts = 1; });
    with([](Step& step) { step.retry_delay = Microseconds{0}; });
    with([](Step& step) { step.retry_on = {}; });
    with([](Step& step) { step.on_failure = OnFailure::Pause; });
    with([](Step& step) { step.recovery = Recovery::Ask; });
    with([](Step& step) { step.run_backup = false; });
    with([](Step& step) { step.measurements.clear(); });
    with([](Step& step) { step.after.clear(); });
    with([](Step& step) { step.valid_when.clear(); });
    with([](Step& step) { step.background = false; });
    with([](Step& step) {
      step.needs.clear();
      step.background = false;
    });
  }

  void simplify_numbers() {
    for (std::size_t at = 0; at < story_.happenings.size(); ++at) {
      for (std::size_t i = 0; i < story_.happenings[at].numbers.size(); ++i) {
        if (story_.happenings[at].numbers[i] != 0) {
          auto other = story_;
          other.happenings[at].numbers[i] = 0;
          keep(std::move(other));
        }
      }
    }
  }

  Story story_;
  const ShellOptions& options_;
  std::string promise_;
  bool better_ = false;
};

}  // namespace

std::string broken_by(const Story& story, const ShellOptions& options) {
  auto quiet = options;
  quiet.tell = false;
  StateCoverage fresh;
  quiet.coverage = options.coverage == nullptr ? nullptr : &fresh;
  return RandomWorld{story, quiet}.play();
}

Story shrink(Story story, const ShellOptions& options) {
  return Shrinker{std::move(story), options}.shortest();
}

std::string told_shortly(const Story& story, const ShellOptions& options) {
  const auto shortest = shrink(story, options);
  auto telling = options;
  telling.tell = true;
  RandomWorld world{shortest, telling};
  const auto broken = world.play();
  auto text = in_words(shortest.plan);
  int number = 0;
  for (const auto& sentence : world.sentences()) {
    text += fmt::format("{:>3}. {}\n", ++number, sentence);
  }
  return text + "Broken: " + broken + "\n";
}

}  // namespace fat
