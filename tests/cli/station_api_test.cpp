// Every route of the control API on a small journal: what it says, what it refuses.
#include "cli/station_api.hpp"

#include <gmock/gmock.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/api_station.hpp"
#include "cli/command_run.hpp"
#include "fat/store/station_lock.hpp"

namespace fat {
namespace {

using nlohmann::json;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

class AskingTheApi : public testing::Test, public ApiStation {
 protected:
  /// Kinds of the events of an answer.
  static std::vector<std::string> kinds(const json& page) {
    std::vector<std::string> all;
    for (const auto& event : page.at("events")) {
      all.push_back(event.at("kind"));
    }
    return all;
  }

  static std::vector<int> ids(const json& page) {
    std::vector<int> all;
    for (const auto& event : page.at("events")) {
      all.push_back(event.at("id"));
    }
    return all;
  }

  void print(const std::string& title, const std::string& text, int attempt = 1) {
    std::filesystem::create_directories(sample.attempt(title, attempt));
    write_text(sample.attempt(title, attempt) / "output.log", text);
  }

  void ask(int number) {
    PromptOpened opened;
    opened.prompt.id = number;
    opened.prompt.purpose = PromptPurpose::StepQuestion;
    opened.prompt.step = "check";
    opened.prompt.text = "Door shut?";
    opened.prompt.deadline = std::chrono::minutes{5};
    opened.prompt.default_value = "yes";
    opened.attempt = main_attempt("check");
    sample.append(10, opened);
  }
};

TEST_F(AskingTheApi, StationSaysWhichRunIsTheNewestAndThatNobodyDrivesIt) {
  const auto said = get(ApiRoute::Station);

  EXPECT_EQ(said.at("name"), "sample");
  EXPECT_EQ(said.at("newest_run"), 12);
  EXPECT_EQ(said.at("scheduler").at("alive"), false);
  EXPECT_EQ(said.at("zone"), "UTC");
  EXPECT_EQ(said.at("now"), "2026-11-21T00:00:00.000000Z");
}

TEST_F(AskingTheApi, StationSaysWhoDrivesTheRun) {
  const StationLock lock{sample.folder(), this_process(12)};

  const auto said = get(ApiRoute::Station);

  EXPECT_EQ(said.at("scheduler").at("alive"), true);
  EXPECT_EQ(said.at("scheduler").at("pid"), getpid());
}

TEST_F(AskingTheApi, RunIsTheStatusOfTheCommandLineWithItsComment) {
  sample.reach_second_attempt();
  write_text(sample.folder() / "runs/run/run_00012.json", R"({"comment": "third batch"})");

  auto said = get(ApiRoute::Run, {"newest"});

  EXPECT_EQ(said.at("comment"), "third batch");
  auto status = json::parse(run_words(sample.folder(), {"status", "--json"}).out);
  for (auto* one : {&said, &status}) {  // moments of two askings
    one->erase("eta");
    one->erase("comment");
    for (auto& open : one->at("open")) {
      open.erase("expected_s");
    }
  }
  EXPECT_EQ(said, status);
}

TEST_F(AskingTheApi, ARunThatIsNotThereIs404) {
  const auto said = answer(ApiRoute::Run, {"13"});

  EXPECT_EQ(said.status, 404);
  EXPECT_THAT(json::parse(said.body).at("text"), HasSubstr("known are 12"));
}

TEST_F(AskingTheApi, RunsAreListedWithHowTheyEnded) {
  EXPECT_EQ(get(ApiRoute::Runs).at("runs").at(0).at("status"), "running");
  sample.complete();

  const auto said = get(ApiRoute::Runs).at("runs").at(0);

  EXPECT_EQ(said.at("run"), 12);
  EXPECT_EQ(said.at("status"), "completed");
  EXPECT_EQ(said.at("exit_code"), 1);
  EXPECT_FALSE(said.contains("steps"));
}

TEST_F(AskingTheApi, OpenQuestionsSayWhenTheyWereAskedAndWhenTheirDefaultIsTaken) {
  sample.start(1, "check");
  ask(1);
  clock.set(second(20));

  const auto prompt = get(ApiRoute::Run, {"12"}).at("prompts").at(0);

  EXPECT_EQ(prompt.at("asked"), "2026-11-21T00:00:10.000000Z");
  EXPECT_EQ(prompt.at("deadline"), "2026-11-21T00:05:10.000000Z");
}

TEST_F(AskingTheApi, EventsHaveTheWordsThatPeopleRead) {
  sample.complete();

  const auto page = get(ApiRoute::Events, {"12"}, {{"kind", "attempt_ended"}});

  EXPECT_EQ(page.at("events").at(0).at("text"), "[0] check: done in 1 min 30 s");
  EXPECT_EQ(page.at("events").at(0).at("level"), "info");
  EXPECT_EQ(page.at("events").at(1).at("level"), "warning");
  EXPECT_EQ(page.at("events").at(0).at("body").at("key").at("title"), "check");
}

TEST_F(AskingTheApi, EventsGoOnWhereAPageEnded) {
  sample.complete();

  const auto first = get(ApiRoute::Events, {"12"}, {{"limit", "5"}});
  const auto second =
      get(ApiRoute::Events,
          {"12"},
          {{"limit", "500"}, {"after", std::to_string(first.at("next").get<int>())}});

  EXPECT_THAT(ids(first), ElementsAre(1, 2, 3, 4, 5));
  EXPECT_THAT(ids(second), ElementsAre(6, 7, 8, 9, 10, 11, 12, 13));
  EXPECT_TRUE(second.at("next").is_null());
}

TEST_F(AskingTheApi, TheNewestEventsComeFirstWhenAskedFor) {
  sample.complete();

  const auto last = get(ApiRoute::Events, {"12"}, {{"limit", "2"}, {"newest", "1"}});
  const auto before =
      get(ApiRoute::Events, {"12"}, {{"limit", "2"}, {"newest", "1"}, {"before", "12"}});

  EXPECT_THAT(ids(last), ElementsAre(12, 13));
  EXPECT_EQ(last.at("next"), 12);
  EXPECT_THAT(ids(before), ElementsAre(10, 11));
}

TEST_F(AskingTheApi, EventsAreChosenByKindOrItsOpposite) {
  sample.reach_second_attempt();

  EXPECT_THAT(kinds(get(ApiRoute::Events, {"12"}, {{"kind", "plan_adopted"}})),
              ElementsAre("plan_adopted"));
  EXPECT_THAT(
      kinds(get(ApiRoute::Events, {"12"}, {{"kind", "-attempt_started"}})),
      ElementsAre(
          "run_opened", "plan_adopted", "scheduler_started", "attempt_ended", "attempt_ended"));
}

TEST_F(AskingTheApi, EventsAreFoundByWordsForPeopleAndByWhatTheyHold) {
  sample.complete();

  EXPECT_THAT(ids(get(ApiRoute::Events, {"12"}, {{"search", "DONE IN"}})), ElementsAre(5, 10, 12));
  EXPECT_THAT(ids(get(ApiRoute::Events, {"12"}, {{"search", "gain.png"}})), ElementsAre(9));
  EXPECT_THAT(ids(get(ApiRoute::Events, {"12"}, {{"search", "nowhere"}})), ElementsAre());
}

TEST_F(AskingTheApi, WhatIsNoNumberIsRefused) {
  const auto said = answer(ApiRoute::Events, {"12"}, {{"limit", "12; DROP TABLE events"}});

  EXPECT_EQ(said.status, 400);
  EXPECT_THAT(json::parse(said.body).at("text"), HasSubstr("'limit' is a whole number"));
}

TEST_F(AskingTheApi, TextOfStrangersStaysAStringOfTheJson) {
  const std::string hostile = "</script>\"},{\"x\":\"\xff\x1b[2J \xe2\x80\xae";
  sample.start(1, "check");
  AttemptReported said;
  said.key = main_attempt("check");
  said.messages = {{.level = "warning", .text = hostile}};
  said.measurements = {{.module = hostile, .name = "n", .value = 1}};
  sample.append(2, said);

  const auto events = get(ApiRoute::Events, {"12"}, {{"kind", "attempt_reported"}});
  const auto measured = get(ApiRoute::Measurements, {"12"});

  ASSERT_EQ(events.at("events").size(), 1U);
  EXPECT_THAT(events.at("events").at(0).at("text").get<std::string>(),
              AllOf(HasSubstr("</script>\"},{\"x\":\""), Not(HasSubstr("\x1b"))));
  EXPECT_THAT(measured.at("measurements").at(0).at("module").get<std::string>(),
              HasSubstr("</script>"));
}

TEST_F(AskingTheApi, StepIsWhatShowSays) {
  sample.complete();

  EXPECT_EQ(get(ApiRoute::Step, {"12", "main", "1"}),
            json::parse(run_words(sample.folder(), {"show", "1", "--json"}).out));
  EXPECT_EQ(answer(ApiRoute::Step, {"12", "main", "3"}).status, 404);
  EXPECT_EQ(answer(ApiRoute::Step, {"12", "elsewhere", "0"}).status, 404);
  EXPECT_EQ(answer(ApiRoute::Step, {"12", "main", "-1"}).status, 404);
}

TEST_F(AskingTheApi, OutputIsReadFromItsEndAndOnFromThere) {
  sample.start(1, "check");
  print("check", "one\ntwo\n");

  const auto tail = get(ApiRoute::Output, {"12", "main", "0", "1"}, {{"tail", "4"}});
  print("check", "one\ntwo\nthree\n");
  const auto more = get(ApiRoute::Output, {"12", "main", "0", "1"}, {{"offset", "8"}});
  const auto before =
      get(ApiRoute::Output, {"12", "main", "0", "1"}, {{"offset", "0"}, {"until", "4"}});

  EXPECT_EQ(tail, json::parse(R"({"text":"two\n","offset":4,"next":8,"size":8,"ended":false})"));
  EXPECT_EQ(more.at("text"), "three\n");
  EXPECT_EQ(more.at("next"), 14);
  EXPECT_EQ(before.at("text"), "one\n");
}

TEST_F(AskingTheApi, OutputIsNeverCutWithinACharacter) {
  sample.start(1, "check");
  print("check", "20 \xc2\xb0");  // the degree sign is all there, then half of the next one
  print("check", "20 \xc2\xb0\xe2\x82");

  const auto part = get(ApiRoute::Output, {"12", "main", "0", "1"}, {{"offset", "0"}});
  const auto tail = get(ApiRoute::Output, {"12", "main", "0", "1"}, {{"tail", "3"}});
  sample.end(2, "check");
  const auto all = get(ApiRoute::Output, {"12", "main", "0", "1"}, {{"offset", "5"}});

  EXPECT_EQ(part.at("text"), "20 °");
  EXPECT_EQ(part.at("next"), 5);
  EXPECT_EQ(tail.at("text"), "");
  EXPECT_EQ(all.at("text"), "\uFFFD");
  EXPECT_EQ(all.at("next"), 7);
  EXPECT_EQ(all.at("ended"), true);
}

TEST_F(AskingTheApi, OutputBehindARotationBeginsWithTheNewPart) {
  sample.start(1, "check");
  print("check", "new\n");
  write_text(sample.attempt("check") / "output.log.1", "old\n");

  EXPECT_EQ(get(ApiRoute::Output, {"12", "main", "0", "1"}).at("text"), "old\nnew\n");
  EXPECT_EQ(get(ApiRoute::Output, {"12", "main", "0", "1"}, {{"offset", "9000"}}).at("text"),
            "new\n");
}

TEST_F(AskingTheApi, OutputOfAnAttemptThatNeverWasIs404) {
  EXPECT_EQ(answer(ApiRoute::Output, {"12", "main", "0", "1"}).status, 404);
}

TEST_F(AskingTheApi, AnArtifactIsGivenInASandbox) {
  sample.complete();
  std::filesystem::create_directories(sample.attempt("measure gain", 2));
  write_text(sample.attempt("measure gain", 2) / "gain.png", "PNG");

  const auto file = answer(ApiRoute::Artifact, {"12", "main", "1", "2", "gain.png"});

  EXPECT_EQ(file.status, 200);
  EXPECT_EQ(file.type, "image/png");
  EXPECT_EQ(file.body, "PNG");
  EXPECT_EQ(file.headers.at("Content-Security-Policy"), "sandbox");
}

TEST_F(AskingTheApi, ALargeArtifactIsGivenAsAFile) {
  sample.complete();
  std::filesystem::create_directories(sample.attempt("measure gain", 2));
  const auto name = sample.attempt("measure gain", 2) / "gain.png";
  write_text(name, std::string(5U << 20U, 'x'));

  const auto file = answer(ApiRoute::Artifact, {"12", "main", "1", "2", "gain.png"});

  ASSERT_TRUE(file.file);
  EXPECT_EQ(file.file->path, std::filesystem::canonical(name).string());
  EXPECT_EQ(file.file->length, 5U << 20U);
}

TEST_F(AskingTheApi, NoArtifactLiesOutsideItsFolder) {
  sample.start(1, "check");
  AttemptReported said;
  said.key = main_attempt("check");
  said.artifacts = {"../secret", "link", "deep/secret", "/etc/passwd", "", "."};
  sample.append(2, said);
  const auto folder = sample.attempt("check");
  std::filesystem::create_directories(folder);
  write_text(folder.parent_path() / "secret", "token");
  write_text(folder / "unreported.txt", "token");
  std::filesystem::create_symlink("../secret", folder / "link");
  std::filesystem::create_directory_symlink("..", folder / "deep");

  for (const char* name :
       {"../secret", "link", "deep/secret", "/etc/passwd", "", ".", "unreported.txt"}) {
    EXPECT_EQ(answer(ApiRoute::Artifact, {"12", "main", "0", "1", name}).status, 404) << name;
  }
}

TEST_F(AskingTheApi, MeasurementsAreListedWithTheirVerdicts) {
  sample.complete();

  const auto said = get(ApiRoute::Measurements, {"12"}, {{"name", "dark_rate"}});

  EXPECT_EQ(said.at("names"), json({"dark_rate"}));
  const auto& row = said.at("measurements").at(0);
  EXPECT_EQ(row.at("step"), "measure gain");
  EXPECT_EQ(row.at("index"), 1);
  EXPECT_EQ(row.at("attempt"), 2);
  EXPECT_EQ(row.at("verdict"), "failed");
  EXPECT_EQ(row.at("max"), 2600);
  EXPECT_EQ(get(ApiRoute::Measurements, {"12"}, {{"module", "another"}}).at("measurements").size(),
            0U);
}

TEST_F(AskingTheApi, TheLatestMeasurementOfEachIsEnoughForAGrid) {
  sample.start(1, "check");
  for (const double value : {1.0, 2.0}) {
    AttemptReported said;
    said.key = main_attempt("check");
    said.measurements = {{.module = "m", .name = "a", .value = value},
                         {.module = "m", .channel = "upper", .name = "a", .value = 10 * value}};
    sample.append(2, said);
  }

  const auto said = get(ApiRoute::Measurements, {"12"}, {{"latest", "1"}}).at("measurements");

  ASSERT_EQ(said.size(), 2U);
  EXPECT_EQ(said.at(0).at("value"), 2.0);
  EXPECT_EQ(said.at(1).at("value"), 20.0);
  EXPECT_TRUE(said.at(0).at("verdict").is_null());
}

TEST_F(AskingTheApi, ReadingsAreThinnedAndBeginWhereAskedFor) {
  for (int i = 0; i < 30; ++i) {
    sample.append(i,
                  SignalRead{.signal = "freezer",
                             .value = -i / 10.0,
                             .unit = "degC",
                             .at = second(i).wall,
                             .from = {}});
  }

  const auto all = get(ApiRoute::Readings, {"12"}).at("signals");
  const auto late =
      get(ApiRoute::Readings, {"12"}, {{"signal", "freezer"}, {"since", "2026-11-21T00:00:20Z"}})
          .at("signals");

  EXPECT_EQ(all.at(0).at("unit"), "degC");
  EXPECT_EQ(all.at(0).at("points").size(), 30U);
  EXPECT_EQ(late.at(0).at("points").size(), 10U);
  EXPECT_EQ(late.at(0).at("points").at(0), json({1795219220.0, -2.0}));
  EXPECT_EQ(answer(ApiRoute::Readings, {"12"}, {{"since", "yesterday"}}).status, 400);
}

TEST_F(AskingTheApi, AVerbWithoutASchedulerStandsInTheJournalWithItsUser) {
  sample.reach_second_attempt();

  const auto said = post(ApiRoute::Verbs, {}, R"({"verb":"pause","who":"the pope"})");

  EXPECT_EQ(said.status, 200) << said.body;
  EXPECT_EQ(json::parse(said.body).at("accepted"), true);
  const auto last = get(ApiRoute::Events, {"12"}, {{"newest", "1"}, {"limit", "1"}}).at("events");
  EXPECT_EQ(last.at(0).at("kind"), "pause_requested");
  EXPECT_EQ(last.at(0).at("who"), "anna (web) (uid " + std::to_string(getuid()) + ")");
}

TEST_F(AskingTheApi, ARefusedVerbSaysWhyNot) {
  sample.reach_second_attempt();

  const auto said = post(ApiRoute::Verbs, {}, R"({"verb":"release","value":"nobody"})");

  EXPECT_EQ(said.status, 409);
  EXPECT_EQ(json::parse(said.body).at("accepted"), false);
}

TEST_F(AskingTheApi, WhatIsNoVerbIsRefused) {
  for (const std::string body : {"", "[]", R"({"verb":"explode"})", R"({"verb":3})"}) {
    EXPECT_EQ(post(ApiRoute::Verbs, {}, body).status, 400) << body;
  }
  EXPECT_EQ(post(ApiRoute::Verbs, {}, std::string(200'000, '[')).status, 400);
  EXPECT_EQ(post(ApiRoute::Verbs, {}, R"({"verb":"log"})").status, 400);
}

TEST_F(AskingTheApi, TheSecondAnswerIsToldWhoWasFirst) {
  sample.start(1, "check");
  ask(1);

  const auto first = post(ApiRoute::Verbs, {}, R"({"verb":"answer","prompt":1,"value":"y"})");
  const auto second = post(ApiRoute::Verbs, {}, R"({"verb":"answer","prompt":1,"value":"no"})");

  EXPECT_EQ(first.status, 200) << first.body;
  EXPECT_EQ(second.status, 409);
  EXPECT_THAT(json::parse(second.body).at("text"),
              HasSubstr("question 1 was answered already: \"yes\" by anna (web)"));
}

TEST_F(AskingTheApi, AnEntryIsWrittenIntoTheLogbookAndFound) {
  sample.reach_second_attempt();

  const auto written = post(ApiRoute::WriteLogbook, {"12"}, R"({"text":"freezer \u0007 closed"})");
  const auto book = get(ApiRoute::Logbook, {"12"}, {{"search", "FREEZER"}}).at("entries");

  EXPECT_EQ(written.status, 200) << written.body;
  ASSERT_EQ(book.size(), 1U);
  EXPECT_THAT(book.at(0).at("text"), Not(HasSubstr("\u0007")));
  EXPECT_THAT(book.at(0).at("who"), HasSubstr("anna (web)"));
  EXPECT_EQ(post(ApiRoute::WriteLogbook, {"12"}, R"({"text":"  "})").status, 400);
  EXPECT_EQ(post(ApiRoute::WriteLogbook, {"12"}, R"({"text":7})").status, 400);
  EXPECT_EQ(get(ApiRoute::Logbook, {"12"}, {{"limit", "1"}}).at("entries").size(), 1U);
}

TEST_F(AskingTheApi, ReportIsWhatTheCommandPrints) {
  sample.complete();

  const auto page = answer(ApiRoute::ReportPage, {"12"});

  EXPECT_EQ(get(ApiRoute::RunReport, {"12"}),
            json::parse(run_words(sample.folder(), {"report", "--json"}).out));
  EXPECT_EQ(page.type, "text/html; charset=utf-8");
  EXPECT_THAT(page.body, HasSubstr("DEgg2021-3-133"));
  EXPECT_THAT(page.headers.at("Content-Security-Policy"), HasSubstr("default-src 'none'"));
}

TEST_F(AskingTheApi, RehearsalTellsWhatWasAndWhatIsAhead) {
  sample.reach_second_attempt();
  clock.set(second(200));

  const auto said = get(ApiRoute::Rehearsal, {"12"});

  const auto& attempts = said.at("attempts");
  ASSERT_GE(attempts.size(), 4U);
  EXPECT_EQ(attempts.at(0).at("began"), "2026-11-21T00:00:01.000000Z");
  EXPECT_EQ(attempts.at(1).at("outcome"), "errored");
  EXPECT_EQ(attempts.at(2).at("title"), "measure gain");
  EXPECT_EQ(attempts.at(2).at("attempt"), 2);
  EXPECT_EQ(attempts.at(2).at("began"), "2026-11-21T00:03:03.000000Z");
  EXPECT_EQ(attempts.at(3).at("title"), "note");
  EXPECT_EQ(attempts.at(3).at("index"), 2);
  EXPECT_EQ(said.at("milestones").back().at("kind"), "end");
}

TEST_F(AskingTheApi, RehearsalOfTheStartKnowsOnlyWhatWasKnownThen) {
  sample.reach_second_attempt();
  ASSERT_EQ(post(ApiRoute::Edits, {}, R"({"commands":[["drop","note"]]})").status, 200);
  const auto early = get(ApiRoute::Rehearsal, {"12"}, {{"as_of", "start"}});
  clock.set(second(200));

  const auto said = get(ApiRoute::Rehearsal, {"12"}, {{"as_of", "start"}});

  EXPECT_EQ(said, early);
  EXPECT_EQ(said.at("start"), "2026-11-21T00:00:00.000000Z");
  const auto& attempts = said.at("attempts");
  ASSERT_EQ(attempts.size(), 3U);
  EXPECT_EQ(attempts.at(0).at("began"), "2026-11-21T00:00:00.000000Z");
  EXPECT_EQ(attempts.at(0).at("ended"), "2026-11-21T00:10:00.000000Z");  // a guess, not the 90 s
  EXPECT_EQ(attempts.at(1).at("outcome"), "done");
  EXPECT_EQ(attempts.at(2).at("title"), "note");
  EXPECT_EQ(answer(ApiRoute::Rehearsal, {"12"}, {{"as_of", "noon"}}).status, 400);
}

TEST_F(AskingTheApi, AQuestionThatWaitsIsOneMilestoneOfTheRehearsal) {
  const auto inserted = post(
      ApiRoute::Edits,
      {},
      R"({"commands":[["insert","--at","front","--task","manual_input","--title","ask","message=Shut?"]]})");
  ASSERT_EQ(inserted.status, 200) << inserted.body;
  AttemptStarted begun;
  begun.key = main_attempt("ask");
  begun.plan_version = 2;
  begun.kind = StepKind::Prompt;
  sample.append(1, begun);
  PromptOpened opened;
  opened.prompt = {.id = 1, .purpose = PromptPurpose::ManualInput, .step = "ask", .text = "Shut?"};
  opened.attempt = main_attempt("ask");
  sample.append(1, opened);
  clock.set(second(60));

  const auto said = get(ApiRoute::Rehearsal, {"12"});

  std::vector<json> people;
  for (const auto& milestone : said.at("milestones")) {
    if (milestone.at("kind") == "person") {
      people.push_back(milestone.at("at"));
    }
  }
  EXPECT_THAT(people, ElementsAre("2026-11-21T00:00:01.000000Z"));
}

TEST_F(AskingTheApi, RehearsalOfAnEndedRunIsWhatWas) {
  sample.complete();

  const auto said = get(ApiRoute::Rehearsal, {"12"});

  EXPECT_EQ(said.at("end"), "2026-11-21T00:04:36.000000Z");
  EXPECT_EQ(said.at("attempts").size(), 4U);
  EXPECT_EQ(said.at("status"), "completed");
}

TEST_F(AskingTheApi, LoadingIsGivenUpWhenTheServerEnds) {
  stop.request_stop();

  const auto said = api.answer({.route = ApiRoute::Run,
                                .parts = {"12"},
                                .query = {},
                                .body = {},
                                .user = {.name = "", .role = Role::Viewer}});

  EXPECT_EQ(said.status, 503);
}

}  // namespace
}  // namespace fat
