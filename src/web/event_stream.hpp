// A listener that was let in -> everything that changes, until one of both goes.
#pragma once

#include <boost/asio/awaitable.hpp>

#include "web/answer.hpp"

namespace fat {

/// Says hello, what was missed, then what is published: without a gap and nothing twice. Whoever
/// does not read, or may no longer listen, is let go. The references stay until it ends.
boost::asio::awaitable<void> send_events(ServerParts& server, Wire& wire, StreamRequest stream);

}  // namespace fat
