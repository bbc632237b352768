#include "cli/history_text.hpp"

#include <nlohmann/json.hpp>

#include "cli/station_context.hpp"
#include "fat/engine/run_campaign.hpp"
#include "fat/people/announcement.hpp"

namespace fat {

std::string history_text(const std::vector<StoredEvent>& events, const Plan& plan) {
  RunCampaign campaign{plan, newest_plan_version(events)};
  std::string text;
  for (const auto& [id, event] : events) {
    campaign.apply(event);
    for (const auto& announcement : announce(event, campaign)) {
      text +=
          log_line(announcement, event.at.wall, campaign.state().opening.virtual_station) + '\n';
    }
  }
  return text;
}

nlohmann::ordered_json event_as_json(const StoredEvent& stored) {
  using Json = nlohmann::ordered_json;
  const auto& [id, event] = stored;
  return Json{{"id", id},
              {"at", to_iso_utc(event.at.wall)},
              {"who", event.who},
              {"kind", kind_of(event.body)},
              {"body", Json::parse(to_json_text(event.body))}};
}

std::string history_json(const std::vector<StoredEvent>& events) {
  using Json = nlohmann::ordered_json;
  auto all = Json::array();
  for (const auto& stored : events) {
    all.push_back(event_as_json(stored));
  }
  return all.dump(1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace fat
