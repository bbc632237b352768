// One request -> what is answered, or the stream that is asked for.
#pragma once

#include <cstdint>
#include <optional>

#include <boost/asio/awaitable.hpp>

#include "web/response.hpp"
#include "web/server_parts.hpp"
#include "web/wire.hpp"

namespace fat {

/// A listener, not yet listening.
struct StreamRequest {
  Caller caller;
  std::optional<std::uint64_t> run;  ///< nullopt: always the newest
  std::optional<std::uint64_t> after;
};

struct Answer {
  Response response;
  std::optional<StreamRequest> stream;  ///< instead of the response
};

/// `server`, `request` and `peer` stay until it ends.
boost::asio::awaitable<Answer> answer_to(ServerParts& server,
                                         const HttpRequest& request,
                                         const Peer& peer);

}  // namespace fat
