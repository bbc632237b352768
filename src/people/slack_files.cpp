// files.getUploadURLExternal, the bytes, files.completeUploadExternal.
#include "people/slack_files.hpp"

#include <algorithm>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "people/web_request.hpp"

namespace fat {
namespace {

constexpr const char* kForm = "application/x-www-form-urlencoded";
constexpr int kMostFailures = 2;
constexpr Microseconds kLongestWait = std::chrono::minutes{1};  // messages behind it wait, too

/// The bytes go where Slack says, but never less safely than the call itself.
bool is_good_address(const std::string& url, const std::string& server) {
  return url.starts_with("https://") || (url.starts_with("http://") && server.starts_with("http:"));
}

}  // namespace

PostResult SlackFiles::show(const SlackAccess& access,
                            const SlackPlace& place,
                            const std::stop_token& stop) {
  while (ids_.size() < files_.size()) {
    const auto& file = files_[ids_.size()];
    const auto result = upload(access, file, stop);
    if (result.outcome == PostOutcome::Delivered) {
      ids_.push_back(result.receipt);
    } else if (is_worth_a_wait(result) || stop.stop_requested()) {
      return result;
    } else {
      ids_.emplace_back();
      leave_out(file.name, result.why);
    }
  }
  if (std::ranges::any_of(ids_, [](const auto& id) { return !id.empty(); })) {
    const auto result = complete(access, place, stop);
    if (result.outcome != PostOutcome::Delivered) {
      if (is_worth_a_wait(result) || stop.stop_requested()) {
        return result;
      }
      leave_out("the files", result.why);
    }
  }
  return {.outcome = PostOutcome::Delivered, .why = left_out_};
}

/// Its receipt is the file's id.
PostResult SlackFiles::upload(const SlackAccess& access,
                              const PostFile& file,
                              const std::stop_token& stop) {
  auto reply = call_slack(
      access,
      {.method = "files.getUploadURLExternal",
       .type = kForm,
       .body = form_of({{"filename", file.name}, {"length", std::to_string(file.bytes.size())}}),
       .key = key_},
      stop);
  if (reply.result.outcome != PostOutcome::Delivered) {
    return reply.result;
  }
  const auto& url = reply.words["upload_url"];
  const auto& id = reply.words["file_id"];
  if (id.empty() || !is_good_address(url, access.server)) {
    return {.outcome = PostOutcome::TryLater, .why = "Slack names no place for a file"};
  }
  auto result = result_of(post_to_web(
      {.url = url,
       .headers = {"Content-Type: application/octet-stream", "X-Fatmaster-Message: " + key_},
       .body = file.bytes},
      access.limits,
      stop));
  result.receipt = id;
  return result;
}

PostResult SlackFiles::complete(const SlackAccess& access,
                                const SlackPlace& place,
                                const std::stop_token& stop) {
  auto list = nlohmann::json::array();
  for (std::size_t i = 0; i < ids_.size(); ++i) {
    if (!ids_[i].empty()) {
      list.push_back({{"id", ids_[i]}, {"title", files_[i].name}});
    }
  }
  auto reply = call_slack(
      access,
      {.method = "files.completeUploadExternal",
       .type = kForm,
       .body = form_of(
           {{"files", list.dump()}, {"channel_id", place.channel}, {"thread_ts", place.thread}}),
       .key = key_},
      stop);
  return reply.result;
}

bool SlackFiles::is_worth_a_wait(const PostResult& result) {
  return result.outcome == PostOutcome::TryLater && ++failures_ < kMostFailures &&
         result.retry_after.value_or(Microseconds{0}) <= kLongestWait;
}

void SlackFiles::leave_out(const std::string& what, const std::string& why) {
  left_out_ += fmt::format("{}{}: {}", left_out_.empty() ? "" : "; ", what, why);
}

}  // namespace fat
