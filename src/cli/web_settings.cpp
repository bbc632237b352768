#include "cli/web_settings.hpp"

#include <fmt/format.h>

#include "cli/command.hpp"

namespace fat {

WebSettings web_settings(const Station& station, const std::string& listen) {
  auto address = station.listen.address;
  if (!listen.empty()) {
    const auto given = parse_listen_address(listen);
    if (!given) {
      throw UsageError{
          fmt::format("--listen is an address and a port such as 127.0.0.1:8080 or [::1]:8080, not "
                      "'{}'",
                      listen)};
    }
    address = *given;
  }
  WebSettings settings;
  settings.address = address.host;
  settings.port = address.port;
  settings.names = station.listen.names;
  settings.certificate = station.listen.certificate;
  settings.key = station.listen.key;
  settings.users = station.users.file;
  settings.session_length = std::chrono::ceil<std::chrono::seconds>(station.users.session);
  return settings;
}

}  // namespace fat
