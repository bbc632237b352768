// "127.0.0.1:8080" -> host and port.
#include "fat/model/listen_entry.hpp"

#include <array>

#include <arpa/inet.h>

#include "fat/model/quantity.hpp"

namespace fat {

namespace {

bool is_number_of(int family, const std::string& host) {
  std::array<unsigned char, sizeof(in6_addr)> bytes{};
  return ::inet_pton(family, host.c_str(), bytes.data()) == 1;
}

}  // namespace

std::optional<ListenAddress> parse_listen_address(std::string_view text) {
  const auto colon = text.rfind(':');
  if (colon == std::string_view::npos) {
    return std::nullopt;
  }
  auto host = text.substr(0, colon);
  const bool in_brackets = host.size() > 2 && host.front() == '[' && host.back() == ']';
  if (in_brackets) {
    host = host.substr(1, host.size() - 2);
  }
  const auto port = parse_integer(text.substr(colon + 1));
  const std::string name{host};
  const bool known = in_brackets ? is_number_of(AF_INET6, name)
                                 : name == "localhost" || is_number_of(AF_INET, name);
  if (!known || !port || *port < 0 || *port > UINT16_MAX) {
    return std::nullopt;
  }
  return ListenAddress{.host = name, .port = static_cast<std::uint16_t>(*port)};
}

}  // namespace fat
