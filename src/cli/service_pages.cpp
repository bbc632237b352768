#include "cli/service_pages.hpp"

#include <optional>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "fat/model/plain_text.hpp"
#include "fat/runner/control_client.hpp"

namespace fat {

namespace {

constexpr std::size_t kLongestServiceWord = 400;
constexpr std::size_t kLongestServicesRequest = 65'536;
constexpr std::size_t kMostServicesAsked = 1000;

std::string service_word(const nlohmann::json& json) {
  return json.is_string() ? plain_text(json.get<std::string>(), kLongestServiceWord)
                          : std::string{};
}

std::optional<ServicesRequest> parse_services_request(const std::string& text) {
  if (text.size() > kLongestServicesRequest) {
    return std::nullopt;
  }
  const auto json = nlohmann::json::parse(text, nullptr, false);
  const auto names = json.is_object() ? json.find("services") : json.end();
  if (!json.is_object() || names == json.end() || !names->is_array() ||
      names->size() > kMostServicesAsked || names->empty()) {
    return std::nullopt;
  }
  ServicesRequest request;
  request.verb = json.contains("verb") ? service_word(json["verb"]) : "";
  request.who = json.contains("who") ? service_word(json["who"]) : "";
  for (const auto& name : *names) {
    request.services.push_back(service_word(name));
  }
  return request;
}

}  // namespace

std::string to_json_text(const ServicesRequest& request) {
  return nlohmann::json{
      {"verb", request.verb}, {"services", request.services}, {"who", request.who}}
      .dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

ControlAnswer answer_services(const ControlRequest& request, ServiceWatch& services) {
  if (request.method == "GET") {
    return {.status = 200, .body = to_json_text(services.state())};
  }
  const auto asked = request.method == "POST" ? parse_services_request(request.body) : std::nullopt;
  const auto verb = asked ? parse_service_verb(asked->verb) : std::nullopt;
  if (!verb) {
    const VerbReply refused{
        .accepted = false, .text = "services can be told start, stop or restart", .events = {}};
    return {.status = 400, .body = to_json_text(refused)};
  }
  const auto who =
      fmt::format("{} (uid {})", asked->who.empty() ? "somebody" : asked->who, request.uid);
  return {.status = 200, .body = to_json_text(services.tell(*verb, asked->services, who))};
}

}  // namespace fat
