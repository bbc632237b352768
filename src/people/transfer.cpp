// libcurl's limits.
#include "people/transfer.hpp"

#include <sys/socket.h>

#include "fat/model/plain_text.hpp"

namespace fat {
namespace {

constexpr std::size_t kLongestHost = 120;

int look_for_stop(void* stop, curl_off_t, curl_off_t, curl_off_t, curl_off_t) {
  return static_cast<const std::stop_token*>(stop)->stop_requested() ? 1 : 0;
}

/// No step inherits it.
curl_socket_t open_private_socket(void*, curlsocktype, curl_sockaddr* address) {
  return socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
}

}  // namespace

// NOLINTBEGIN(cppcoreguidelines-pro-type-vararg): libcurl's interface
Transfer new_transfer(const TransferLimits& limits,
                      const char* protocols,
                      const std::stop_token& stop) {
  static const bool ready = curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK;
  Transfer transfer{ready ? curl_easy_init() : nullptr};
  if (!transfer) {
    return transfer;
  }
  auto* const handle = transfer.get();
  curl_easy_setopt(handle, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(handle, CURLOPT_QUICK_EXIT, 1L);  // a name server that hangs is not waited for
  curl_easy_setopt(handle, CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(limits.connect.count()));
  curl_easy_setopt(handle, CURLOPT_TIMEOUT_MS, static_cast<long>(limits.total.count()));
  curl_easy_setopt(handle, CURLOPT_PROTOCOLS_STR, protocols);
  curl_easy_setopt(handle, CURLOPT_OPENSOCKETFUNCTION, open_private_socket);
  curl_easy_setopt(handle, CURLOPT_NOPROGRESS, 0L);
  curl_easy_setopt(handle, CURLOPT_XFERINFOFUNCTION, look_for_stop);
  curl_easy_setopt(handle, CURLOPT_XFERINFODATA, &stop);
  return transfer;
}

// NOLINTEND(cppcoreguidelines-pro-type-vararg)

TransferLines lines_of(const std::vector<std::string>& lines) {
  TransferLines list;
  for (const auto& line : lines) {
    list.reset(curl_slist_append(list.release(), line.c_str()));
  }
  return list;
}

std::string host_of(const std::string& url) {
  const std::unique_ptr<CURLU, decltype(&curl_url_cleanup)> parts{curl_url(), curl_url_cleanup};
  char* host = nullptr;
  if (curl_url_set(parts.get(), CURLUPART_URL, url.c_str(), 0) != CURLUE_OK ||
      curl_url_get(parts.get(), CURLUPART_HOST, &host, 0) != CURLUE_OK) {
    return "the address";
  }
  std::string text = plain_text(host, kLongestHost);
  curl_free(host);
  return text;
}

}  // namespace fat
