#include "cli/child_environment.hpp"

#include <algorithm>
#include <cstdlib>
#include <string_view>

#include "fat/model/plain_environment.hpp"

namespace fat {

namespace {

std::string_view name_of(std::string_view entry) {
  return entry.substr(0, entry.find('='));
}

}  // namespace

std::vector<SecretPlace> secret_places(const Station& station) {
  std::vector<SecretPlace> places;
  places.reserve(3 * station.sinks.size());
  for (const auto& sink : station.sinks) {
    places.push_back(sink.url);
    places.push_back(sink.token);
    places.push_back(sink.password);
  }
  if (station.logbook) {
    places.push_back(station.logbook->password);
  }
  for (const auto& telemetry : station.telemetry) {
    places.push_back(telemetry.password);
    places.push_back(telemetry.token);
  }
  return places;
}

std::vector<std::string> child_environment(const Station& station) {
  const auto places = secret_places(station);
  auto entries = own_environment();
  std::erase_if(entries, [&](const std::string& entry) {
    const auto name = name_of(entry);
    return std::ranges::find(places, name, &SecretPlace::environment) != places.end();
  });
  return entries;
}

CommandPlace command_place(const Station& station) {
  return {.folder = station.folder, .environment = child_environment(station)};
}

void forget_secrets(const Station& station) {
  for (const auto& place : secret_places(station)) {
    if (!place.environment.empty()) {
      unsetenv(place.environment.c_str());  // NOLINT(concurrency-mt-unsafe): there is one thread
    }
  }
}

}  // namespace fat
