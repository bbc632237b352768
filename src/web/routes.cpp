// The requests this server knows, as one table.
#include "web/routes.hpp"

#include <algorithm>
#include <array>
#include <cctype>

#include <fmt/format.h>

#include "fat/model/plain_text.hpp"
#include "fat/web/metrics_text.hpp"

namespace fat {

namespace {

constexpr QueryKey kAfter{"after", "only what is behind this event"};
constexpr QueryKey kSearch{"search", "only what has this text in it"};

constexpr std::array kEventKeys{kAfter,
                                QueryKey{"before", "only what is before this event"},
                                QueryKey{"limit", "at most so many"},
                                kSearch,
                                QueryKey{"kind", "only this kind; -KIND: all but this"},
                                QueryKey{"newest", "1: the last ones, not the first"}};
constexpr std::array kOutputKeys{QueryKey{"offset", "from this byte"},
                                 QueryKey{"until", "to this byte"},
                                 QueryKey{"tail", "the last so many bytes"}};
constexpr std::array kRehearsalKeys{QueryKey{"as_of", "start: as it was before the run began"}};
constexpr std::array kReadingKeys{QueryKey{"signal", "only this one"},
                                  QueryKey{"since", "only from this moment on"}};
constexpr std::array kMeasurementKeys{
    QueryKey{"name", "only of this name"},
    QueryKey{"module", "only of this module"},
    QueryKey{"latest", "1: the newest of each module, channel and name"}};
constexpr std::array kLogbookKeys{kSearch, QueryKey{"limit", "at most so many"}};
constexpr std::array kListenKeys{QueryKey{"run", "a number, or newest"}, kAfter};

// clang-format off: a table
constexpr std::array kTable{
    Route{"GET", "/me", OwnRoute::Me, std::nullopt, "who asks, and what they may", {}},
    Route{"POST",
          "/session",
          OwnRoute::LogIn,
          std::nullopt,
          "log in",
          {},
          "application/json",
          "user password link"},
    Route{"DELETE", "/session", OwnRoute::LogOut, std::nullopt, "log out", {}, ""},
    Route{"GET",
          "/station",
          ApiRoute::Station,
          Role::Viewer,
          "the station, its time, its scheduler",
          {}},
    Route{"GET", "/runs", ApiRoute::Runs, Role::Viewer, "all runs, newest first", {}},
    Route{"GET", "/runs/{run}", ApiRoute::Run, Role::Viewer, "where a run stands", {}},
    Route{"GET",
          "/runs/{run}/events",
          ApiRoute::Events,
          Role::Viewer,
          "what happened in it",
          kEventKeys},
    Route{"GET", "/runs/{run}/report", ApiRoute::RunReport, Role::Viewer, "what came of it", {}},
    Route{"GET",
          "/runs/{run}/report.html",
          ApiRoute::ReportPage,
          Role::Viewer,
          "the same as a page",
          {},
          "text/html"},
    Route{"GET",
          "/runs/{run}/steps/{list}/{index}",
          ApiRoute::Step,
          Role::Viewer,
          "one step with its attempts",
          {}},
    Route{"GET",
          "/runs/{run}/steps/{list}/{index}/attempts/{attempt}/output",
          ApiRoute::Output,
          Role::Viewer,
          "what an attempt printed",
          kOutputKeys},
    Route{"GET",
          "/runs/{run}/steps/{list}/{index}/attempts/{attempt}/artifacts/{name}",
          ApiRoute::Artifact,
          Role::Viewer,
          "a file that an attempt made",
          {},
          "*/*"},
    Route{"GET",
          "/runs/{run}/rehearsal",
          ApiRoute::Rehearsal,
          Role::Viewer,
          "how it is expected to go on",
          kRehearsalKeys},
    Route{"GET",
          "/runs/{run}/readings",
          ApiRoute::Readings,
          Role::Viewer,
          "signals of the station",
          kReadingKeys},
    Route{"GET",
          "/runs/{run}/measurements",
          ApiRoute::Measurements,
          Role::Viewer,
          "values of the modules with their limits",
          kMeasurementKeys},
    Route{"GET",
          "/runs/{run}/logbook",
          ApiRoute::Logbook,
          Role::Viewer,
          "what people wrote",
          kLogbookKeys},
    Route{"POST",
          "/runs/{run}/logbook",
          ApiRoute::WriteLogbook,
          Role::Operator,
          "write into it",
          {},
          "application/json",
          "text"},
    Route{"POST",
          "/verbs",
          ApiRoute::Verbs,
          Role::Operator,
          "pause, continue, stop, answer, ...",
          {},
          "application/json",
          "verb step value reason prompt then cancel edits undoes length_s take_over hand_over "
          "report"},
    Route{"POST",
          "/edits",
          ApiRoute::Edits,
          Role::Operator,
          "insert, move, drop, edit steps of the newest run",
          {},
          "application/json",
          "commands undo reason dry_run"},
    Route{"GET", "/bench", ApiRoute::Bench, Role::Viewer, "channels and interlocks", {}},
    Route{"POST",
          "/bench/settings",
          ApiRoute::SetChannel,
          Role::Operator,
          "a channel is set and read back",
          {},
          "application/json",
          "channel value"},
    Route{"POST",
          "/bench/interlocks",
          ApiRoute::TellInterlock,
          Role::Operator,
          "an interlock is overridden, put in force again, reset",
          {},
          "application/json",
          "verb name reason length_s"},
    Route{"GET",
          "/events",
          OwnRoute::Listen,
          Role::Viewer,
          "what changes, as server-sent events",
          kListenKeys,
          "text/event-stream"},
    Route{"GET", "/openapi.json", OwnRoute::OpenApi, std::nullopt, "this document", {}},
    Route{"GET",
          "/metrics",
          ApiRoute::Metrics,
          Role::Viewer,
          "the bench and the newest run, for Prometheus",
          {},
          kMetricsType,
          "",
          ""},
};

// clang-format on

bool is_number(std::string_view text) {
  return !text.empty() && text.size() <= 9 &&
         std::ranges::all_of(text, [](unsigned char letter) { return std::isdigit(letter) != 0; });
}

/// Whether what stands in the address may stand in the place of the braces.
bool fits(std::string_view placeholder, std::string_view text) {
  if (placeholder == "{run}") {
    return text == "newest" || is_number(text);
  }
  if (placeholder == "{list}") {
    return text == "main" || text == "safe_state" || text == "on_resume";
  }
  return is_number(text);
}

/// What stands behind `root`; nullopt: it does not begin so.
std::optional<std::span<const std::string>> below(std::string_view root, const Target& target) {
  const auto first = parts_of(root);
  const bool begins_so = target.parts.size() >= first.size() &&
                         std::equal(first.begin(), first.end(), target.parts.begin());
  return begins_so ? std::optional{std::span{target.parts}.subspan(first.size())} : std::nullopt;
}

/// nullopt: another address. Whatever stands behind "artifacts" is the name.
std::optional<std::vector<std::string>> matched(const Route& route,
                                                std::span<const std::string> given) {
  const auto pattern = parts_of(route.pattern);
  const bool with_name = !pattern.empty() && pattern.back() == "{name}";
  if (with_name ? given.size() < pattern.size() : given.size() != pattern.size()) {
    return std::nullopt;
  }
  std::vector<std::string> parts;
  for (std::size_t i = 0; i < pattern.size() - (with_name ? 1 : 0); ++i) {
    if (!pattern[i].starts_with('{') ? pattern[i] != given[i] : !fits(pattern[i], given[i])) {
      return std::nullopt;
    }
    if (pattern[i].starts_with('{')) {
      parts.push_back(given[i]);
    }
  }
  if (with_name) {
    parts.push_back(given[pattern.size() - 1]);
    for (const auto& more : given.subspan(pattern.size())) {
      parts.back() += "/" + more;
    }
  }
  return parts;
}

RouteFound nothing(int status, std::string text, std::string allow = {}) {
  return {.route = nullptr,
          .parts = {},
          .status = status,
          .text = std::move(text),
          .allow = std::move(allow)};
}

/// Of a stream nothing can be said but the stream.
bool has_head(const Route& route) {
  return route.method == "GET" && route.type != "text/event-stream";
}

/// ", GET, HEAD".
std::string methods_of(const Route& route) {
  return fmt::format(", {}{}", route.method, has_head(route) ? ", HEAD" : "");
}

RouteFound with_known_query(const Route& route,
                            std::vector<std::string> parts,
                            const Target& target) {
  for (const auto& [key, value] : target.query) {
    if (std::ranges::find(route.query, key, &QueryKey::name) == route.query.end()) {
      return nothing(400,
                     fmt::format("this request has no parameter '{}'; {}{} names what it has",
                                 plain_text(key, 40),
                                 kApiRoot,
                                 "/openapi.json"));
    }
  }
  return {.route = &route, .parts = std::move(parts), .status = 0, .text = {}, .allow = {}};
}

}  // namespace

std::span<const Route> routes() {
  return kTable;
}

std::string path_of(const Route& route) {
  return fmt::format("{}{}", route.root, route.pattern);
}

std::vector<std::string_view> parts_of(std::string_view pattern) {
  std::vector<std::string_view> parts;
  while (!pattern.empty()) {
    pattern.remove_prefix(1);
    parts.push_back(pattern.substr(0, pattern.find('/')));
    pattern.remove_prefix(parts.back().size());
  }
  return parts;
}

RouteFound find_route(std::string_view method, const Target& target) {
  std::string allow;
  for (const auto& route : routes()) {
    const auto given = below(route.root, target);
    auto parts = given ? matched(route, *given) : std::nullopt;
    if (parts && (method == route.method || (method == "HEAD" && has_head(route)))) {
      return with_known_query(route, std::move(*parts), target);
    }
    allow += parts ? methods_of(route) : "";
  }
  if (!allow.empty()) {
    allow.erase(0, 2);
    return nothing(405, fmt::format("this address knows {} only", allow), allow);
  }
  return nothing(
      404, fmt::format("there is no such address; {}/openapi.json names what there is", kApiRoot));
}

}  // namespace fat
