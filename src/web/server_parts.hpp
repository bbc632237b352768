// What the conversations with all clients share. Everything in it is used by the server's one
// thread.
#pragma once

#include <string>

#include "fat/ports/clock.hpp"
#include "fat/web/web_server.hpp"
#include "web/access.hpp"
#include "web/event_hub.hpp"
#include "web/open_connections.hpp"
#include "web/page.hpp"
#include "web/workers.hpp"

namespace fat {

struct ServerParts {
  const WebSettings& settings;
  ApiSource& source;
  const Clock& clock;
  const Page& page;
  Access& access;
  EventHub& hub;
  OpenConnections& connections;
  Workers& answers;  ///< ask the ApiSource, read files
  Workers& hashes;   ///< compare passwords: slow on purpose
};

}  // namespace fat
