// Where the dashboard listens, and who may log in: [listen] and [users] of station.ini.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "fat/model/instant.hpp"

namespace fat {

/// A number, and a port.
struct ListenAddress {
  std::string host = "127.0.0.1";  ///< or "::1", without brackets; "localhost"
  std::uint16_t port = 8080;       ///< 0: the kernel chooses

  bool operator==(const ListenAddress&) const = default;
};

/// "127.0.0.1:8080", "[::1]:0", "localhost:80"; nullopt: it is none of these.
std::optional<ListenAddress> parse_listen_address(std::string_view text);

struct ListenEntry {
  ListenAddress address;
  std::filesystem::path certificate;  ///< absolute; empty: no TLS
  std::filesystem::path key;
  std::vector<std::string> names;  ///< host names, beside loopback's, that browsers may use
};

struct UsersEntry {
  std::filesystem::path file;  ///< absolute; default FOLDER/users.json
  Microseconds session = std::chrono::hours{12};
};

}  // namespace fat
