// One HTTP POST -> the answer, within bounded time, by libcurl. No secret in what it says.
#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "fat/people/sink.hpp"
#include "people/transfer_limits.hpp"

namespace fat {

struct WebRequest {
  std::string url;                   ///< may hold a secret: never shown
  std::vector<std::string> headers;  ///< "Content-Type: application/json"
  std::string body;
  std::size_t longest_answer = std::size_t{64} << 10U;  ///< bytes; a longer one is no answer
};

struct WebAnswer {
  long status = 0;   ///< 0: there was no answer; `error` says why
  std::string body;  ///< at most what was asked for
  std::optional<Microseconds> retry_after;
  std::string error;  ///< "no connection to hooks.slack.com: Connection refused"
};

/// Follows no redirect. Returns within about a second of a stop.
WebAnswer post_to_web(const WebRequest& request,
                      const TransferLimits& limits,
                      const std::stop_token& stop);

/// What every server's status means for a post, as far as HTTP itself says it: 2xx delivered, 401,
/// 403, 404, 410 and 3xx misconfigured, 408, 429 and 5xx later, other 4xx rejected.
PostResult result_of(const WebAnswer& answer);

}  // namespace fat
