// libcurl's easy handle, owned and with every limit set: what one POST and one mail share.
#pragma once

#include <chrono>
#include <memory>
#include <stop_token>
#include <string>
#include <vector>

#include <curl/curl.h>

#include "people/transfer_limits.hpp"

namespace fat {

struct EndTransfer {
  void operator()(CURL* handle) const noexcept { curl_easy_cleanup(handle); }
};

struct FreeLines {
  void operator()(curl_slist* lines) const noexcept { curl_slist_free_all(lines); }
};

using Transfer = std::unique_ptr<CURL, EndTransfer>;
using TransferLines = std::unique_ptr<curl_slist, FreeLines>;

/// Empty when libcurl cannot be used. Speaks nothing but `protocols` ("http,https"); no step
/// inherits its socket. Ends within about a second of a stop. `stop` outlives it.
Transfer new_transfer(const TransferLimits& limits,
                      const char* protocols,
                      const std::stop_token& stop);

TransferLines lines_of(const std::vector<std::string>& lines);

/// The one part of a URL that is no secret.
std::string host_of(const std::string& url);

}  // namespace fat
