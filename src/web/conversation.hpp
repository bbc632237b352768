// One connection: requests in, answers out, one after another, until somebody has had enough.
#pragma once

#include <memory>

#include <boost/asio/awaitable.hpp>

#include "web/server_parts.hpp"
#include "web/wire.hpp"

namespace fat {

/// Throws nothing. `server` stays until it ends.
boost::asio::awaitable<void> converse(ServerParts& server, std::unique_ptr<Wire> wire);

}  // namespace fat
