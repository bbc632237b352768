// conversations.replies of Slack's Web API: what counts of what it says.
#include "people/slack_replies.hpp"

#include <algorithm>
#include <array>
#include <cctype>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "fat/model/plain_text.hpp"
#include "people/secret.hpp"
#include "people/web_request.hpp"

namespace fat {
namespace {

constexpr int kRepliesOfAPage = 15;  // Slack gives some applications no more
constexpr std::size_t kLongestPage = std::size_t{1} << 20U;
constexpr std::size_t kLongestReplyText = 2000;
constexpr std::size_t kLongestField = 200;

/// Errors that a person has to mend; the others pass.
constexpr std::array kToBeMended{"not_authed",
                                 "invalid_auth",
                                 "account_inactive",
                                 "token_revoked",
                                 "token_expired",
                                 "missing_scope",
                                 "not_allowed_token_type",
                                 "no_permission",
                                 "channel_not_found",
                                 "not_in_channel",
                                 "thread_not_found",
                                 "invalid_arguments",
                                 "access_denied",
                                 "org_login_required",
                                 "ekm_access_denied"};

std::string percent_encoded(const std::string& text) {
  std::string encoded;
  for (const char letter : text) {
    const auto byte = static_cast<unsigned char>(letter);
    const bool plain = std::isalnum(byte) != 0 || letter == '.' || letter == '-' || letter == '_';
    encoded += plain ? std::string{letter} : fmt::format("%{:02X}", byte);
  }
  return encoded;
}

std::string text_of_field(const nlohmann::json& object, const char* name, std::size_t longest) {
  const auto found = object.find(name);
  return found == object.end() || !found->is_string()
             ? ""
             : plain_text(found->get<std::string>(), longest);
}

/// Slack writes `&`, `<` and `>` of a text as entities.
std::string without_entities(std::string text) {
  constexpr std::array<std::pair<std::string_view, std::string_view>, 3> entities{
      {{"&lt;", "<"}, {"&gt;", ">"}, {"&amp;", "&"}}};
  for (const auto& [entity, letter] : entities) {
    for (auto at = text.find(entity); at != std::string::npos; at = text.find(entity, at + 1)) {
      text.replace(at, entity.size(), letter);
    }
  }
  return text;
}

bool is_of_a_person(const nlohmann::json& message) {
  return message.is_object() &&
         message.value("type", nlohmann::json{}) == nlohmann::json("message") &&
         !message.contains("bot_id") && !message.contains("subtype");
}

std::vector<SlackMessage> people_of(const nlohmann::json& messages, const RepliesWanted& wanted) {
  std::vector<SlackMessage> all;
  for (const auto& message : messages) {
    if (!is_of_a_person(message)) {
      continue;
    }
    SlackMessage one{.ts = text_of_field(message, "ts", kLongestField),
                     .user = text_of_field(message, "user", kLongestField),
                     .text = without_entities(text_of_field(message, "text", kLongestReplyText))};
    const bool ours = text_of_field(message, "thread_ts", kLongestField) == wanted.thread &&
                      one.ts != wanted.thread;
    if (ours && !one.user.empty() && is_later_reply(one.ts, wanted.oldest)) {
      all.push_back(std::move(one));
    }
  }
  return all;
}

RepliesPage page_of(const WebAnswer& answer, const RepliesWanted& wanted) {
  const auto json = nlohmann::json::parse(answer.body, nullptr, false);
  if (!json.is_object() || !json.contains("ok")) {
    return {.why = "an answer that is not Slack's: " + plain_text(answer.body, kLongestField)};
  }
  if (json["ok"] != nlohmann::json(true)) {
    const auto error = text_of_field(json, "error", kLongestField);
    const bool mend = std::ranges::find(kToBeMended, error) != kToBeMended.end();
    return {.outcome = mend ? PostOutcome::Misconfigured : PostOutcome::TryLater,
            .why = "Slack says " + (error.empty() ? "no reason" : error)};
  }
  RepliesPage page{.outcome = PostOutcome::Delivered};
  if (const auto found = json.find("messages"); found != json.end() && found->is_array()) {
    page.messages = people_of(*found, wanted);
  }
  const auto more = json.find("response_metadata");
  if (more != json.end() && more->is_object()) {
    page.next = text_of_field(*more, "next_cursor", kLongestField);
  }
  return page;
}

}  // namespace

RepliesPage read_replies(const SinkEntry& sink,
                         const RepliesWanted& wanted,
                         const std::stop_token& stop) {
  const auto token = read_secret(sink.token);
  if (!token.problem.empty()) {
    return {.outcome = PostOutcome::Misconfigured, .why = token.problem};
  }
  auto body = fmt::format("channel={}&ts={}&limit={}",
                          percent_encoded(sink.channel),
                          percent_encoded(wanted.thread),
                          kRepliesOfAPage);
  body += wanted.oldest.empty() ? "" : "&oldest=" + percent_encoded(wanted.oldest);
  body += wanted.cursor.empty() ? "" : "&cursor=" + percent_encoded(wanted.cursor);
  const auto answer = post_to_web({.url = sink.server + "/conversations.replies",
                                   .headers = {"Content-Type: application/x-www-form-urlencoded",
                                               "Authorization: Bearer " + token.value},
                                   .body = body,
                                   .longest_answer = kLongestPage},
                                  {},
                                  stop);
  const auto said = result_of(answer);
  RepliesPage page;
  if (said.outcome == PostOutcome::Delivered) {
    page = page_of(answer, wanted);
  } else {
    page = {.outcome = said.outcome, .why = said.why};
  }
  page.retry_after = said.retry_after;
  page.why = without_secret(std::move(page.why), token.value);
  return page;
}

}  // namespace fat
