// The table of routes -> the OpenAPI 3.1 document.
#include "web/open_api.hpp"

#include <algorithm>
#include <array>

#include <nlohmann/json.hpp>

#include "fat/model/lower_case.hpp"
#include "fat/web/user_book.hpp"
#include "web/routes.hpp"

namespace fat {

namespace {

using Json = nlohmann::ordered_json;

constexpr const char* kDescription =
    "Times are UTC ISO 8601, durations seconds. An error is {\"text\": \"one or two sentences\"}. "
    "Fields are added, never renamed. What changes something is JSON and comes from this server's "
    "own "
    "page or with a token.";

Json schema_of(std::string_view placeholder) {
  if (placeholder == "{run}") {
    return {{"type", "string"}, {"pattern", "^([0-9]{1,9}|newest)$"}};
  }
  if (placeholder == "{list}") {
    return {{"type", "string"}, {"enum", {"main", "safe_state", "on_resume"}}};
  }
  if (placeholder == "{name}") {
    return {{"type", "string"}};
  }
  return {{"type", "integer"}, {"minimum", 0}};
}

Json parameters_of(const Route& route) {
  auto parameters = Json::array();
  for (const auto part : parts_of(route.pattern)) {
    if (part.starts_with('{')) {
      parameters.push_back({{"name", part.substr(1, part.size() - 2)},
                            {"in", "path"},
                            {"required", true},
                            {"schema", schema_of(part)}});
    }
  }
  for (const auto& key : route.query) {
    parameters.push_back({{"name", key.name},
                          {"in", "query"},
                          {"description", key.meaning},
                          {"schema", {{"type", "string"}}}});
  }
  return parameters;
}

Json body_of(const Route& route) {
  Json members = Json::object();
  std::string_view rest = route.body;
  while (!rest.empty()) {
    const auto name = rest.substr(0, rest.find(' '));
    rest.remove_prefix(std::min(name.size() + 1, rest.size()));
    members[std::string{name}] = Json::object();
  }
  return {{"required", true},
          {"content",
           {{"application/json", {{"schema", {{"type", "object"}, {"properties", members}}}}}}}};
}

Json error_of(const char* meaning) {
  return {
      {"description", meaning},
      {"content", {{"application/json", {{"schema", {{"$ref", "#/components/schemas/Error"}}}}}}}};
}

bool is_of_a_run(const Route& route) {
  return route.pattern.find('{') != std::string_view::npos;
}

Json responses_of(const Route& route) {
  Json responses = Json::object();
  if (route.type.empty()) {
    responses["204"] = {{"description", "done"}};
  } else {
    responses["200"] = {{"description", route.summary},
                        {"content", {{std::string{route.type}, Json::object()}}}};
  }
  responses["400"] = error_of("the request is wrong");
  if (route.needs || route.method == "POST") {
    responses["401"] = error_of("log in first");
  }
  if (route.needs || route.method != "GET") {
    responses["403"] = error_of("the role is not enough, or another site asks");
  }
  if (is_of_a_run(route)) {
    responses["404"] = error_of("there is no such thing");
  }
  if (route.method != "GET") {
    responses["409"] = error_of("refused: why, and what would be legal");
    responses["413"] = error_of("too long");
    responses["415"] = error_of("not JSON");
  }
  if (route.pattern == "/session") {
    responses["429"] = error_of("too many wrong tries; Retry-After says when");
  }
  responses["421"] = error_of("a host name that this server does not have");
  responses["500"] = error_of("a mistake of the server's own");
  responses["503"] = error_of("busy; try again");
  return responses;
}

Json operation_of(const Route& route) {
  Json operation{{"summary", route.summary}};
  if (auto parameters = parameters_of(route); !parameters.empty()) {
    operation["parameters"] = std::move(parameters);
  }
  if (route.method == "POST") {
    operation["requestBody"] = body_of(route);
  }
  operation["responses"] = responses_of(route);
  if (route.needs) {
    operation["x-role"] = role_word(*route.needs);
    operation["security"] = {{{"session", Json::array()}}, {{"token", Json::array()}}};
  }
  return operation;
}

std::string made() {
  Json paths = Json::object();
  for (const auto& route : routes()) {
    paths[path_of(route)][lower_case(route.method)] = operation_of(route);
  }
  const Json text{{"type", "string"}};
  const Json error{{"type", "object"}, {"required", {"text"}}, {"properties", {{"text", text}}}};
  const Json schemes{
      {"session", {{"type", "apiKey"}, {"in", "cookie"}, {"name", "fatmaster_PORT"}}},
      {"token", {{"type", "http"}, {"scheme", "bearer"}}}};
  return Json{{"openapi", "3.1.0"},
              {"info", {{"title", "fatmaster"}, {"version", "1"}, {"description", kDescription}}},
              {"paths", paths},
              {"components", {{"schemas", {{"Error", error}}}, {"securitySchemes", schemes}}}}
      .dump(1);
}

}  // namespace

const std::string& open_api_text() {
  static const auto text = made();
  return text;
}

}  // namespace fat
