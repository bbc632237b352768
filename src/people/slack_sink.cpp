// A post -> chat.postMessage, then its files.
#include "people/slack_sink.hpp"

#include <nlohmann/json.hpp>

#include "fat/model/plain_text.hpp"
#include "people/secret.hpp"
#include "people/slack_text.hpp"

namespace fat {
namespace {

constexpr std::size_t kLongestReceipt = 80;
/// Slack shows so many well; the banner at the head of a thread may be longer.
constexpr std::size_t kLongestThreadText = 4'000;
constexpr std::size_t kLongestFirstLines = 1'500;

/// As many whole lines as may be, with a word on where the rest is.
std::string first_lines(const std::string& text) {
  auto end = text.rfind('\n', kLongestFirstLines);
  if (end == std::string::npos) {
    end = kLongestFirstLines;
  }
  return valid_utf8(text.substr(0, end)) + "\n... the whole text is in message.txt";
}

}  // namespace

void SlackSink::begin(const Post& post) {
  auto files = read_post_files(post.files, options_);
  begun_ = {.key = post.key, .text = post.text};
  if (post.text.size() > kLongestThreadText && !post.thread.empty()) {
    files.shown.push_back(
        {.name = "message.txt", .type = "text/plain", .bytes = valid_utf8(post.text)});
    begun_.text = first_lines(post.text);
  }
  begun_.text += files.missing.empty() ? "" : "\n" + files.missing;
  begun_.files = SlackFiles{std::move(files.shown), post.key};
}

PostResult SlackSink::say(const Post& post,
                          const SlackAccess& access,
                          const std::stop_token& stop) {
  auto said = post;
  said.text = begun_.text;
  nlohmann::json body{{"channel", entry_.channel},
                      {"text", slack_text(said, entry_.everyone)},
                      {"unfurl_links", false}};
  if (!post.thread.empty()) {
    body["thread_ts"] = post.thread;
    if (post.urgency != Urgency::Info) {
      body["reply_broadcast"] = true;  // seen in the channel, too
    }
  }
  auto reply = call_slack(access,
                          {.method = "chat.postMessage",
                           .type = "application/json; charset=utf-8",
                           .body = body.dump(),
                           .key = post.key},
                          stop);
  auto& result = reply.result;
  if (result.outcome == PostOutcome::Delivered) {
    result.receipt = plain_text(reply.words["ts"], kLongestReceipt);
    begun_.said = true;
    begun_.result = result;
    const auto& channel = reply.words["channel"];  // of a person: the direct conversation
    begun_.place = {.channel = channel.empty() ? entry_.channel : channel,
                    .thread = post.thread.empty() ? result.receipt : post.thread};
  }
  return result;
}

PostResult SlackSink::deliver(const Post& post, const std::stop_token& stop) {
  const auto token = read_secret(entry_.token);
  if (!token.problem.empty()) {
    return {.outcome = PostOutcome::Misconfigured, .why = token.problem};
  }
  if (begun_.key != post.key) {
    begin(post);
  }
  const SlackAccess access{
      .server = entry_.server,
      .token = token.value,
      .limits = {.connect = options_.connect_timeout, .total = options_.total_timeout}};
  if (!begun_.said) {
    if (auto result = say(post, access, stop); result.outcome != PostOutcome::Delivered) {
      return result;
    }
  }
  auto shown = begun_.files.show(access, begun_.place, stop);
  if (shown.outcome == PostOutcome::Delivered) {
    shown.receipt = begun_.result.receipt;
    begun_ = {};
  }
  return shown;
}

}  // namespace fat
