#include "cli/web_settings.hpp"

#include <fmt/format.h>

#include "cli/command.hpp"
#include "fat/model/quantity.hpp"

namespace fat {

WebSettings web_settings(const Station& station, const std::string& listen) {
  WebSettings settings;
  settings.users = station.folder / "users.json";
  if (listen.empty()) {
    return settings;
  }
  const auto colon = listen.rfind(':');
  auto address = listen.substr(0, colon == std::string::npos ? 0 : colon);
  const auto port = parse_integer(colon == std::string::npos ? listen : listen.substr(colon + 1));
  if (address.size() > 2 && address.front() == '[' && address.back() == ']') {
    address = address.substr(1, address.size() - 2);
  } else if (address.find(':') != std::string::npos) {
    address.clear();
  }
  const bool named = colon == std::string::npos || !address.empty();
  if (!port || *port < 0 || *port > 65535 || !named) {
    throw UsageError{
        fmt::format("--listen is an address and a port such as 127.0.0.1:8080 or [::1]:8080, not "
                    "'{}'",
                    listen)};
  }
  settings.port = static_cast<std::uint16_t>(*port);
  settings.address = address.empty() ? settings.address : address;
  return settings;
}

}  // namespace fat
