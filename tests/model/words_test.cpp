// Every enum <-> its words.
#include <set>
#include <string>

#include <gtest/gtest.h>

#include "fat/model/event.hpp"
#include "fat/model/interlock_entry.hpp"
#include "fat/model/interlock_state.hpp"
#include "fat/model/lease.hpp"
#include "fat/model/message.hpp"
#include "fat/model/people_entry.hpp"
#include "fat/model/plan_edit.hpp"
#include "fat/model/run_status.hpp"
#include "fat/model/service_entry.hpp"
#include "fat/model/task_info.hpp"
#include "fat/model/telemetry_entry.hpp"
#include "fat/model/verb.hpp"

namespace fat {

namespace {

/// All of them have distinct words that parse back; nothing beyond `last` does.
template <class Enum>
void expect_words(Enum last, std::optional<Enum> (*parse)(std::string_view)) {
  std::set<std::string_view> words;
  for (int value = 0; value <= static_cast<int>(last); ++value) {
    const auto word = to_string(static_cast<Enum>(value));
    EXPECT_EQ(parse(word), static_cast<Enum>(value)) << word;
    EXPECT_TRUE(words.insert(word).second) << word;
  }
  EXPECT_EQ(parse("unknown value"), std::nullopt);
  EXPECT_EQ(parse(""), std::nullopt);
  EXPECT_EQ(parse("DONE "), std::nullopt);
}

}  // namespace

TEST(Words, ParseBackForEveryEnum) {
  expect_words(Outcome::Aborted, &parse_outcome);
  expect_words(Verdict::Failed, &parse_verdict);
  expect_words(StartMode::Restart, &parse_start_mode);
  expect_words(EndCause::Refused, &parse_end_cause);
  expect_words(AfterAbort::Continue, &parse_after_abort);
  expect_words(EndedBy::Halt, &parse_ended_by);
  expect_words(StepList::Backup, &parse_step_list);
  expect_words(OnFailure::Continue, &parse_on_failure);
  expect_words(StepKind::Prompt, &parse_step_kind);
  expect_words(Recovery::Ask, &parse_recovery);
  expect_words(PromptKind::Text, &parse_prompt_kind);
  expect_words(PromptPurpose::Failure, &parse_prompt_purpose);
  expect_words(RunStatus::Broken, &parse_run_status);
  expect_words(VerbKind::Acknowledge, &parse_verb_kind);
  expect_words(EditKind::Replace, &parse_edit_kind);
  expect_words(Urgency::Critical, &parse_urgency);
  expect_words(MessageFate::Dead, &parse_message_fate);
  expect_words(SinkKind::Mail, &parse_sink_kind);
  expect_words(TelemetryKind::Mqtt, &parse_telemetry_kind);
  expect_words(ServiceRestart::Always, &parse_service_restart);
  expect_words(LeaseUse::Panel, &parse_lease_use);
  expect_words(InterlockVote::TwoOfThree, &parse_interlock_vote);
  expect_words(InterlockAction::SafeState, &parse_interlock_action);
  expect_words(InterlockPhase::Latched, &parse_interlock_phase);
}

TEST(Words, OfParameterTypesAreDistinct) {
  std::set<std::string_view> words;
  for (int value = 0; value <= static_cast<int>(ParameterType::DateTime); ++value) {
    const auto word = to_string(static_cast<ParameterType>(value));
    EXPECT_FALSE(word.empty());
    EXPECT_TRUE(words.insert(word).second) << word;
  }
}

TEST(Words, AreThoseOfTheHousePlan) {
  EXPECT_EQ(to_string(Verdict::NotRun), "not_run");
  EXPECT_EQ(to_string(VerbKind::AbortStep), "abort-step");
  EXPECT_EQ(to_string(EndCause::NeverStarted), "never_started");
  EXPECT_EQ(to_string(StepList::OnResume), "on_resume");
  EXPECT_EQ(to_string(ParameterType::DateTime), "date and time");
}

TEST(Verdict, WorstWins) {
  EXPECT_EQ(worst(Verdict::Inconclusive, Verdict::Marginal), Verdict::Inconclusive);
  EXPECT_EQ(worst(Verdict::NotRun, Verdict::Passed), Verdict::Passed);
  EXPECT_EQ(worst(Verdict::Failed, Verdict::Inconclusive), Verdict::Failed);
}

TEST(RunStatus, IsEndedOnlyWhenNothingMoreHappensByItself) {
  int ended = 0;
  for (int value = 0; value <= static_cast<int>(RunStatus::Broken); ++value) {
    ended += is_ended(static_cast<RunStatus>(value)) ? 1 : 0;
  }
  EXPECT_EQ(ended, 4);
  EXPECT_TRUE(is_ended(RunStatus::Completed));
  EXPECT_FALSE(is_ended(RunStatus::Suspended));
}

TEST(FindTask, GivesThePlaceInTheCatalogOrNothing) {
  TaskCatalog catalog(2);
  catalog[1].name = "gain";

  EXPECT_EQ(find_task(catalog, "gain"), &catalog[1]);
  EXPECT_EQ(find_task(catalog, "gian"), nullptr);
}

}  // namespace fat
