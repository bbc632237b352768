// libcurl's easy interface, one POST.
#include "people/web_request.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "fat/model/plain_text.hpp"
#include "people/transfer.hpp"

namespace fat {
namespace {

constexpr std::size_t kLongestQuoted = 120;

struct BoundedText {
  std::string text;
  std::size_t longest = 0;
};

std::size_t keep_body(const char* data, std::size_t, std::size_t length, void* target) {
  auto& answer = *static_cast<BoundedText*>(target);
  if (answer.text.size() + length > answer.longest) {
    return 0;  // ends the transfer
  }
  answer.text.append(data, length);
  return length;
}

// NOLINTBEGIN(cppcoreguidelines-pro-type-vararg): libcurl's interface
WebAnswer answer_of(CURL* handle, CURLcode code, const std::string& url) {
  WebAnswer answer;
  if (code != CURLE_OK) {
    answer.error = fmt::format("{}: {}", host_of(url), curl_easy_strerror(code));
    return answer;
  }
  curl_off_t seconds = 0;
  curl_easy_getinfo(handle, CURLINFO_RESPONSE_CODE, &answer.status);
  curl_easy_getinfo(handle, CURLINFO_RETRY_AFTER, &seconds);
  constexpr curl_off_t longest = 366LL * 86400;
  if (seconds > 0) {
    answer.retry_after = std::chrono::seconds{std::min(seconds, longest)};
  }
  return answer;
}

}  // namespace

WebAnswer post_to_web(const WebRequest& request,
                      const TransferLimits& limits,
                      const std::stop_token& stop) {
  const auto transfer = new_transfer(limits, "http,https", stop);
  if (!transfer) {
    return {.status = 0, .body = {}, .retry_after = {}, .error = "libcurl cannot be used"};
  }
  const auto headers = lines_of(request.headers);
  BoundedText body{.text = {}, .longest = request.longest_answer};
  curl_easy_setopt(transfer.get(), CURLOPT_URL, request.url.c_str());
  curl_easy_setopt(transfer.get(), CURLOPT_HTTPHEADER, headers.get());
  curl_easy_setopt(
      transfer.get(), CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request.body.size()));
  curl_easy_setopt(transfer.get(), CURLOPT_POSTFIELDS, request.body.c_str());
  curl_easy_setopt(transfer.get(), CURLOPT_WRITEFUNCTION, keep_body);
  curl_easy_setopt(transfer.get(), CURLOPT_WRITEDATA, &body);
  const auto code = curl_easy_perform(transfer.get());
  auto answer = answer_of(transfer.get(), code, request.url);
  answer.body = std::move(body.text);
  return answer;
}

// NOLINTEND(cppcoreguidelines-pro-type-vararg)

PostResult result_of(const WebAnswer& answer) {
  PostResult result{.outcome = PostOutcome::TryLater, .retry_after = answer.retry_after, .why = {}};
  if (answer.status == 0) {
    result.why = answer.error;
    return result;
  }
  if (answer.status >= 200 && answer.status < 300) {
    return {.outcome = PostOutcome::Delivered, .retry_after = {}, .why = {}};
  }
  const auto said = plain_text(answer.body, kLongestQuoted);
  result.why = fmt::format("HTTP {}{}{}", answer.status, said.empty() ? "" : ": ", said);
  switch (answer.status) {
    case 401:
    case 403:
    case 404:
    case 410:
      result.outcome = PostOutcome::Misconfigured;
      break;
    case 408:
    case 425:
    case 429:
      break;
    default:
      if (answer.status < 400) {
        result.outcome = PostOutcome::Misconfigured;  // it has moved: the address is wrong
      } else if (answer.status < 500) {
        result.outcome = PostOutcome::Rejected;
      }
  }
  return result;
}

}  // namespace fat
