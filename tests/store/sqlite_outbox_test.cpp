// Messages stored with events, by one connection, and taken out by another.
#include "fat/store/sqlite_outbox.hpp"

#include <gmock/gmock.h>

#include "fat/store/sqlite_journal.hpp"
#include "store/database.hpp"
#include "store/journal_builders.hpp"
#include "store/temporary_folder.hpp"

namespace fat {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

Message message(const std::string& text,
                std::size_t event = 0,
                const std::string& channel = "slack") {
  return {.channel = channel,
          .run = 12,
          .at = moment(77).wall,
          .urgency = Urgency::Warning,
          .text = text,
          .fault = "fault",
          .files = {"/run/a \"plot\".png", "/run/\n.svg"},
          .calls = "<@U0ANNA>",
          .about = "c1",
          .event = event};
}

std::vector<std::string> texts(const std::vector<StoredMessage>& messages) {
  std::vector<std::string> texts;
  std::ranges::transform(
      messages, std::back_inserter(texts), [](const auto& stored) { return stored.message.text; });
  return texts;
}

class OutboxTest : public testing::Test {
 protected:
  TemporaryFolder folder_;
  std::filesystem::path file_ = folder_ / "fatmaster.db";
  SqliteJournal journal_{file_, JournalMode::ReadWrite};
};

TEST_F(OutboxTest, KnowsWhereEachAlertWasTold) {
  journal_.append({note(12, "a")}, nullptr, {message("one"), message("two", 0, "mail")});
  SqliteOutbox outbox{file_};
  EXPECT_THAT(outbox.receipts_of_alerts("slack", 12), IsEmpty());

  outbox.settle({1}, MessageFate::Delivered, "1503435956.000247");

  EXPECT_THAT(outbox.receipts_of_alerts("slack", 12),
              ElementsAre(std::pair{"c1", "1503435956.000247"}));
  EXPECT_THAT(outbox.receipts_of_alerts("slack", 13), IsEmpty());
}

TEST_F(OutboxTest, GivesBackEveryFieldInOrderAndByChannel) {
  journal_.append({note(12, "a"), note(12, "b")},
                  nullptr,
                  {message("one\nline two", 1), message("of mail", 0, "mail"), message("two")});
  SqliteOutbox outbox{file_};

  const auto waiting = outbox.waiting("slack", 10);

  ASSERT_THAT(texts(waiting), ElementsAre("one\nline two", "two"));
  const auto& first = waiting.front();
  EXPECT_EQ(first.message.run, 12);
  EXPECT_EQ(first.message.at, moment(77).wall);
  EXPECT_EQ(first.message.urgency, Urgency::Warning);
  EXPECT_EQ(first.message.fault, "fault");
  EXPECT_THAT(first.message.files, ElementsAre("/run/a \"plot\".png", "/run/\n.svg"));
  EXPECT_EQ(first.message.calls, "<@U0ANNA>");
  EXPECT_EQ(first.message.about, "c1");
  EXPECT_EQ(first.post, 0);
  EXPECT_THAT(outbox.waiting("slack", 1), SizeIs(1));
  EXPECT_THAT(texts(outbox.waiting("mail", 10)), ElementsAre("of mail"));
}

TEST_F(OutboxTest, HoldsNothingOfAnAppendThatFailed) {
  EXPECT_THROW(journal_.append({note(12, "a")}, nullptr, {message("one", 7)}), std::exception);

  EXPECT_THAT(SqliteOutbox{file_}.waiting("slack", 10), IsEmpty());
  EXPECT_THAT(journal_.events(12), IsEmpty());
}

TEST_F(OutboxTest, RemembersWhatWasTriedTogetherAndWhatBecameOfIt) {
  journal_.append({note(12, "a")}, nullptr, {message("1"), message("2"), message("3")});
  {
    SqliteOutbox outbox{file_};
    outbox.bind_post({1, 2});
    outbox.settle({1}, MessageFate::Dead, "HTTP 400");
  }
  SqliteOutbox outbox{file_};

  const auto waiting = outbox.waiting("slack", 10);

  ASSERT_THAT(texts(waiting), ElementsAre("2", "3"));
  EXPECT_EQ(waiting[0].post, 1);
  EXPECT_EQ(waiting[1].post, 0);
  const auto dead = messages_of_fate(file_, MessageFate::Dead, 10);
  ASSERT_THAT(texts(dead), ElementsAre("1"));
  EXPECT_EQ(dead[0].why, "HTTP 400");
}

TEST_F(OutboxTest, CountsByChannelAndRevivesTheDead) {
  journal_.append({note(12, "a")}, nullptr, {message("1"), message("2"), message("m", 0, "mail")});
  SqliteOutbox{file_}.settle({1, 3}, MessageFate::Dead, "no");

  auto counts = count_messages(file_);
  ASSERT_THAT(counts, SizeIs(2));
  EXPECT_EQ(counts[0].channel, "mail");
  EXPECT_EQ(counts[1].messages[MessageFate::Dead], 1);
  EXPECT_EQ(counts[1].messages[MessageFate::Waiting], 1);

  EXPECT_EQ(revive_messages(file_), 2);
  EXPECT_THAT(SqliteOutbox{file_}.waiting("slack", 10), SizeIs(2));
}

TEST_F(OutboxTest, NeitherHoldsUpNorIsHeldUpByTheOneThatAppends) {
  journal_.append({note(12, "a")}, nullptr, {message("1")});
  SqliteOutbox outbox{file_};
  for (int number = 0; number < 200; ++number) {
    journal_.append({note(12, "b")}, nullptr, {message("again")});
    outbox.settle({number + 1}, MessageFate::Delivered, "");
  }
  EXPECT_THAT(outbox.waiting("slack", 10), SizeIs(1));
  journal_.verify();
}

TEST_F(OutboxTest, NeedsNoRowsWhenNobodyIsTold) {
  journal_.append({note(12, "a")});

  EXPECT_THAT(count_messages(file_), IsEmpty());
}

}  // namespace
}  // namespace fat
