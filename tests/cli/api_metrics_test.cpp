// The page of Prometheus on a small journal.
#include <gmock/gmock.h>

#include "cli/api_station.hpp"
#include "fat/store/readings_file.hpp"
#include "fat/store/station_lock.hpp"
#include "fat/web/metrics_text.hpp"

namespace fat {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

class AskingForMetrics : public testing::Test, public ApiStation {
 protected:
  std::string metrics() {
    const auto said = answer(ApiRoute::Metrics);
    EXPECT_EQ(said.status, 200);
    EXPECT_EQ(said.type, kMetricsType);
    return said.body;
  }
};

TEST_F(AskingForMetrics, TellsWhereTheRunStands) {
  sample.reach_second_attempt();

  const auto page = metrics();

  for (const auto* line : {"fatmaster_run_state{run=\"12\",state=\"running\"} 1\n",
                           "fatmaster_run_state{run=\"12\",state=\"completed\"} 0\n",
                           "fatmaster_run_steps{run=\"12\",state=\"done\"} 1\n",
                           "fatmaster_run_steps{run=\"12\",state=\"open\"} 1\n",
                           "fatmaster_run_steps{run=\"12\",state=\"pending\"} 1\n",
                           "fatmaster_run_steps{run=\"12\",state=\"errored\"} 0\n",
                           "fatmaster_run_attempts_total{run=\"12\"} 3\n",
                           "fatmaster_run_open_attempts{run=\"12\"} 1\n",
                           "fatmaster_run_open_prompts{run=\"12\"} 0\n",
                           "fatmaster_run_quarantined_modules{run=\"12\"} 0\n",
                           "fatmaster_run_started_timestamp_seconds{run=\"12\"} 1795219200\n",
                           "fatmaster_outbox_messages{fate=\"waiting\"} 0\n",
                           "fatmaster_scheduler_up 0\n",
                           "fatmaster_source_readable{source=\"journal\"} 1\n"}) {
    EXPECT_THAT(page, HasSubstr(line));
  }
  EXPECT_THAT(page, Not(HasSubstr("fatmaster_run_ended")));
}

TEST_F(AskingForMetrics, TellsHowItEnded) {
  sample.complete();

  EXPECT_THAT(metrics(),
              AllOf(HasSubstr("fatmaster_run_state{run=\"12\",state=\"completed\"} 1\n"),
                    HasSubstr("fatmaster_run_steps{run=\"12\",state=\"done\"} 3\n"),
                    HasSubstr("fatmaster_run_modules{run=\"12\",verdict=\"failed\"} 1\n"),
                    HasSubstr("fatmaster_run_ended_timestamp_seconds{run=\"12\"} 1795219476\n")));
}

TEST_F(AskingForMetrics, TellsOfQuestionsModulesAndTheScheduler) {
  const StationLock lock{sample.folder(), this_process(12)};
  PromptOpened opened;
  opened.prompt.id = 1;
  opened.prompt.purpose = PromptPurpose::StepQuestion;
  opened.prompt.step = "check";
  opened.attempt = main_attempt("check");
  sample.start(1, "check");
  sample.append(10, opened);
  sample.append(11, ModuleQuarantined{.module = "DEgg2021-3-133", .reason = "silent"});

  EXPECT_THAT(
      metrics(),
      AllOf(HasSubstr("fatmaster_scheduler_up 1\n"),
            HasSubstr("fatmaster_run_open_prompts{run=\"12\"} 1\n"),
            HasSubstr("fatmaster_run_oldest_prompt_timestamp_seconds{run=\"12\"} 1795219210\n"),
            HasSubstr("fatmaster_run_quarantined_modules{run=\"12\"} 1\n")));
}

TEST_F(AskingForMetrics, ShowsWhatTheStationHasStored) {
  station.channels = {{.name = "top_plate",
                       .instrument = "plates",
                       .source = {.quantity = "value"},
                       .unit = "K",
                       .maximum_age = std::chrono::seconds{30}}};
  const StationLock reader{
      station.state, this_process(0), std::chrono::milliseconds{0}, false, "station.lock"};
  ReadingsFile{station.state / "readings.db", ReadingsFile::Mode::Write}.append(
      {{.channel = "top_plate",
        .reading = {.at = clock.now(), .value = 250.5, .state = ReadingState::Ok, .why = {}}}});

  EXPECT_THAT(metrics(),
              AllOf(HasSubstr("fatmaster_reading_kelvin{channel=\"top_plate\",instrument="
                              "\"plates\",quantity=\"value\"} 250.5\n"),
                    HasSubstr("fatmaster_station_up 1\n"),
                    HasSubstr("fatmaster_source_readable{source=\"readings\"} 1\n")));
}

TEST_F(AskingForMetrics, ADamagedFileHidesNothingElse) {
  station.channels = {{.name = "top_plate", .instrument = "plates", .unit = "K"}};
  write_text(station.state / "readings.db", "this is no database at all, not even a small one");

  EXPECT_THAT(metrics(),
              AllOf(HasSubstr("fatmaster_source_readable{source=\"readings\"} 0\n"),
                    HasSubstr("fatmaster_channel_valid{channel=\"top_plate\""),
                    HasSubstr("fatmaster_run_state{run=\"12\"")));
}

TEST_F(AskingForMetrics, AStationThatHasNeverRunHasNoRun) {
  std::filesystem::remove(sample.folder() / "fatmaster.db");

  EXPECT_THAT(metrics(),
              AllOf(HasSubstr("fatmaster_build_info{version="),
                    HasSubstr("fatmaster_source_readable{source=\"journal\"} 1\n"),
                    Not(HasSubstr("fatmaster_run_"))));
}

TEST_F(AskingForMetrics, ADamagedJournalIsSaid) {
  std::filesystem::remove(sample.folder() / "fatmaster.db");
  write_text(sample.folder() / "fatmaster.db", std::string(4096, 'x'));
  EXPECT_THROW(follower.look(), JournalError);

  const auto said = api.answer({.route = ApiRoute::Metrics});

  EXPECT_EQ(said.status, 200);
  EXPECT_THAT(said.body, HasSubstr("fatmaster_source_readable{source=\"journal\"} 0\n"));
}

}  // namespace
}  // namespace fat
