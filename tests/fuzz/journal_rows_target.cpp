// Lines "kind body" as a foreign journal has them -> events: refused in words, or applied; stored
// again they are the same.
#include <algorithm>

#include <nlohmann/json.hpp>

#include "fat/engine/run_campaign.hpp"
#include "fuzz/targets.hpp"

namespace fat::fuzz {

namespace {

/// nullopt when it is refused.
std::optional<EventBody> read(std::string_view line) {
  const auto space = std::min(line.find(' '), line.size());
  const auto kind = line.substr(0, space);
  try {
    auto body = event_body_from_json_text(kind, line.substr(std::min(space + 1, line.size())));
    const auto text = to_json_text(body);
    require(kind_of(body) == kind, "an event keeps its kind");
    require(to_json_text(event_body_from_json_text(kind, text)) == text, "and its content");
    return body;
  } catch (const std::invalid_argument&) {
    return std::nullopt;
  }
}

/// False when the state does not allow it: the journal is foreign.
bool apply(RunCampaign& campaign, const Event& event) {
  try {
    campaign.apply(event);
    return true;
  } catch (const std::logic_error&) {
    return false;
  }
}

}  // namespace

void journal_rows(std::string_view input) {
  RunCampaign campaign{sample_plan()};
  Instant now{.wall = WallTime{std::chrono::hours{494'000}},
              .boot = std::chrono::hours{1},
              .boot_id = "boot"};
  while (!input.empty()) {
    const auto end = std::min(input.find('\n'), input.size());
    const auto body = read(input.substr(0, end));
    input.remove_prefix(std::min(end + 1, input.size()));
    if (body && !apply(campaign, {.run = 1, .at = now, .who = "anna", .body = *body})) {
      return;
    }
    now.wall += std::chrono::seconds{1};
    now.boot += std::chrono::seconds{1};
  }
  const auto summary = to_json_text(campaign.summary(now));
  require(nlohmann::json::parse(summary, nullptr, false).is_object(), "the status is JSON");
}

}  // namespace fat::fuzz
