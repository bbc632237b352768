// insert, move, drop, edit and lock on a run that nobody drives; what a program that asks often is
// told.
#include "cli/edit_commands.hpp"

#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

#include "cli/command_run.hpp"
#include "cli/run_view.hpp"
#include "cli/sample_station.hpp"

namespace fat {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

/// "check" is done, "measure gain" at work for the second time, "note" has not begun.
class Editing : public testing::Test {
 protected:
  Editing() { station_.reach_second_attempt(); }

  CommandRun run(std::vector<std::string> words) const {
    return run_words(station_.folder(), std::move(words));
  }

  nlohmann::json changes(const std::string& since) const {
    return nlohmann::json::parse(run({"status", "--since", since}).out);
  }

  SampleStation station_;
};

TEST_F(Editing, FrontIsRightBehindWhatRuns) {
  const auto edited = run({"insert", "--at", "front", "--command", "true", "--title", "x"});

  EXPECT_EQ(edited.exit_code, 0) << edited.err;
  EXPECT_THAT(edited.out, HasSubstr("inserted 'x' behind 'measure gain': version 2"));
  EXPECT_THAT(run({"list"}).out, HasSubstr("x"));
  EXPECT_THAT(run({"history"}).out, HasSubstr("inserted 'x' behind 'measure gain'"));
}

TEST_F(Editing, ADryRunShowsWhatWouldChangeAndChangesNothing) {
  const auto shown = run({"edit", "note", "timeout=2 h", "--dry-run"});

  EXPECT_EQ(shown.exit_code, 0) << shown.err;
  EXPECT_THAT(shown.out, AllOf(HasSubstr("this would change"), HasSubstr("timeout: none -> 2 h")));
  EXPECT_THAT(run({"history"}).out, Not(HasSubstr("changed 'note'")));
}

TEST_F(Editing, WhatRunsIsNotEditedWhicheverWayItIsAskedFor) {
  for (const auto& words :
       std::vector<std::vector<std::string>>{{"drop", "measure gain"},
                                             {"drop", "check"},
                                             {"edit", "measure gain", "attempts=9"},
                                             {"insert", "--before", "check", "--command", "true"},
                                             {"drop", "measure gain", "--dry-run"}}) {
    const auto refused = run(words);

    EXPECT_EQ(refused.exit_code, 7) << words.front();
    EXPECT_THAT(refused.out + refused.err, HasSubstr("nothing was changed"));
  }
}

TEST_F(Editing, AWrongStepIsRefusedBeforeTheRunHearsOfIt) {
  const auto refused = run({"insert", "--at", "end", "--command", "true", "timout=2 h"});

  EXPECT_EQ(refused.exit_code, 3);
  EXPECT_THAT(refused.err, AllOf(HasSubstr("'timout'"), HasSubstr("nothing was changed")));
}

TEST_F(Editing, TheLastEditIsTakenBack) {
  run({"drop", "note"});

  const auto undone = run({"edit", "--undo", "--reason", "it is needed"});
  const auto again = run({"edit", "--undo"});

  EXPECT_EQ(undone.exit_code, 0) << undone.err;
  EXPECT_THAT(run({"list"}).out, HasSubstr("note"));
  EXPECT_EQ(again.exit_code, 7);
  EXPECT_THAT(again.err, HasSubstr("no edit to take back"));
}

TEST_F(Editing, SinceSaysWhetherAnythingIsNew) {
  const auto first = changes("");
  const auto still = changes(first.at("mark"));
  run({"drop", "note"});
  const auto now = changes(first.at("mark"));

  EXPECT_TRUE(first.at("changed"));
  EXPECT_FALSE(still.at("changed"));
  EXPECT_EQ(still.at("mark"), first.at("mark"));
  EXPECT_TRUE(now.at("changed"));
  EXPECT_EQ(now.at("plan"), first.at("plan").get<int>() + 1);
  EXPECT_EQ(now.at("steps"), first.at("steps"));
}

TEST(Changes, ProgressAloneIsNewsToo) {
  ChangeCounters counters{.events = 12, .plan = 1, .steps = 4, .prompts = 0, .reports = 3};
  const auto mark = change_mark(counters);

  EXPECT_FALSE(nlohmann::json::parse(changes_json(counters, mark)).at("changed"));
  ++counters.reports;
  EXPECT_TRUE(nlohmann::json::parse(changes_json(counters, mark)).at("changed"));
  EXPECT_TRUE(nlohmann::json::parse(changes_json(counters, "no mark at all")).at("changed"));
}

}  // namespace
}  // namespace fat
