#include "people/mqtt_json.hpp"

namespace fat {
namespace {

constexpr std::size_t kLongestCommand = 4096;
constexpr int kDeepestCommand = 4;

}  // namespace

std::optional<nlohmann::json> mqtt_object(std::string_view payload) {
  if (payload.size() > kLongestCommand) {
    return std::nullopt;
  }
  bool deep = false;
  const auto shallow = [&deep](int depth, nlohmann::json::parse_event_t, nlohmann::json&) {
    deep = deep || depth > kDeepestCommand;
    return !deep;
  };
  auto json = nlohmann::json::parse(payload.begin(), payload.end(), shallow, false);
  return deep || !json.is_object() ? std::nullopt : std::optional{std::move(json)};
}

std::string mqtt_dumped(const nlohmann::ordered_json& json) {
  return json.dump(-1, ' ', true, nlohmann::ordered_json::error_handler_t::replace);
}

}  // namespace fat
