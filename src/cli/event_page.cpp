#include "cli/event_page.hpp"

#include <algorithm>
#include <numeric>
#include <string_view>

#include <nlohmann/json.hpp>

#include "cli/history_text.hpp"
#include "fat/model/lower_case.hpp"

namespace fat {

namespace {

/// Whether an event is asked for.
class EventFilter {
 public:
  explicit EventFilter(const EventQuery& query)
      : query_(query), search_(lower_case(query.search)) {}

  bool takes(const RunHistory& history, std::size_t index) const {
    const auto& event = history.events[index].event;
    const bool kind =
        query_.kind.empty() || (kind_of(event.body) == query_.kind) != query_.not_kind;
    return kind && (search_.empty() || is_found(event, history.words[index]));
  }

 private:
  bool is_in(std::string_view text) const {
    return lower_case(text).find(search_) != std::string::npos;
  }

  bool is_found(const Event& event, const std::optional<EventWords>& words) const {
    return (words && is_in(words->text)) || is_in(event.who) || is_in(kind_of(event.body)) ||
           is_in(to_json_text(event.body));
  }

  const EventQuery& query_;
  std::string search_;
};

/// With words, where they are known.
nlohmann::ordered_json told_event(const RunHistory& history, std::size_t index) {
  auto json = event_as_json(history.events[index]);
  const auto& words = history.words[index];
  json["text"] = words ? words->text : "";
  json["level"] = words ? words->level : "";
  return json;
}

std::string json_dump(const nlohmann::ordered_json& json) {
  return json.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
}

struct FoundEvents {
  std::vector<std::size_t> indices;  ///< ascending
  bool more = false;                 ///< of those asked for
};

FoundEvents find_events(LoadedRun& run,
                        const EventQuery& query,
                        std::pair<std::size_t, std::size_t> range,
                        const std::stop_token& stop) {
  FoundEvents found;
  const EventFilter filter{query};
  const auto take = [&](const RunHistory& history, std::size_t index) {
    if (stop.stop_requested()) {
      throw GivenUp{};
    }
    if (!filter.takes(history, index)) {
      return true;
    }
    found.more = found.indices.size() == query.limit;
    if (!found.more) {
      found.indices.push_back(index);
    }
    return !found.more;
  };
  if (query.newest) {
    run.walk_back(range.first, range.second, take);
    std::ranges::reverse(found.indices);
  } else {
    run.walk(range.first, range.second, take);
  }
  return found;
}

}  // namespace

std::size_t first_behind(const RunHistory& history, std::int64_t id) {
  const auto found = std::ranges::upper_bound(history.events, id, {}, &StoredEvent::id);
  return static_cast<std::size_t>(found - history.events.begin());
}

std::string events_json(LoadedRun& run, const EventQuery& query, const std::stop_token& stop) {
  const auto range = run.with([&](const RunHistory& history) {
    const auto from = first_behind(history, query.after);
    const auto until = first_behind(history, query.before - 1);
    return std::pair{from, std::max(from, until)};
  });
  if (!query.search.empty() && range.first < range.second) {
    std::vector<std::size_t> all(range.second - range.first);
    std::iota(all.begin(), all.end(), range.first);
    run.word(all, stop);
  }
  const auto found = find_events(run, query, range, stop);
  run.word(found.indices, stop);
  auto events = nlohmann::ordered_json::array();
  nlohmann::ordered_json next;
  run.with([&](const RunHistory& history) {
    for (const auto index : found.indices) {
      events.push_back(told_event(history, index));
    }
    if (found.more) {
      next = history.events[query.newest ? found.indices.front() : found.indices.back()].id;
    }
  });
  return json_dump({{"events", std::move(events)}, {"next", std::move(next)}});
}

std::vector<StreamEvent> stream_events(LoadedRun& run,
                                       const std::vector<std::size_t>& indices,
                                       const std::stop_token& stop) {
  run.word(indices, stop);
  return run.with([&](const RunHistory& history) {
    std::vector<StreamEvent> events;
    events.reserve(indices.size());
    for (const auto index : indices) {
      events.push_back(
          {.name = "journal",
           .id = std::to_string(history.events[index].id),
           .data = std::make_shared<const std::string>(json_dump(told_event(history, index)))});
    }
    return events;
  });
}

}  // namespace fat
