#include "people/mqtt_address.hpp"

#include <algorithm>

#include "fat/model/quantity.hpp"

namespace fat {
namespace {

constexpr int kPlainPort = 1883, kTlsPort = 8883;

}  // namespace

BrokerAddress broker_of(const std::string& server) {
  BrokerAddress address;
  address.tls = server.starts_with("mqtts://");
  address.host = server.substr(std::min(server.find("//") + 2, server.size()));
  address.port = address.tls ? kTlsPort : kPlainPort;
  const auto colon = address.host.rfind(':');
  if (colon != std::string::npos && address.host.find(']', colon) == std::string::npos) {
    address.port = static_cast<int>(parse_integer(address.host.substr(colon + 1)).value_or(0));
    address.host.resize(colon);
  }
  if (address.host.starts_with('[') && address.host.ends_with(']')) {
    address.host = address.host.substr(1, address.host.size() - 2);
  }
  return address;
}

}  // namespace fat
