// What the page shows of the bench and asks of it, where nobody watches it; with a station process:
// tests/station/page_test.py.
#include <gmock/gmock.h>

#include "cli/api_station.hpp"
#include "fat/model/lease.hpp"
#include "fat/store/readings_file.hpp"
#include "fat/store/station_lock.hpp"

namespace fat {
namespace {

using nlohmann::json;
using testing::HasSubstr;

class AskingForTheBench : public testing::Test, public ApiStation {
 protected:
  AskingForTheBench() {
    station.channels = {{.name = "top_plate",
                         .instrument = "plates",
                         .source = {.quantity = "value"},
                         .unit = "K",
                         .lowest = 4,
                         .highest = 400,
                         .maximum_age = std::chrono::seconds{30}},
                        {.name = "heater",
                         .instrument = "supply",
                         .source = {.quantity = "output"},
                         .unit = "",
                         .settable = SettingRange{.low = 0, .high = 1}}};
    station.interlocks = {{.name = "heating", .action = InterlockAction::Set}};
  }

  void show(double value, Microseconds age) {
    auto at = clock.now();
    at.wall -= age;
    at.boot -= age;
    ReadingsFile{station.state / "readings.db", ReadingsFile::Mode::Write}.append(
        {{.channel = "top_plate",
          .reading = {.at = at, .value = value, .state = ReadingState::Ok, .why = {}}}});
  }

  json bench() { return get(ApiRoute::Bench); }

  ApiAnswer set(const json& wish) { return post(ApiRoute::SetChannel, {}, wish.dump()); }
};

TEST_F(AskingForTheBench, AChannelHasItsValueAgeAndLimits) {
  show(250.5, std::chrono::seconds{3});

  const auto row = bench().at("channels").at(0);

  EXPECT_EQ(row.at("name"), "top_plate");
  EXPECT_EQ(row.at("value"), 250.5);
  EXPECT_EQ(row.at("age_s"), 3);
  EXPECT_EQ(row.at("state"), "ok");
  EXPECT_EQ(row.at("high"), 400);
  EXPECT_EQ(row.at("settable"), nullptr);
  EXPECT_EQ(bench().at("channels").at(1).at("settable"),
            json({{"switch", true}, {"low", 0}, {"high", 1}}));
}

TEST_F(AskingForTheBench, WhatIsTooOldHasNoValue) {
  show(250.5, std::chrono::seconds{40});

  const auto row = bench().at("channels").at(0);

  EXPECT_EQ(row.at("value"), nullptr);
  EXPECT_EQ(row.at("state"), "stale");
  EXPECT_EQ(row.at("age_s"), 40);
}

TEST_F(AskingForTheBench, ABenchThatNobodyWatchesSaysSo) {
  const auto seen = bench();

  EXPECT_EQ(seen.at("watched"), false);
  EXPECT_THAT(seen.at("trouble").get<std::string>(), HasSubstr("`fatmaster station`"));
  EXPECT_EQ(seen.at("channels").at(0).at("state"), "none");
  EXPECT_EQ(seen.at("interlocks").at(0).at("phase"), nullptr);
}

TEST_F(AskingForTheBench, WhoHoldsWhatIsTold) {
  write_text(station.state / "leases.json",
             to_json_text(LeaseRecord{.newest_fence = 3,
                                      .leases = {{.instrument = "supply",
                                                  .fence = 3,
                                                  .who = "anna (uid 1000)",
                                                  .purpose = "scan",
                                                  .since = clock.now(),
                                                  .length = std::chrono::minutes{10}}}}));

  const auto told = bench();

  EXPECT_EQ(told.at("leases"),
            json::array({{{"instrument", "supply"},
                          {"who", "anna (uid 1000)"},
                          {"purpose", "scan"},
                          {"use", "orders"},
                          {"left_s", 600}}}));
  EXPECT_EQ(told.at("supervised"), false);
  EXPECT_EQ(told.at("services"), json::array());
}

TEST_F(AskingForTheBench, OfMachinesThatNobodyWatchesNoStateIsToldNotEvenOff) {
  station.module_powers = {{.name = "m1", .group = "stave"}};
  station.chillers = {{.name = "bath", .running = "heater"}};

  const auto told = bench();

  EXPECT_EQ(told.at("machines").size(), 2U);
  EXPECT_EQ(told.at("machines").at(0).at("name"), "m1");
  EXPECT_EQ(told.at("machines").at(0).at("state"), nullptr);
  EXPECT_EQ(told.at("machines").at(1).at("kind"), "chiller");
  EXPECT_EQ(told.at("machines").at(1).at("state"), nullptr);
  EXPECT_EQ(told.at("groups"), json::array());
}

TEST_F(AskingForTheBench, NothingIsSetWithoutAStationProcess) {
  const auto refused = set({{"channel", "heater"}, {"value", "on"}});
  const auto told =
      post(ApiRoute::TellInterlock, {}, R"({"verb":"reset","name":"heating","reason":"x"})");

  EXPECT_EQ(refused.status, 409);
  EXPECT_THAT(refused.body, HasSubstr("nobody watches this bench"));
  EXPECT_EQ(told.status, 409);
  EXPECT_THAT(told.body, HasSubstr("nobody watches this bench"));
}

TEST_F(AskingForTheBench, WhatCannotBeSetIsRefusedInWords) {
  EXPECT_EQ(set({{"channel", "no such"}, {"value", "on"}}).status, 404);
  EXPECT_THAT(set({{"channel", "heater"}, {"value", "12 V"}}).body, HasSubstr("on, off"));
  EXPECT_THAT(set({{"channel", "top_plate"}, {"value", "12 K"}}).body,
              HasSubstr("can only be read"));
  EXPECT_EQ(set(json::array()).status, 400);
  EXPECT_EQ(set({{"channel", 7}, {"value", {1, 2}}}).status, 404);
  EXPECT_EQ(post(ApiRoute::SetChannel, {}, std::string(100'000, '[')).status, 400);
}

TEST_F(AskingForTheBench, ADamagedFileIsTold) {
  write_text(station.state / "readings.db", "this is no database at all, not even a small one");

  EXPECT_NE(bench().at("trouble"), "");
  EXPECT_EQ(bench().at("channels").size(), 2U);
}

}  // namespace
}  // namespace fat
