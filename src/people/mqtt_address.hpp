// "mqtt://broker:1883" -> host, port and whether it is spoken to by TLS. Pure.
#pragma once

#include <string>

namespace fat {

struct BrokerAddress {
  std::string host;
  int port = 0;
  bool tls = false;
};

/// "mqtt://host", "mqtts://host:8883", "mqtt://[::1]:1883". Without a port: 1883, or 8883 of TLS.
BrokerAddress broker_of(const std::string& server);

}  // namespace fat
