#include "cli/station_api.hpp"

#include <algorithm>
#include <ctime>
#include <iostream>
#include <numeric>
#include <ranges>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "cli/api_answer.hpp"
#include "cli/event_page.hpp"
#include "cli/exit_code.hpp"
#include "cli/print.hpp"
#include "fat/plan/run_file.hpp"

namespace fat {

namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t kMostMissed = 2000;
constexpr std::uint64_t kMostPerPage = 5000;
constexpr std::size_t kLongestSearch = 200;

/// Seconds that the station's zone is ahead of UTC.
long utc_offset(WallTime when) {
  const auto seconds = std::chrono::system_clock::to_time_t(
      std::chrono::time_point_cast<std::chrono::system_clock::duration>(when));
  std::tm local{};
  localtime_r(&seconds, &local);
  return local.tm_gmtoff;
}

std::string compact(const Json& json) {
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

std::string run_comment(const std::string& run_file) {
  return text_in_json_file(run_file, "comment").value_or("");
}

Json names_of(const std::vector<Person>& people) {
  auto names = Json::array();
  for (const auto& person : people) {
    names.push_back(person.name);
  }
  return names;
}

/// What went wrong with a command line, as a status.
int http_status_of(const CommandError& error) {
  switch (error.exit_code()) {
    case kExitUsage:
      return 404;
    case kExitOwned:
      return 503;
    default:
      return 409;
  }
}

EventQuery event_query(const ApiRequest& request) {
  constexpr auto most = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
  EventQuery query;
  query.after = static_cast<std::int64_t>(query_number(request, "after", most).value_or(0));
  query.before = static_cast<std::int64_t>(query_number(request, "before", most).value_or(most));
  query.limit = query_number(request, "limit", kMostPerPage).value_or(query.limit);
  query.search = query_text(request, "search");
  query.kind = query_text(request, "kind");
  query.newest = query_flag(request, "newest");
  query.not_kind = query.kind.starts_with('-');
  query.kind.erase(0, query.not_kind ? 1 : 0);
  if (query.limit == 0 || query.search.size() > kLongestSearch) {
    throw ApiRefused{400, "'limit' begins with 1, and 'search' has at most 200 bytes"};
  }
  return query;
}

}  // namespace

std::string StationApi::station() const {
  const auto run = wiring_.follower.newest();
  const auto scheduler = wiring_.follower.scheduler();
  const auto now = wiring_.clock.now().wall;
  const bool is_virtual = wiring_.is_virtual || (run && run->with([](const RunHistory& history) {
                            return history.campaign->state().opening.virtual_station;
                          }));
  return compact(
      {{"name", wiring_.station.name},
       {"virtual", is_virtual},
       {"zone", wiring_.station.time_zone},
       {"utc_offset_s", utc_offset(now)},
       {"version", program_version()},
       {"now", to_iso_utc(now)},
       {"newest_run", run ? Json(run->number()) : Json()},
       {"scheduler",
        {{"alive", scheduler.alive}, {"pid", scheduler.owner.pid}, {"host", scheduler.owner.host}}},
       {"people", names_of(wiring_.station.people)},
       {"sinks", !wiring_.station.sinks.empty()},
       {"bench",
        !wiring_.station.channels.empty() || !wiring_.station.interlocks.empty() ||
            !wiring_.station.services.empty()}});
}

/// Loading every run of a station takes its time: what is known of one stays, until it has changed.
std::string StationApi::line_of(int number, Which which) {
  {
    const std::lock_guard lock{mutex_};
    const auto found = lines_.find(number);
    if (found != lines_.end() && !wiring_.runs.has_grown(number, found->second.event)) {
      return found->second.body;
    }
  }
  const auto now = wiring_.clock.now();
  // Of an older one this is all that is wanted: it need not stay at hand.
  const auto run = which == Which::Newest
                       ? wiring_.runs.run(number)
                       : std::make_shared<LoadedRun>(wiring_.station, number, wiring_.runs.stop());
  const auto [event, summary] = run->with([&](const RunHistory& history) {
    return std::pair{history.events.back().id, history.campaign->summary(now)};
  });
  const auto whole = Json::parse(to_json_text(
      summary, {.steps = false, .comment = run_comment(summary.run_file), .moved = {}}));
  Json line;
  for (const char* name : {"run",
                           "status",
                           "why",
                           "started",
                           "ended",
                           "exit_code",
                           "schedule",
                           "virtual",
                           "comment"}) {
    line[name] = whole.at(name);
  }
  auto body = compact(line);
  const std::lock_guard lock{mutex_};
  lines_[number] = {.event = event, .body = body};
  return body;
}

std::string StationApi::runs() {
  std::string all;
  for (const int number : std::ranges::reverse_view(wiring_.runs.numbers())) {
    all += all.empty() ? line_of(number, Which::Newest) : "," + line_of(number, Which::Older);
  }
  return "{\"runs\":[" + all + "]}";
}

std::string StationApi::run(const ApiRequest& request) {
  const auto run = wiring_.runs.named(request.parts.at(0));
  const auto now = wiring_.clock.now();
  const auto summary =
      run->with([&](const RunHistory& history) { return history.campaign->summary(now); });
  return to_json_text(summary,
                      {.steps = true, .comment = run_comment(summary.run_file), .moved = {}});
}

ApiAnswer StationApi::record(const ApiRequest& request) {
  const std::lock_guard one_at_a_time{records_};
  if (request.route == ApiRoute::Rehearsal) {
    return answer_rehearsal(wiring_, request);
  }
  return request.route == ApiRoute::RunReport ? answer_report(wiring_, request)
                                              : answer_report_page(wiring_, request);
}

/// A new Python step is imported first, an instrument may be silent: up to a minute, and never on
/// all workers at once.
ApiAnswer StationApi::one_at_a_time(const ApiRequest& request) {
  const bool edits = request.route == ApiRoute::Edits;
  const std::unique_lock mine{edits ? edits_ : settings_, std::try_to_lock};
  if (!mine) {
    return refusal_answer(503,
                          edits ? "another edit is being checked; ask again in a moment"
                                : "another channel is being set; ask again in a moment");
  }
  return edits ? answer_edits(wiring_, request) : set_channel(wiring_, request);
}

ApiAnswer StationApi::route(const ApiRequest& request) {
  switch (request.route) {
    case ApiRoute::Station:
      return json_answer(station());
    case ApiRoute::Runs:
      return json_answer(runs());
    case ApiRoute::Run:
      return json_answer(run(request));
    case ApiRoute::Events:
      return json_answer(events_json(
          *wiring_.runs.named(request.parts.at(0)), event_query(request), wiring_.runs.stop()));
    case ApiRoute::RunReport:
    case ApiRoute::ReportPage:
    case ApiRoute::Rehearsal:
      return record(request);
    case ApiRoute::Step:
      return answer_step(wiring_, request);
    case ApiRoute::Output:
      return answer_output(wiring_, request);
    case ApiRoute::Artifact:
      return answer_artifact(wiring_, request);
    case ApiRoute::Readings:
      return answer_readings(wiring_, request);
    case ApiRoute::Measurements:
      return answer_measurements(wiring_, request);
    case ApiRoute::Logbook:
      return answer_logbook(wiring_, request);
    case ApiRoute::WriteLogbook:
      return write_logbook(wiring_, request);
    case ApiRoute::Verbs:
      return answer_verb(wiring_, request);
    case ApiRoute::Metrics:
      return answer_metrics(wiring_);
    case ApiRoute::Edits:
    case ApiRoute::SetChannel:
      return one_at_a_time(request);
    case ApiRoute::Bench:
      return answer_bench(wiring_);
    case ApiRoute::TellInterlock:
      return tell_interlock(wiring_, request);
  }
  return refusal_answer(404, "there is no such page");
}

ApiAnswer StationApi::answer(const ApiRequest& request) {
  try {
    return route(request);
  } catch (const ApiRefused& refused) {
    return refusal_answer(refused.status(), refused.what());
  } catch (const CommandError& error) {
    return refusal_answer(http_status_of(error), error.what());
  } catch (const UsageError& error) {
    return refusal_answer(404, error.what());
  } catch (const JournalError& error) {
    return refusal_answer(503, error.what());
  } catch (const GivenUp&) {
    return refusal_answer(503, "the server is about to end; ask again in a moment");
  } catch (const std::exception& error) {  // what went wrong is nobody's business but ours
    std::cerr << fmt::format("fatmaster: a request was not answered: {}\n", error.what());
    return refusal_answer(500, "the server made a mistake; what it was stands in its log");
  }
}

StreamEvent StationApi::hello(std::optional<std::uint64_t> after) {
  const auto run = wiring_.follower.newest();
  std::string id = after ? std::to_string(*after) : "";
  if (run && !after) {
    id = run->with(
        [](const RunHistory& history) { return std::to_string(history.events.back().id); });
  }
  const Json data{{"now", to_iso_utc(wiring_.clock.now().wall)},
                  {"scheduler_alive", wiring_.follower.scheduler().alive},
                  {"run", run ? Json(run->number()) : Json()}};
  return {.name = "hello",
          .id = std::move(id),
          .data = std::make_shared<const std::string>(compact(data))};
}

std::optional<std::vector<StreamEvent>> StationApi::missed(std::uint64_t after) {
  const auto run = wiring_.follower.newest();
  if (!run || after > static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max())) {
    return std::nullopt;
  }
  const auto known = static_cast<std::int64_t>(after);
  const auto behind =
      run->with([&](const RunHistory& history) -> std::optional<std::vector<std::size_t>> {
        const auto first = first_behind(history, known);
        const auto count = history.events.size() - first;
        // Another run was the newest then, or another journal stood in this one's place.
        const bool foreign =
            known < history.events.front().id - 1 || known > history.journal.last_id();
        if (foreign || count > kMostMissed) {
          return std::nullopt;
        }
        std::vector<std::size_t> indices(count);
        std::iota(indices.begin(), indices.end(), first);
        return indices;
      });
  return behind ? std::optional{stream_events(*run, *behind, wiring_.runs.stop())} : std::nullopt;
}

}  // namespace fat
