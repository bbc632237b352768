#include "cli/event_page.hpp"

#include <algorithm>
#include <memory>
#include <numeric>
#include <string>
#include <string_view>

#include <nlohmann/json.hpp>

#include "fat/model/lower_case.hpp"

namespace fat {

namespace {

constexpr std::size_t kTextsKept = 1000;

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

std::string json_dump(const nlohmann::ordered_json& json) {
  return json.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
}

/// With words, where they are known. What the event says is JSON already.
std::string text_of(const StoredEvent& stored, const std::optional<EventWords>& words) {
  const auto& [id, event] = stored;
  auto text = json_dump({{"id", id},
                         {"at", to_iso_utc(event.at.wall)},
                         {"who", event.who},
                         {"kind", kind_of(event.body)}});
  text.back() = ',';
  text.append(R"("body":)").append(to_json_text(event.body)).append(",");
  const auto said =
      json_dump({{"text", words ? words->text : ""}, {"level", words ? words->level : ""}});
  return text.append(said, 1);
}

/// That of the newest ones is kept: all listeners and pages want these.
std::shared_ptr<const std::string> told_event(RunHistory& history, std::size_t index) {
  const auto known = history.told.find(index);
  if (known != history.told.end()) {
    return known->second;
  }
  const auto& words = history.words[index];
  auto text = std::make_shared<const std::string>(text_of(history.events[index], words));
  if (words && index + kTextsKept >= history.events.size()) {
    history.told.emplace(index, text);
    history.told.erase(history.told.begin(),
                       history.told.lower_bound(history.events.size() -
                                                std::min(kTextsKept, history.events.size())));
  }
  return text;
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
  return run.with([&](RunHistory& history) {
    std::string page = R"({"events":[)";
    for (const auto index : found.indices) {
      page.append(page.ends_with('[') ? "" : ",").append(*told_event(history, index));
    }
    std::string next = "null";
    if (found.more) {
      const auto last = query.newest ? found.indices.front() : found.indices.back();
      next = std::to_string(history.events[last].id);
    }
    return page.append(R"(],"next":)").append(next).append("}");
  });
}

std::vector<StreamEvent> stream_events(LoadedRun& run,
                                       const std::vector<std::size_t>& indices,
                                       const std::stop_token& stop) {
  run.word(indices, stop);
  return run.with([&](RunHistory& history) {
    std::vector<StreamEvent> events;
    events.reserve(indices.size());
    for (const auto index : indices) {
      events.push_back({.name = "journal",
                        .id = std::to_string(history.events[index].id),
                        .data = told_event(history, index)});
    }
    return events;
  });
}

}  // namespace fat
