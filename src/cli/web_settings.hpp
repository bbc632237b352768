// "127.0.0.1:8080" and station.ini -> what the web server is told.
#pragma once

#include <string>

#include "fat/model/station.hpp"
#include "fat/web/web_server.hpp"

namespace fat {

/// `listen` as --listen has it; empty: as [listen] says. Throws UsageError.
WebSettings web_settings(const Station& station, const std::string& listen);

}  // namespace fat
