// The document that describes the API, held against the server that it describes.
#include <set>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

#include "fat/web/metrics_text.hpp"
#include "web/routes.hpp"
#include "web/test_server.hpp"

namespace fat {
namespace {

using nlohmann::json;
using testing::HasSubstr;

constexpr std::array kMethods{"GET", "HEAD", "POST", "DELETE", "PUT", "PATCH", "OPTIONS", "TRACE"};

/// A server that answers everything, and what it says of itself.
class OpenApi : public testing::Test {
 protected:
  void SetUp() override {
    server_.source.answers(ApiRoute::Metrics, {.type = std::string{kMetricsType}});
    document_ = json::parse(server_.get("/api/v1/openapi.json").body);
  }

  /// An address of the path, with something that fits in the place of every brace.
  static std::string example_of(const json& schema) {
    if (schema.contains("enum")) {
      return schema.at("enum").at(0).get<std::string>();
    }
    if (schema.at("type") == "integer") {
      return "0";
    }
    return schema.contains("pattern") ? "newest" : "a/b.svg";
  }

  static std::string address_of(std::string path, const json& operation) {
    for (const auto& parameter : operation.value("parameters", json::array())) {
      const auto& schema = parameter.at("schema");
      const auto brace = "{" + parameter.at("name").get<std::string>() + "}";
      const auto value = example_of(schema);
      if (const auto at = path.find(brace); at != std::string::npos) {
        path.replace(at, brace.size(), value);
      }
    }
    return path;
  }

  static std::string upper(std::string text) {
    for (char& letter : text) {
      letter = static_cast<char>(std::toupper(static_cast<unsigned char>(letter)));
    }
    return text;
  }

  WebReply ask(const std::string& method,
               const std::string& address,
               const std::string& fields = {}) {
    auto client = server_.client();
    client.act(method, address, method == "POST" ? "{}" : "", fields);
    return client.reply(method == "DELETE" ? WebClient::Body::None : WebClient::Body::Expected);
  }

  TestServer server_;
  json document_;
};

TEST_F(OpenApi, IsADocumentOfItsThirdVersion) {
  EXPECT_EQ(document_.at("openapi"), "3.1.0");
  EXPECT_EQ(document_.at("info").at("version"), "1");
  for (const auto& [path, item] : document_.at("paths").items()) {
    EXPECT_TRUE(path.starts_with("/api/v1/") || path == "/metrics") << path;
    for (const auto& [method, operation] : item.items()) {
      EXPECT_FALSE(operation.at("summary").get<std::string>().empty());
      std::set<std::string> named;
      for (const auto& parameter : operation.value("parameters", json::array())) {
        EXPECT_TRUE(named.insert(parameter.at("name")).second);
        const bool in_path = parameter.at("in") == "path";
        EXPECT_EQ(
            in_path,
            path.find("{" + parameter.at("name").get<std::string>() + "}") != std::string::npos);
        EXPECT_EQ(in_path, parameter.value("required", false));
      }
      EXPECT_EQ(method == "post", operation.contains("requestBody"));
    }
  }
}

TEST_F(OpenApi, NamesEveryRequestOfTheTableAndNoOther) {
  std::set<std::string> documented, known;
  for (const auto& [path, item] : document_.at("paths").items()) {
    for (const auto& [method, operation] : item.items()) {
      documented.insert(upper(method) + " " + path);
    }
  }
  for (const auto& route : routes()) {
    known.insert(fmt::format("{} {}", route.method, path_of(route)));
  }

  EXPECT_EQ(documented, known);
  EXPECT_EQ(known.size(), routes().size());
}

TEST_F(OpenApi, IsWhatTheServerDoes) {
  const auto cookie = server_.expert_cookie();
  for (const auto& [path, item] : document_.at("paths").items()) {
    for (const auto& [method, operation] : item.items()) {
      const auto address = address_of(path, operation);
      if (path == "/api/v1/session" && method == "delete") {
        continue;  // it would end the session of this test; `Session` tests it
      }
      const auto reply = ask(upper(method), address, cookie);
      const auto status = std::to_string(reply.status);
      EXPECT_TRUE(operation.at("responses").contains(status))
          << method << " " << path << " " << status;
      EXPECT_NE(reply.status, 404) << path;
      EXPECT_NE(reply.status, 405) << path;
      if (reply.status == 200 && path != "/api/v1/runs/{run}/report.html") {
        const auto& content = operation.at("responses").at("200").at("content");
        EXPECT_TRUE(content.contains(reply.fields.at("Content-Type")) || content.contains("*/*"))
            << path;
      }
    }
  }
}

TEST_F(OpenApi, SaysWhatParametersThereAre) {
  for (const auto& [path, item] : document_.at("paths").items()) {
    if (!item.contains("get") || path == "/api/v1/events") {
      continue;
    }
    const auto address = address_of(path, item.at("get"));
    EXPECT_EQ(ask("GET", address + "?no_such=1").status, 400) << path;
    for (const auto& parameter : item.at("get").value("parameters", json::array())) {
      if (parameter.at("in") == "query") {
        const auto name = parameter.at("name").get<std::string>();
        EXPECT_NE(ask("GET", fmt::format("{}?{}=1", address, name)).status, 400)
            << path << " " << name;
      }
    }
  }
}

TEST_F(OpenApi, OtherMethodsAreRefusedWithWhatIsAllowed) {
  for (const auto& [path, item] : document_.at("paths").items()) {
    const auto address = address_of(path, item.begin().value());
    for (const std::string method : kMethods) {
      std::string lower = method;
      std::ranges::transform(lower, lower.begin(), [](unsigned char letter) {
        return static_cast<char>(std::tolower(letter));
      });
      const bool head = lower == "head" && item.contains("get") && path != "/api/v1/events";
      if (item.contains(lower) || head) {
        continue;
      }
      auto client = server_.client();
      client.request(method, address);
      const auto reply = client.reply(WebClient::Body::None);
      EXPECT_EQ(reply.status, 405) << method << " " << path;
      for (const auto& [allowed, operation] : item.items()) {
        EXPECT_THAT(reply.fields.at("Allow"), HasSubstr(upper(allowed))) << path;
      }
    }
  }
}

TEST_F(OpenApi, WhatNeedsARoleIsRefusedWithoutIt) {
  for (const auto& [path, item] : document_.at("paths").items()) {
    for (const auto& [method, operation] : item.items()) {
      const auto role = operation.value("x-role", "");
      const auto address = address_of(path, operation);
      if (role == "operator" || role == "expert") {
        EXPECT_EQ(ask(upper(method), address).status, 403) << path;
      }
      if (!role.empty()) {
        EXPECT_EQ(ask(upper(method), address, "Authorization: Bearer x\r\n").status, 401) << path;
      }
    }
  }
}

}  // namespace
}  // namespace fat
