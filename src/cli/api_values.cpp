// Routes about numbers: what was measured, what the station read.
#include <algorithm>
#include <map>
#include <ranges>
#include <set>

#include <nlohmann/json.hpp>

#include "cli/api_answer.hpp"
#include "cli/station_api.hpp"
#include "cli/step_story_text.hpp"
#include "fat/store/readings_file.hpp"

namespace fat {

namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t kMostUnasked = 5000;  // measurements, when nothing narrows them down
constexpr std::size_t kMostAsked = 20'000;
constexpr std::size_t kMostCurvePoints = 2000;

Json measurement_row(const RunHistory& history, const MeasurementPlace& place) {
  const auto& stored = history.events[place.event];
  const auto& key = std::get<AttemptReported>(stored.event.body).key;
  Json row{{"at", to_iso_utc(stored.event.at.wall)},
           {"list", to_string(key.list)},
           {"step", key.title},
           {"index", place.step},
           {"attempt", key.attempt}};
  row.update(measurement_as_json(history.measurement(place)));
  row.emplace("verdict", nullptr);
  return row;
}

Json latest_rows(const RunHistory& history) {
  std::vector<std::size_t> places;
  std::ranges::copy(std::views::values(history.latest), std::back_inserter(places));
  std::ranges::sort(places);
  auto rows = Json::array();
  for (const auto place : places) {
    rows.push_back(measurement_row(history, history.measurements[place]));
  }
  return rows;
}

/// The newest ones that fit, in the order in which they were made.
Json chosen_rows(const RunHistory& history, const std::string& name, const std::string& module) {
  const auto most = name.empty() && module.empty() ? kMostUnasked : kMostAsked;
  std::vector<std::size_t> places;
  for (auto place = history.measurements.size(); place > 0 && places.size() < most; --place) {
    const auto& one = history.measurement(history.measurements[place - 1]);
    if ((name.empty() || one.name == name) && (module.empty() || one.module == module)) {
      places.push_back(place - 1);
    }
  }
  auto rows = Json::array();
  for (const auto place : std::ranges::reverse_view(places)) {
    rows.push_back(measurement_row(history, history.measurements[place]));
  }
  return rows;
}

double unix_seconds(WallTime when) {
  return std::chrono::duration<double>{when.time_since_epoch()}.count();
}

/// Moments and values of one signal.
struct SignalCurve {
  std::string unit;
  std::map<WallTime, double> points;
};

/// At most kMostCurvePoints of them, the last among them: evenly chosen, each a value that was
/// read.
Json thinned(const std::map<WallTime, double>& points) {
  auto chosen = Json::array();
  const auto count = points.size();
  std::size_t index = 0;
  std::size_t taken = 0;
  for (const auto& [at, value] : points) {
    const auto due =
        count <= kMostCurvePoints ? index : taken * (count - 1) / (kMostCurvePoints - 1);
    if (index == due) {
      chosen.push_back({unix_seconds(at), value});
      ++taken;
    }
    ++index;
  }
  return chosen;
}

struct ReadingRange {
  std::string signal;    ///< empty: all
  WallTime since;        ///< of what the journal says
  WallTime from, until;  ///< of what the station's process has read
};

std::map<std::string, SignalCurve> journalled_curves(const RunHistory& history,
                                                     const ReadingRange& range) {
  std::map<std::string, SignalCurve> curves;
  for (const auto& stored : history.events) {
    const auto* read = std::get_if<SignalRead>(&stored.event.body);
    if (read != nullptr && (range.signal.empty() || read->signal == range.signal) &&
        read->at >= range.since) {
      auto& curve = curves[read->signal];
      curve.unit = read->unit;
      curve.points[read->at] = read->value;
    }
  }
  return curves;
}

/// What the station's own process has read meanwhile, when there is one.
void add_channels(const ApiWiring& wiring,
                  const ReadingRange& range,
                  std::map<std::string, SignalCurve>& curves) {
  const auto& channels = wiring.station.channels;
  if (channels.empty() || !std::filesystem::exists(wiring.readings)) {
    return;
  }
  const ReadingsFile readings{wiring.readings, ReadingsFile::Mode::Read};
  for (const auto& channel : channels) {
    if (!range.signal.empty() && channel.name != range.signal) {
      continue;
    }
    auto& curve = curves[channel.name];
    curve.unit = curve.unit.empty() ? channel.unit : curve.unit;
    for (const auto& point : readings.history(
             channel.name, range.from, range.until, static_cast<int>(kMostCurvePoints))) {
      if (point.valid > 0) {
        curve.points[point.from] = point.mean;
      }
    }
  }
}

}  // namespace

ApiAnswer answer_measurements(const ApiWiring& wiring, const ApiRequest& request) {
  const auto run = wiring.runs.named(request.parts.at(0));
  const bool latest = query_flag(request, "latest");
  const auto name = query_text(request, "name");
  const auto module = query_text(request, "module");
  const auto json = run->with([&](const RunHistory& history) {
    std::set<std::string> names;
    for (const auto& [key, place] : history.latest) {
      names.insert(key[2]);
    }
    return Json{
        {"names", names},
        {"measurements", latest ? latest_rows(history) : chosen_rows(history, name, module)}};
  });
  return json_answer(json.dump(-1, ' ', false, Json::error_handler_t::replace));
}

ApiAnswer answer_readings(const ApiWiring& wiring, const ApiRequest& request) {
  const auto run = wiring.runs.named(request.parts.at(0));
  const auto since = query_text(request, "since");
  auto from = WallTime::min();
  if (!since.empty()) {
    const auto moment = moment_of_iso(since);
    if (!moment) {
      throw ApiRefused{400, "'since' is a moment such as 2026-11-21T20:19:54Z"};
    }
    from = *moment;
  }
  ReadingRange range{
      .signal = query_text(request, "signal"), .since = from, .from = {}, .until = {}};
  auto curves = run->with([&](const RunHistory& history) {
    const auto& state = history.campaign->state();
    range.from = std::max(from, state.opened_at.wall);
    range.until = state.ended ? state.ended_at : wiring.clock.now().wall;
    return journalled_curves(history, range);
  });
  add_channels(wiring, range, curves);
  auto signals = Json::array();
  for (const auto& [signal, curve] : curves) {
    signals.push_back(
        {{"signal", signal}, {"unit", curve.unit}, {"points", thinned(curve.points)}});
  }
  return json_answer(
      Json{{"signals", std::move(signals)}}.dump(-1, ' ', false, Json::error_handler_t::replace));
}

}  // namespace fat
