// A post -> JSON with one "text"; the answer -> what becomes of it.
#include "people/webhook_sink.hpp"

#include <algorithm>

#include <nlohmann/json.hpp>

#include "fat/model/plain_text.hpp"
#include "people/secret.hpp"
#include "people/slack_text.hpp"
#include "people/web_request.hpp"

namespace fat {
namespace {

/// "ok" is Slack's and Mattermost's word, Rocket.Chat says {"success": true}. Anything else with
/// status 200 came from somebody in between: a proxy, a login page.
bool is_accepted(const std::string& body) {
  if (body == "ok" || body == "ok\n") {
    return true;
  }
  const auto json = nlohmann::json::parse(body, nullptr, false);
  return json.is_object() && json.value("success", nlohmann::json{}) == nlohmann::json(true);
}

/// A server may give back the whole address, or any part of its path.
std::string without_address(std::string text, const std::string& url) {
  constexpr std::size_t shortest_secret = 6;
  text = without_secret(std::move(text), url);
  const auto host = url.find("://");
  auto at = host == std::string::npos ? 0 : url.find('/', host + 3);
  while (at < url.size()) {
    const auto end = std::min(url.find_first_of("/?&=", at + 1), url.size());
    if (const auto part = url.substr(at + 1, end - at - 1); part.size() >= shortest_secret) {
      text = without_secret(std::move(text), part);
    }
    at = end;
  }
  return text;
}

}  // namespace

PostResult WebhookSink::deliver(const Post& post, const std::stop_token& stop) {
  const auto url = read_secret(entry_.url);
  if (!url.problem.empty()) {
    return {.outcome = PostOutcome::Misconfigured, .retry_after = {}, .why = url.problem};
  }
  auto told = post;
  for (const auto& file : post.files) {
    told.text += "\n  see " + plain_text(file, 1000);
  }
  const auto text = slack_text(told, entry_.everyone);
  const auto answer = post_to_web(
      {.url = url.value,
       .headers = {"Content-Type: application/json", "X-Fatmaster-Message: " + post.key},
       .body = nlohmann::json{{"text", text}}.dump()},
      {.connect = options_.connect_timeout, .total = options_.total_timeout},
      stop);
  auto result = result_of(answer);
  if (result.outcome == PostOutcome::Delivered && !is_accepted(answer.body)) {
    result.outcome = PostOutcome::TryLater;
    result.why = "an answer that is not a webhook's: " + plain_text(answer.body, 80);
  }
  result.why = without_address(std::move(result.why), url.value);
  return result;
}

}  // namespace fat
