// Engines that are wrong on purpose -> the simulation finds it, and the story it tells is short.
#include "engine/shrink.hpp"

#include <gmock/gmock.h>

#include "engine/random_world.hpp"

namespace fat {

namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

using Events = std::vector<EventBody>;

/// Forgets the safe state when a person stops the run.
void stop_without_safe_state(Events& events, const RunState& state) {
  for (auto& event : events) {
    const bool by_a_person = state.stopping && !state.aborting && !state.stop.failure &&
                             !state.stop.reason.starts_with("--until");
    if (std::holds_alternative<SafeStateStarted>(event) && by_a_person) {
      event = RunEnded{RunStatus::Stopped, "in a hurry"};
    }
  }
}

/// Runs an interrupted step again where it should ask.
void repeat_without_asking(Events& events, const RunState& state) {
  for (auto& event : events) {
    const auto* asked = std::get_if<PromptOpened>(&event);
    if (asked == nullptr || asked->prompt.purpose != PromptPurpose::Recovery ||
        state.step(StepList::Main, asked->prompt.step) == nullptr) {
      continue;
    }
    const auto& title = asked->prompt.step;
    AttemptStarted again{.key = {.title = title, .attempt = state.step(title)->attempts + 1}};
    again.token = "again";
    again.plan_version = state.plan_version;
    event = std::move(again);
  }
}

Story first_broken(const ShellOptions& options) {
  for (std::uint64_t seed = 1; seed < 1000; ++seed) {
    auto story = random_story(seed);
    if (!broken_by(story, options).empty()) {
      return story;
    }
  }
  throw std::runtime_error{"a thousand stories break nothing"};
}

TEST(Shrink, TellsInAFewSentencesThatAnEngineForgetsTheSafeState) {
  const ShellOptions wrong{.tamper = stop_without_safe_state};

  const auto story = first_broken(wrong);
  const auto shortest = shrink(story, wrong);

  EXPECT_EQ(broken_by(shortest, wrong), "the safe state comes before every end");
  EXPECT_LE(shortest.happenings.size(), 2U);
  EXPECT_THAT(shortest.plan.safe_state, SizeIs(1));
  EXPECT_LE(shortest.plan.steps.size(), 1U);
  EXPECT_THAT(told_shortly(story, wrong), HasSubstr("The run is stopped (in a hurry)."));
}

TEST(Shrink, TellsInAFewSentencesThatAnEngineRepeatsWhatMayHaveHadItsEffect) {
  const ShellOptions wrong{.tamper = repeat_without_asking};

  const auto shortest = shrink(first_broken(wrong), wrong);

  EXPECT_EQ(broken_by(shortest, wrong), "nothing is repeated that may have had its effect");
  EXPECT_LE(shortest.happenings.size(), 2U);
  EXPECT_LE(shortest.plan.steps.size(), 1U);
  auto telling = wrong;
  telling.tell = true;
  RandomWorld world{shortest, telling};
  world.play();
  EXPECT_LE(world.sentences().size(), 12U);
}

TEST(Shrink, ASeedTellsTheSameStoryEveryTime) {
  const auto told = [] {
    const auto story = random_story(7);
    RandomWorld world{story, {.tell = true}};
    EXPECT_THAT(world.play(), IsEmpty());
    return world.sentences();
  };

  EXPECT_EQ(told(), told());
}

}  // namespace

}  // namespace fat
