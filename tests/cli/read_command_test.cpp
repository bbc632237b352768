// `fatmaster read` on a station whose sensors are programs.
#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

#include "cli/command_run.hpp"
#include "store/temporary_folder.hpp"

namespace fat {
namespace {

using testing::AllOf;
using testing::HasSubstr;

constexpr const char* kTwoSensors = R"([station]
name = bench
time_zone = UTC
[paths]
locks = locks
[device usbrh]
kind = humidity_command
link = command echo 23.5 41.0
humidity_column = 2
temperature_column = 1
[device broken]
kind = humidity_command
link = command sh -c 'echo no sensor; exit 1'
[channel air]
instrument = usbrh
quantity = temperature
unit = K
calibration = polynomial 273.15, 1
[channel humidity]
instrument = usbrh
quantity = humidity
valid = [0, 30] %%
[channel other]
instrument = broken
quantity = humidity
)";

class ReadCommandTest : public testing::Test {
 protected:
  ReadCommandTest() { write_text(folder_ / "station.ini", kTwoSensors); }

  CommandRun run(std::vector<std::string> words) const {
    words.insert(words.begin(), "read");
    return run_words(folder_.path(), std::move(words));
  }

  TemporaryFolder folder_;
};

TEST_F(ReadCommandTest, PrintsWhatAChannelShows) {
  const auto result = run({"air"});

  EXPECT_EQ(result.exit_code, 0) << result.err;
  EXPECT_EQ(result.out, "air                  296.65 K\n");
}

TEST_F(ReadCommandTest, NeverTakesAFailureForAValue) {
  const auto result = run({});

  EXPECT_EQ(result.exit_code, 1);
  EXPECT_THAT(result.out,
              AllOf(HasSubstr("air                  296.65 K\n"),
                    HasSubstr("humidity             out of range: 41 % is not within [0, 30] %\n"),
                    HasSubstr("other                failed: broken: ")));
}

TEST_F(ReadCommandTest, SpeaksJson) {
  const auto result = run({"--json", "other", "air"});

  const auto records = nlohmann::json::parse(result.out);
  ASSERT_EQ(records.size(), 2U);
  EXPECT_EQ(records[0]["channel"], "air");
  EXPECT_EQ(records[0]["value"], 296.65);
  EXPECT_EQ(records[0]["unit"], "K");
  EXPECT_EQ(records[0]["state"], "ok");
  EXPECT_TRUE(records[1]["value"].is_null());
  EXPECT_EQ(records[1]["state"], "failed");
  EXPECT_THAT(records[1]["why"].get<std::string>(), HasSubstr("no sensor"));
}

TEST_F(ReadCommandTest, KnowsItsChannels) {
  const auto result = run({"aair"});

  EXPECT_EQ(result.exit_code, 2);
  EXPECT_THAT(result.err, HasSubstr("did you mean 'air'?"));
}

TEST_F(ReadCommandTest, SaysHowAChannelIsDeclaredWhereThereIsNone) {
  write_text(folder_ / "station.ini", "[station]\nname = bare\n");

  const auto result = run({});

  EXPECT_EQ(result.exit_code, 3);
  EXPECT_THAT(result.err, HasSubstr("[channel NAME]"));
}

TEST_F(ReadCommandTest, FindsASensorsFileInTheStationFolder) {
  write_text(folder_ / "station.ini",
             "[station]\nname = bench\ntime_zone = UTC\n[paths]\nlocks = locks\n[device plates]\n"
             "kind = file_sensor\nfile = values/plates\n[channel top]\ninstrument = plates\n"
             "quantity = value 1\n");
  write_text(folder_ / "values/plates", "87.5\n");
  const auto result = run({"top"});

  EXPECT_EQ(result.exit_code, 0) << result.err;
  EXPECT_EQ(result.out, "top                  87.5\n");
}

}  // namespace
}  // namespace fat
