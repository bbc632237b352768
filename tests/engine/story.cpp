#include "engine/story.hpp"

#include <array>

#include "engine/random_plan.hpp"

namespace fat {

namespace {

constexpr int kHappenings = 45;
constexpr int kNumbers = 24;

struct Weight {
  Kind kind;
  int weight;
};

constexpr std::array kWeights{Weight{Kind::ProcessEnds, 30},
                              Weight{Kind::TimePasses, 14},
                              Weight{Kind::PersonSpeaks, 14},
                              Weight{Kind::PersonAnswers, 9},
                              Weight{Kind::SchedulerDies, 8},
                              Weight{Kind::ProcessesObey, 9},
                              Weight{Kind::ProcessAsks, 3},
                              Weight{Kind::ProcessReports, 3},
                              Weight{Kind::ClockIsStepped, 3},
                              Weight{Kind::JournalRefuses, 2},
                              Weight{Kind::JournalWorks, 3},
                              Weight{Kind::CodeChanges, 2}};

Kind random_kind(Dice& dice) {
  int left = dice.below(100);
  for (const auto& [kind, weight] : kWeights) {
    if (left < weight) {
      return kind;
    }
    left -= weight;
  }
  return Kind::TimePasses;
}

}  // namespace

Story random_story(std::uint64_t seed) {
  Dice dice{seed};
  Story story;
  story.spring = dice.percent(50);
  story.plan = random_plan(dice, story.spring);
  story.batch = dice.percent(15);
  story.imported = dice.percent(5);
  for (int i = 0; i < kHappenings; ++i) {
    Happening happening{.kind = random_kind(dice), .numbers = {}};
    const bool dies = happening.kind == Kind::SchedulerDies;
    for (int number = 0; number < (dies ? 2 * kNumbers : kNumbers / 2); ++number) {
      happening.numbers.push_back(dice.number());
    }
    story.happenings.push_back(std::move(happening));
  }
  return story;
}

}  // namespace fat
