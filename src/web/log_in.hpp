// POST and DELETE of /session -> a session, or why there is none.
#pragma once

#include <string>

#include <boost/asio/awaitable.hpp>

#include "web/response.hpp"
#include "web/server_parts.hpp"

namespace fat {

/// `{"user": ..., "role": ..., "users": ...}`.
std::string me_text(const Caller& caller, const Access& access);

/// By name and password, or by a one-time link. The references stay until it ends.
boost::asio::awaitable<Response> log_in(ServerParts& server,
                                        const HttpRequest& request,
                                        const Peer& peer);

Response log_out(ServerParts& server,
                 const HttpRequest& request,
                 const Peer& peer,
                 const Caller& caller);

}  // namespace fat
