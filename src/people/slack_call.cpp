// {"ok": ..., "error": ...} -> what becomes of a call.
#include "people/slack_call.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "fat/model/plain_text.hpp"
#include "people/secret.hpp"
#include "people/transfer.hpp"
#include "people/web_request.hpp"

namespace fat {
namespace {

constexpr std::size_t kLongestError = 80;

/// Errors that pass by themselves; see "Errors" on the pages of the methods.
constexpr std::array kPassing{"ratelimited",
                              "rate_limited",
                              "message_limit_exceeded",
                              "internal_error",
                              "fatal_error",
                              "service_unavailable",
                              "request_timeout",
                              "team_added_to_org"};

/// Errors that say something about what was sent; every other one is about token or channel.
constexpr std::array kOfThisMessage{"msg_too_long",
                                    "no_text",
                                    "invalid_blocks",
                                    "invalid_blocks_format",
                                    "invalid_arguments",
                                    "invalid_post_type",
                                    "duplicate_message_not_found",
                                    "message_not_found",
                                    "cannot_reply_to_message",
                                    "restricted_action_thread_locked",
                                    "file_type_not_allowed",
                                    "file_upload_size_restricted",
                                    "snippet_too_large",
                                    "file_not_found",
                                    "missing_argument"};

bool is_one_of(const auto& list, const std::string& word) {
  return std::ranges::find(list, word) != list.end();
}

SlackReply judged(const WebAnswer& answer) {
  SlackReply reply;
  const auto json = nlohmann::json::parse(answer.body, nullptr, false);
  if (!json.is_object() || !json.contains("ok")) {
    reply.result.why = "an answer that is not Slack's: " + plain_text(answer.body, kLongestError);
    return reply;
  }
  if (json["ok"] == nlohmann::json(true)) {
    reply.result.outcome = PostOutcome::Delivered;
    for (const auto& [name, value] : json.items()) {
      if (value.is_string()) {
        reply.words[name] = value.get<std::string>();
      }
    }
    return reply;
  }
  const auto said = json.value("error", nlohmann::json{});
  const auto error = said.is_string() ? said.get<std::string>() : "no reason given";
  auto& result = reply.result;
  result.why = "Slack says " + plain_text(error, kLongestError);
  if (is_one_of(kPassing, error)) {
    result.outcome = PostOutcome::TryLater;
  } else {
    result.outcome =
        is_one_of(kOfThisMessage, error) ? PostOutcome::Rejected : PostOutcome::Misconfigured;
  }
  return reply;
}

std::string escaped(const std::string& text) {
  const std::unique_ptr<char, decltype(&curl_free)> form{
      curl_easy_escape(nullptr, text.data(), static_cast<int>(text.size())), curl_free};
  return form ? form.get() : "";
}

}  // namespace

SlackReply call_slack(const SlackAccess& access,
                      const SlackCall& call,
                      const std::stop_token& stop) {
  const auto answer = post_to_web({.url = fmt::format("{}/{}", access.server, call.method),
                                   .headers = {"Content-Type: " + call.type,
                                               "Authorization: Bearer " + access.token,
                                               "X-Fatmaster-Message: " + call.key},
                                   .body = call.body},
                                  access.limits,
                                  stop);
  SlackReply reply;
  reply.result = result_of(answer);
  if (reply.result.outcome == PostOutcome::Delivered) {
    reply = judged(answer);
  }
  reply.result.why = without_secret(std::move(reply.result.why), access.token);
  return reply;
}

std::string form_of(const std::vector<std::pair<std::string, std::string>>& arguments) {
  std::string form;
  for (const auto& [name, value] : arguments) {
    form += fmt::format("{}{}={}", form.empty() ? "" : "&", name, escaped(value));
  }
  return form;
}

}  // namespace fat
