// The sample station with what answers the web server, without a server.
#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

#include "cli/sample_station.hpp"
#include "cli/station_api.hpp"
#include "fakes/manual_clock.hpp"
#include "fakes/recording_feed.hpp"
#include "fat/plan/station_file.hpp"

namespace fat {

class ApiStation {
 public:
  using Query = std::map<std::string, std::string>;

  ApiAnswer answer(ApiRoute route, std::vector<std::string> parts = {}, Query query = {}) {
    follower.look();
    return api.answer({.route = route,
                       .parts = std::move(parts),
                       .query = std::move(query),
                       .body = {},
                       .user = {.name = "victor", .role = Role::Viewer}});
  }

  nlohmann::json get(ApiRoute route, std::vector<std::string> parts = {}, Query query = {}) {
    return nlohmann::json::parse(answer(route, std::move(parts), std::move(query)).body);
  }

  ApiAnswer post(ApiRoute route, std::vector<std::string> parts, std::string body) {
    follower.look();
    return api.answer({.route = route,
                       .parts = std::move(parts),
                       .query = {},
                       .body = std::move(body),
                       .user = {.name = "anna", .role = Role::Operator}});
  }

  SampleStation sample;
  Station station = load_station_file(sample.folder()).station;
  ManualClock clock;
  RecordingFeed feed;
  std::stop_source stop;
  LoadedRuns runs{station, stop.get_token()};
  StationFollower follower{station, runs, feed, clock};
  StationApi api{{.station = station,
                  .runs = runs,
                  .follower = follower,
                  .clock = clock,
                  .readings = {},
                  .by = "somebody",
                  .is_virtual = false}};
};

}  // namespace fat
