// One object of an SNMP agent -> its value, read or set.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "devices/exchange.hpp"
#include "fat/model/instant.hpp"

namespace fat {

/// A number, a switch (INTEGER), or bytes (OCTET STRING, BITS).
using SnmpValue = std::variant<double, long, std::string>;

struct SnmpRequest {
  std::string host;  ///< with a port behind a colon, where it is not 161
  std::string community;
  std::vector<std::uint32_t> object;
  std::optional<SnmpValue> set_to;  ///< nullopt: it is read. A double goes out as an opaque float
  Microseconds patience = std::chrono::seconds{1};  ///< for each of its tries
};

struct SnmpAnswer {
  Exchange result;  ///< a fault, or none
  SnmpValue value;
};

/// SNMP v2c, by a socket of its own. A reading is tried twice, a setting once.
SnmpAnswer ask_snmp(const SnmpRequest& request);

}  // namespace fat
