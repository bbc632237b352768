// Requests of the control API that are too long, too early, too late or about nothing -> what they
// are told.
#include <gmock/gmock.h>

#include "cli/api_station.hpp"
#include "cli/station_api.hpp"
#include "fat/store/readings_file.hpp"

namespace fat {
namespace {

using nlohmann::json;
using testing::HasSubstr;

class RefusedByTheApi : public testing::Test, public ApiStation {
 protected:
  json output(const std::string& text, ApiStation::Query query) {
    write_text(sample.attempt("check") / "output.log", text);
    return get(ApiRoute::Output, {"12", "main", "0", "1"}, std::move(query));
  }
};

TEST_F(RefusedByTheApi, WhatIsTooLong) {
  const auto entry =
      post(ApiRoute::WriteLogbook, {"12"}, json{{"text", std::string(16'001, 'x')}}.dump());
  EXPECT_EQ(entry.status, 413);
  EXPECT_THAT(entry.body, HasSubstr("an entry has at most 16000 bytes"));

  const auto verb = post(ApiRoute::Verbs, {}, std::string(2U << 20U, ' '));
  EXPECT_EQ(verb.status, 413);
  EXPECT_THAT(verb.body, HasSubstr("that is longer than any verb"));

  EXPECT_EQ(answer(ApiRoute::Events, {"12"}, {{"limit", "0"}}).status, 400);
  EXPECT_EQ(answer(ApiRoute::Events, {"12"}, {{"search", std::string(201, 'x')}}).status, 400);
}

TEST_F(RefusedByTheApi, MomentsThatAreNone) {
  sample.append(20, SignalRead{.signal = "freezer", .value = -1, .at = second(20).wall});

  for (const char* since : {"2026-11-21T00:00:2xZ",
                            "2026-11-21T24:00:20Z",
                            "2026-11-21T00:60:20Z",
                            "2026-13-21T00:00:20Z",
                            "2026-02-30T00:00:20Z",
                            "2026-11-21T00:00:20,5Z",
                            "2026-11-21T00:00:20.5xZ",
                            "2026-11-21T00:00:20.1234567Z",
                            "2026-11-21T00:00:20"}) {
    EXPECT_EQ(answer(ApiRoute::Readings, {"12"}, {{"since", since}}).status, 400) << since;
  }
  const auto points = [this](const char* since) {
    return get(ApiRoute::Readings, {"12"}, {{"since", since}}).at("signals");
  };
  EXPECT_EQ(points("2026-11-21T00:00:19.5Z").size(), 1U);
  EXPECT_TRUE(points("2026-11-21T00:00:20.000001Z").empty() ||
              points("2026-11-21T00:00:20.000001Z").at(0).at("points").empty());
}

TEST_F(RefusedByTheApi, StepsOfListsThatHaveNone) {
  for (const char* list : {"safe_state", "on_resume", "backup", "nowhere"}) {
    const auto said = answer(ApiRoute::Step, {"12", list, "0"});
    EXPECT_EQ(said.status, 404) << list;
    EXPECT_THAT(said.body, HasSubstr("run 12 has no step of that list and index")) << list;
  }
}

TEST_F(RefusedByTheApi, AnAnswerToAQuestionThatWasWithdrawn) {
  sample.start(1, "check");
  PromptOpened opened;
  opened.prompt.id = 1;
  opened.prompt.purpose = PromptPurpose::StepQuestion;
  opened.prompt.step = "check";
  opened.prompt.text = "Door shut?";
  opened.attempt = main_attempt("check");
  sample.append(10, opened);
  sample.append(11, PromptWithdrawn{.id = 1, .reason = "the step has ended"});

  const auto said = post(ApiRoute::Verbs, {}, R"({"verb":"answer","prompt":1,"value":"y"})");

  EXPECT_EQ(said.status, 409);
  EXPECT_THAT(json::parse(said.body).at("text"),
              HasSubstr("question 1 was withdrawn: the step has ended"));
}

TEST_F(RefusedByTheApi, AVerbAboutNothing) {
  const auto said = post(ApiRoute::Verbs, {}, R"({"verb":"answer","prompt":7,"value":"y"})");

  EXPECT_EQ(said.status, 409);
  EXPECT_EQ(json::parse(said.body).at("accepted"), false);
}

TEST_F(RefusedByTheApi, HalfACharacterOfAnyLength) {
  sample.start(1, "check");
  std::filesystem::create_directories(sample.attempt("check"));

  for (const std::string whole : {"\u00b5", "\u20ac", "\U0001F512"}) {
    for (std::size_t bytes = 1; bytes < whole.size(); ++bytes) {
      const auto said = output("ab" + whole.substr(0, bytes), {{"offset", "0"}});
      EXPECT_EQ(said.at("text"), "ab") << whole << ' ' << bytes;
      EXPECT_EQ(said.at("next"), 2) << whole << ' ' << bytes;
    }
    EXPECT_EQ(output("ab" + whole, {{"offset", "0"}}).at("text"), "ab" + whole);
  }
  EXPECT_EQ(output("\x80\x80", {{"offset", "0"}}).at("next"), 2);
}

TEST_F(RefusedByTheApi, CurvesOfChannelsThatNobodyAskedFor) {
  station.channels = {
      {.name = "top", .instrument = "plates", .source = {.quantity = "value"}, .unit = "K"},
      {.name = "bottom", .instrument = "plates", .source = {.quantity = "value"}, .unit = "K"}};
  const auto readings = station.state / "readings.db";
  StationApi own{{.station = station,
                  .runs = runs,
                  .follower = follower,
                  .clock = clock,
                  .readings = readings,
                  .by = "somebody",
                  .is_virtual = false}};
  for (const char* name : {"top", "bottom"}) {
    ReadingsFile{readings, ReadingsFile::Mode::Write}.append(
        {{.channel = name,
          .reading = {.at = second(30), .value = 250.5, .state = ReadingState::Ok, .why = {}}}});
  }
  sample.complete();
  follower.look();

  const auto said = own.answer({.route = ApiRoute::Readings,
                                .parts = {"12"},
                                .query = {{"signal", "top"}},
                                .body = {},
                                .user = {.name = "victor", .role = Role::Viewer}});

  const auto signals = json::parse(said.body).at("signals");
  ASSERT_EQ(signals.size(), 1U) << said.body;
  EXPECT_EQ(signals.at(0).at("signal"), "top");
  EXPECT_EQ(signals.at(0).at("unit"), "K");
  EXPECT_EQ(signals.at(0).at("points").at(0).at(1), 250.5);
}

}  // namespace
}  // namespace fat
