// Where a run stands -> the documented JSON.
#include "fat/model/run_summary.hpp"

#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

namespace fat {

using testing::HasSubstr;

TEST(RunSummaryAsJson, SaysWhatIsKnownAsPlainValues) {
  RunSummary summary;
  summary.ended = WallTime{};
  summary.exit_code = 4;
  summary.steps = {{.title = "gain", .outcome = Outcome::Done}};
  summary.open = {
      {.progress = 0.5, .remaining = std::chrono::seconds{3}, .asked_to_end = EndedBy::Abort}};

  const auto text = to_json_text(summary);

  EXPECT_THAT(text, HasSubstr(R"("ended":"1970-01-01T00:00:00.000000Z","exit_code":4)"));
  EXPECT_THAT(text, HasSubstr(R"("outcome":"done")"));
  EXPECT_THAT(text, HasSubstr(R"("progress":0.5)"));
  EXPECT_THAT(text, HasSubstr(R"("remaining_s":3.0,"asked_to_end":"abort")"));
}

TEST(RunSummaryAsJson, HasARowForEachStep) {
  RunSummary summary;
  summary.steps = {{.index = 4,
                    .title = "gain",
                    .task = "measure_gain",
                    .kind = StepKind::Builtin,
                    .outcome = Outcome::Errored,
                    .state = "errored",
                    .attempts = 2,
                    .started = WallTime{},
                    .ended = WallTime{std::chrono::seconds{90}},
                    .ran = std::chrono::milliseconds{1500},
                    .reason = "no light",
                    .environment = "too warm"},
                   {.index = 5, .title = "next"}};

  const auto rows = nlohmann::json::parse(to_json_text(summary)).at("steps");

  ASSERT_EQ(rows.size(), 2U);
  EXPECT_EQ(
      rows[0],
      nlohmann::json::parse(R"({"index":4,"title":"gain","task":"measure_gain","kind":"builtin",
                "state":"errored","outcome":"errored","attempts":2,
                "started":"1970-01-01T00:00:00.000000Z","ended":"1970-01-01T00:01:30.000000Z",
                "ran_s":1.5,"reason":"no light","environment":"too warm"})"));
  EXPECT_EQ(rows[1].at("index"), 5);
}

TEST(RunSummaryAsJson, KeepsWhateverStandsInATitle) {
  RunSummary summary;
  const std::string odd = "\"a\\b\n\t\x01\x7f µm </script>";
  summary.steps = {{.title = odd, .reason = "cut \xC3 here"}};

  const auto row = nlohmann::json::parse(to_json_text(summary)).at("steps").at(0);

  EXPECT_EQ(row.at("title"), odd);
  EXPECT_EQ(row.at("reason"), "cut \uFFFD here");
}

TEST(RunSummaryAsJson, HasTheRowsThatAreAskedFor) {
  RunSummary summary;
  summary.steps = {{.title = "gain"}};
  const std::vector<StepSummary> moved{{.title = "moved"}};

  const auto none =
      nlohmann::json::parse(to_json_text(summary, {.steps = false, .comment = {}, .moved = {}}));
  const auto some =
      nlohmann::json::parse(to_json_text(summary, {.steps = true, .comment = "c", .moved = moved}));
  const auto empty = nlohmann::json::parse(to_json_text(
      RunSummary{}, {.steps = true, .comment = {}, .moved = std::vector<StepSummary>{}}));

  EXPECT_FALSE(none.contains("steps") || none.contains("moved"));
  EXPECT_EQ(some.at("comment"), "c");
  EXPECT_EQ(some.at("steps").at(0).at("title"), "gain");
  EXPECT_EQ(some.at("moved").at(0).at("title"), "moved");
  EXPECT_TRUE(empty.at("steps").empty() && empty.at("moved").empty());
}

TEST(RunSummaryAsJson, SaysNullForWhatIsNot) {
  RunSummary summary;
  summary.steps = {{.title = "gain"}};

  const auto text = to_json_text(summary);

  EXPECT_THAT(text, HasSubstr(R"("started":null,"ended":null,"exit_code":null)"));
  EXPECT_THAT(text, HasSubstr(R"("outcome":null)"));
}

}  // namespace fat
