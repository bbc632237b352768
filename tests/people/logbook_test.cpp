// Events -> lines of the logbook, and those as text, tables and messages for a remote logbook.
#include "fat/people/logbook.hpp"

#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

#include "fat/people/people_messages.hpp"
#include "people/logbook_post.hpp"
#include "people/sample_run.hpp"

namespace fat {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;

Instant moment() {
  return {.wall = WallTime{std::chrono::seconds{1795219200}}, .boot = {}, .boot_id = "b"};
}

Event event_of(EventBody body, const std::string& who = "anna at tty1 (uid 7)") {
  return {.run = 12, .at = moment(), .who = who, .body = std::move(body)};
}

std::string file_of(const LogAttachment& attachment) {
  return "logbook/" + attachment.sha256;
}

std::vector<LogLine> entry(const std::string& text, const std::string& who = "anna") {
  return log_lines(event_of(Logged{.text = text, .attachments = {{"a.png", "ab", 5000}}}, who));
}

TEST(Logbook, HoldsWhatPeopleWroteAndDidAndWhatBecameOfTheRun) {
  std::vector<std::string> texts;
  for (const EventBody& body : std::vector<EventBody>{Logged{.text = "door open"},
                                                      PauseRequested{"why"},
                                                      SignalRead{},
                                                      PromptAnswered{.id = 2, .value = "yes"},
                                                      AttemptEnded{.key = {.title = "gain"}},
                                                      RunEnded{.status = RunStatus::Stopped}}) {
    for (const auto& line : log_lines(event_of(body))) {
      texts.push_back(line.text);
    }
  }

  EXPECT_THAT(texts,
              ElementsAre("door open",
                          "pause",
                          "question 2 is answered: yes",
                          "'gain' errored",
                          "the run is stopped"));
}

TEST(Logbook, IsSearchedByWordsOfAnyPartOfALine) {
  const auto line = entry("The DOOR was open").front();

  EXPECT_TRUE(is_about(line, {"door", "ANNA", "a.png"}));
  EXPECT_FALSE(is_about(line, {"door", "window"}));
  EXPECT_TRUE(is_about(line, {}));
}

TEST(Logbook, IsATableThatNothingIsCalculatedFrom) {
  const auto table = logbook_csv(entry(" =1+1,\"x\"\nb", "@evil"), file_of);

  EXPECT_THAT(table, HasSubstr("\n12,2026-11-21T"));
  EXPECT_THAT(table, HasSubstr(",'@evil,entry,\"' =1+1,\"\"x\"\" b\",,a.png (logbook/ab)\n"));
}

TEST(Logbook, IsMarkdownWithoutForeignMarkup) {
  const auto text = logbook_markdown(entry("<b>*x*\n# y\x1b[31m"), "b_1", file_of);

  EXPECT_THAT(text, AllOf(HasSubstr("# Logbook of b\\_1\n"), HasSubstr("## Run 12\n")));
  EXPECT_THAT(text, HasSubstr("**anna**: \\<b\\>\\*x\\*\\\n  \\# y"));
  EXPECT_THAT(text, AllOf(HasSubstr("- [a\\.png](<logbook/ab>)"), Not(HasSubstr("\x1b"))));
}

TEST(Logbook, IsDataForPrograms) {
  const auto json = nlohmann::json::parse(logbook_json(entry("a\nb"), file_of));

  EXPECT_EQ(json["schema"], 1);
  EXPECT_EQ(json["entries"][0]["text"], "a\nb");
  EXPECT_EQ(json["entries"][0]["attachments"][0]["bytes"], 5000);
}

class RemoteLogbookMessages : public testing::Test {
 protected:
  std::vector<LogbookPost> posts(const EventBody& body, Urgency level = Urgency::Critical) const {
    const PeopleMessages source{"bench", {{"[logbook]", level, true}}, false};
    std::vector<LogbookPost> posts;
    for (const auto& message : source.messages(event_of(body), campaign_)) {
      posts.push_back(logbook_post_of(message.text));
    }
    return posts;
  }

  ScriptedCampaign campaign_ = sample_run(moment());
};

TEST_F(RemoteLogbookMessages, AreTheStartWithItsFormAndChecks) {
  RunOpened opened;
  opened.checks = {{"logbook",
                    true,
                    true,
                    "ben",
                    moment().wall,
                    "Start New Run\nComment: cold",
                    {{"a b.png", "ab", 5}}},
                   {"gain", false, false, "ben", moment().wall, "dark"}};
  const auto all = posts(opened);

  ASSERT_THAT(all, SizeIs(1));
  const auto& post = all.front();
  EXPECT_EQ(post.at, moment().wall);
  EXPECT_EQ(post.values.at("author"), "anna");
  EXPECT_EQ(post.values.at("kind"), "start");
  EXPECT_EQ(post.values.at("comment"), "cold");
  EXPECT_EQ(post.values.at("modules"), "DEgg2021-3-133");
  EXPECT_THAT(post.text,
              AllOf(HasSubstr("Start New Run\nComment: cold\n"), HasSubstr("gain: failed: dark")));
  EXPECT_THAT(post.attachments, ElementsAre(LogAttachment{"a b.png", "ab", 5}));
}

TEST_F(RemoteLogbookMessages, AreEntriesAndTheEndButNotEverything) {
  EXPECT_THAT(posts(Logged{.text = "x: y\n\nz"}).at(0).text, "x: y\n\nz");
  EXPECT_EQ(posts(RunEnded{.status = RunStatus::Aborted}).at(0).values.at("status"), "aborted");
  EXPECT_THAT(posts(Paused{.failure = true, .step = "gain"}), SizeIs(1));
  EXPECT_THAT(posts(Paused{}), IsEmpty());
  EXPECT_THAT(posts(Paused{}, Urgency::Warning), SizeIs(1));
  EXPECT_THAT(posts(PauseRequested{}, Urgency::Warning), IsEmpty());
  EXPECT_THAT(posts(SchedulerStarted{}), IsEmpty());
  EXPECT_THAT(posts(SchedulerStarted{.mode = StartMode::Resume}), SizeIs(1));
}

TEST(LogbookPost, IsAllTextWhenItIsNotOurs) {
  for (const char* text : {"", "x", "at: x\n\nb", "run: 1", "evil: 1\n\nb", "\n"}) {
    const auto post = logbook_post_of(text);
    EXPECT_EQ(post.text, std::string_view{text} == "\n" ? "" : text);
  }
}

TEST(Logbook, HoldsWhatNeedsNobodyAnyMore) {
  const auto withdrawn = log_lines(event_of(PromptWithdrawn{.id = 2, .reason = "skipped"}));
  ASSERT_THAT(withdrawn, SizeIs(1));
  EXPECT_EQ(withdrawn[0].text, "question 2 needs no answer any more");
  EXPECT_EQ(withdrawn[0].reason, "skipped");

  const auto released =
      log_lines(event_of(ModuleReleased{.module = "DEgg2021-3-133", .reason = "new cable"}));
  ASSERT_THAT(released, SizeIs(1));
  EXPECT_EQ(released[0].text, "DEgg2021-3-133 out of quarantine");
  EXPECT_EQ(released[0].reason, "new cable");
  EXPECT_EQ(released[0].kind, LogKind::Action);
}

}  // namespace
}  // namespace fat
