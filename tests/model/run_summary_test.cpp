// Where a run stands -> the documented JSON.
#include "fat/model/run_summary.hpp"

#include <gmock/gmock.h>

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

TEST(RunSummaryAsJson, SaysNullForWhatIsNot) {
  RunSummary summary;
  summary.steps = {{.title = "gain"}};

  const auto text = to_json_text(summary);

  EXPECT_THAT(text, HasSubstr(R"("started":null,"ended":null,"exit_code":null)"));
  EXPECT_THAT(text, HasSubstr(R"("outcome":null)"));
}

}  // namespace fat
