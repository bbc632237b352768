#include "people/influx_writer.hpp"

#include <curl/curl.h>
#include <fmt/format.h>

#include "fat/model/plain_text.hpp"
#include "people/influx_line.hpp"
#include "people/markup.hpp"
#include "people/secret.hpp"
#include "people/transfer.hpp"
#include "people/web_request.hpp"

namespace fat {
namespace {

constexpr long kStored = 204, kOk = 200, kBad = 400, kTooLarge = 413, kUnprocessable = 422;
constexpr std::size_t kLongestExample = 300;

std::string url_word(const std::string& text) {
  const Transfer handle{curl_easy_init()};
  char* const escaped = curl_easy_escape(handle.get(), text.data(), static_cast<int>(text.size()));
  std::string word = escaped == nullptr ? std::string{} : std::string{escaped};
  curl_free(escaped);
  return word;
}

std::string url_of(const TelemetryEntry& entry) {
  switch (entry.kind) {
    case TelemetryKind::Influx:
      return fmt::format("{}/write?db={}", entry.server, url_word(entry.database));
    case TelemetryKind::Mqtt:
      break;
    case TelemetryKind::Influx2:
      return fmt::format("{}/api/v2/write?org={}&bucket={}",
                         entry.server,
                         url_word(entry.organization),
                         url_word(entry.bucket));
  }
  return {};
}

}  // namespace

struct InfluxWriter::Call {
  std::string secret;
  const std::stop_token& stop;
  TelemetryResult result;
};

InfluxWriter::InfluxWriter(TelemetryEntry entry) : entry_(std::move(entry)), url_(url_of(entry_)) {}

TelemetryResult InfluxWriter::write(const std::vector<TelemetryPoint>& points,
                                    const std::stop_token& stop) {
  Secret secret;
  if (entry_.kind == TelemetryKind::Influx2 || !entry_.user.empty()) {
    secret = read_secret(entry_.kind == TelemetryKind::Influx2 ? entry_.token : entry_.password);
    if (!secret.problem.empty()) {
      return {.outcome = PostOutcome::Misconfigured, .why = secret.problem};
    }
  }
  std::vector<std::string> lines;
  lines.reserve(points.size());
  for (const auto& point : points) {
    lines.push_back(influx_line(*point.channel, entry_.site, point.reading));
  }
  Call call{.secret = secret.value, .stop = stop, .result = {.outcome = PostOutcome::Delivered}};
  post(lines, call);
  return call.result;
}

std::vector<std::string> InfluxWriter::headers(const std::string& secret) const {
  std::vector<std::string> all{"Content-Type: text/plain; charset=utf-8"};
  if (entry_.kind == TelemetryKind::Influx2) {
    all.push_back("Authorization: Token " + secret);
  } else if (!entry_.user.empty()) {
    all.push_back("Authorization: Basic " + base64(entry_.user + ":" + secret));
  }
  return all;
}

/// false: no use to go on.
bool InfluxWriter::post(std::span<const std::string> lines, Call& call) const {
  std::string body;
  for (const auto& line : lines) {
    body += line + '\n';
  }
  const auto answer = post_to_web(
      {.url = url_, .headers = headers(call.secret), .body = std::move(body)}, {}, call.stop);
  if (answer.status == kStored || answer.status == kOk) {
    return true;
  }
  const bool halves =
      answer.status == kBad || answer.status == kTooLarge || answer.status == kUnprocessable;
  if (halves && lines.size() > 1) {
    const auto middle = lines.size() / 2;
    return post(lines.first(middle), call) && post(lines.subspan(middle), call);
  }
  if (halves) {
    ++call.result.refused;
    call.result.example =
        fmt::format("{}: {}",
                    plain_text(lines.front(), kLongestExample),
                    without_secret(plain_text(answer.body, kLongestExample), call.secret));
    return true;
  }
  auto meaning = result_of(answer);
  call.result.outcome =
      meaning.outcome == PostOutcome::Rejected ? PostOutcome::Misconfigured : meaning.outcome;
  call.result.why = without_secret(std::move(meaning.why), call.secret);
  call.result.retry_after = meaning.retry_after;
  return false;
}

}  // namespace fat
