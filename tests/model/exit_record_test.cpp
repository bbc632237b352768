// exit.json and start.json, and what an exit means.
#include "fat/model/exit_record.hpp"

#include <string>

#include <gtest/gtest.h>

namespace fat {

namespace {

const std::string kExit =
    R"({"token":"t","status":3,"signal":null,"ended_by":"itself","start_error":"","started_us":1000000,"ended_us":2000000,)"
    R"("ran_us":3,"user_us":4,"system_us":5,"max_rss_kib":6,"report_bytes":7,"report_dropped":8,"output_bytes":9,"survivors":10})";
const std::string kStart =
    R"({"token":"t","boot_id":"b","shim":{"pid":2,"start_time":3},"command":{"pid":4,"start_time":5}})";

std::string replaced(std::string text, const std::string& from, const std::string& to) {
  return text.replace(text.find(from), from.size(), to);
}

ExitRecord ended_with(std::optional<int> status, std::optional<int> signal = {}) {
  ExitRecord record;
  record.status = status;
  record.signal = signal;
  record.ran = std::chrono::minutes{90};
  return record;
}

ExitRecord ended_by(EndedBy who) {
  auto record = ended_with(0);
  record.ended_by = who;
  return record;
}

}  // namespace

TEST(ExitRecord, IsReadWithAllItsFields) {
  const auto record = parse_exit_record(kExit);

  ASSERT_TRUE(record);
  EXPECT_EQ(record->token, "t");
  EXPECT_EQ(record->status, 3);
  EXPECT_EQ(record->signal, std::nullopt);
  EXPECT_EQ(record->ended_by, EndedBy::Itself);
  EXPECT_EQ(record->started, WallTime{std::chrono::seconds{1}});
  EXPECT_EQ(record->ended, WallTime{std::chrono::seconds{2}});
  EXPECT_EQ(record->ran.count(), 3);
  EXPECT_EQ(record->user.count(), 4);
  EXPECT_EQ(record->system.count(), 5);
  EXPECT_EQ(record->max_rss_kib, 6);
  EXPECT_EQ(record->report_bytes, 7U);
  EXPECT_EQ(record->report_dropped, 8U);
  EXPECT_EQ(record->output_bytes, 9U);
  EXPECT_EQ(record->survivors, 10);
}

TEST(ExitRecord, IgnoresKeysItDoesNotKnowAndTheLineEnd) {
  EXPECT_TRUE(parse_exit_record(replaced(kExit, "{", R"({"later":[{}],)")));
  EXPECT_TRUE(parse_exit_record(kExit + "\n"));
}

TEST(ExitRecord, IsNoneWhenItIsTornAnywhere) {
  for (std::size_t length = 0; length < kExit.size(); ++length) {
    EXPECT_FALSE(parse_exit_record(kExit.substr(0, length))) << length;
  }
}

TEST(ExitRecord, IsNoneWhenAKeyIsMissingOrOfAnotherType) {
  EXPECT_FALSE(parse_exit_record(replaced(kExit, R"("token":"t",)", "")));
  EXPECT_FALSE(parse_exit_record(replaced(kExit, R"("signal":null,)", "")));
  EXPECT_FALSE(parse_exit_record(replaced(kExit, R"("status":3)", R"("status":"3")")));
  EXPECT_FALSE(parse_exit_record(replaced(kExit, R"("ran_us":3)", R"("ran_us":3.5)")));
  EXPECT_FALSE(parse_exit_record(replaced(kExit, R"("itself")", R"("nobody")")));
  EXPECT_FALSE(parse_exit_record(replaced(kExit, R"("output_bytes":9)", R"("output_bytes":-9)")));
}

TEST(ExitRecord, IsNoneWhenItSaysWhatCannotBe) {
  EXPECT_FALSE(parse_exit_record(replaced(kExit, R"("signal":null)", R"("signal":9)")));
  EXPECT_FALSE(parse_exit_record(replaced(kExit, R"("status":3)", R"("status":null)")));
  EXPECT_FALSE(parse_exit_record(replaced(kExit, R"("status":3)", R"("status":256)")));
  EXPECT_FALSE(parse_exit_record(replaced(kExit, R"("ran_us":3)", R"("ran_us":-3)")));
}

TEST(ExitRecord, NeedsNoStatusWhenTheCommandCouldNotBeStarted) {
  const auto text = replaced(replaced(kExit, R"("status":3)", R"("status":null)"),
                             R"("start_error":"")",
                             R"("start_error":"no such file")");

  const auto record = parse_exit_record(text);

  ASSERT_TRUE(record);
  EXPECT_EQ(judge(*record).reason, "could not be started: no such file");
  EXPECT_EQ(judge(*record).outcome, Outcome::Errored);
}

TEST(StartRecord, IsReadWithAllItsFields) {
  const auto record = parse_start_record(kStart);

  ASSERT_TRUE(record);
  EXPECT_EQ(record->token + record->boot_id, "tb");
  EXPECT_EQ(record->shim, (ProcessId{2, 3}));
  EXPECT_EQ(record->command, (ProcessId{4, 5}));
}

TEST(StartRecord, IsNoneWhenTornOrNamingNoProcess) {
  EXPECT_FALSE(parse_start_record(kStart.substr(0, kStart.size() - 1)));
  EXPECT_FALSE(parse_start_record(replaced(kStart, R"("pid":2)", R"("pid":-1)")));
  EXPECT_FALSE(parse_start_record(replaced(kStart, R"("pid":4)", R"("pid":0)")));
  EXPECT_FALSE(parse_start_record(replaced(kStart, R"({"pid":2,"start_time":3})", "5")));
}

TEST(JudgeExit, FollowsTheExitStatus) {
  EXPECT_EQ(judge(ended_with(0)).outcome, Outcome::Done);
  EXPECT_EQ(judge(ended_with(0)).reason, "");
  EXPECT_EQ(judge(ended_with(75)).outcome, Outcome::Errored);
  EXPECT_TRUE(judge(ended_with(75)).try_later);
  EXPECT_EQ(judge(ended_with(77)).outcome, Outcome::Skipped);
  EXPECT_EQ(judge(ended_with(3)).outcome, Outcome::Errored);
  EXPECT_EQ(judge(ended_with(3)).reason, "exit status 3");
  EXPECT_EQ(judge(ended_with({}, 11)).reason, "killed by signal 11 (Segmentation fault)");
  EXPECT_EQ(judge(ended_with({}, 127)).reason, "killed by signal 127");
  EXPECT_EQ(judge(ended_with({})).outcome, Outcome::Errored);
}

TEST(JudgeExit, SaysWhoEndedItEvenWhenTheStatusIsZero) {
  EXPECT_EQ(judge(ended_by(EndedBy::Timeout)).outcome, Outcome::Errored);
  EXPECT_TRUE(judge(ended_by(EndedBy::Timeout)).timed_out);
  EXPECT_EQ(judge(ended_by(EndedBy::Timeout)).reason, "timed out after 1 h 30 min");
  EXPECT_TRUE(judge(ended_by(EndedBy::Silence)).timed_out);
  EXPECT_EQ(judge(ended_by(EndedBy::Silence)).reason,
            "silent for too long, ended after 1 h 30 min");
  EXPECT_EQ(judge(ended_by(EndedBy::Abort)).outcome, Outcome::Aborted);
  EXPECT_EQ(judge(ended_by(EndedBy::Halt)).outcome, Outcome::Aborted);
}

}  // namespace fat
