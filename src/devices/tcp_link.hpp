// Host and port -> bytes sent and received, each within a named time.
#pragma once

#include <string>
#include <string_view>
#include <utility>

#include "devices/exchange.hpp"
#include "fat/model/instant.hpp"
#include "fat/model/owned_fd.hpp"

struct addrinfo;  // NOLINT(readability-identifier-naming): of <netdb.h>

namespace fat {

/// Never blocks longer than it is told, never spins: a peer that closes is a fault at once. For one
/// thread.
class TcpLink {
 public:
  TcpLink(std::string host, int port) : host_(std::move(host)), port_(port) {}

  /// "localhost:5003".
  std::string name() const { return host_ + ":" + std::to_string(port_); }

  /// Connects anew, whatever was before. `received` of the result is empty.
  Exchange open(Microseconds timeout);

  void close() { socket_.reset(); }

  bool is_open() const { return static_cast<bool>(socket_); }

  Exchange send(std::string_view bytes, Microseconds timeout);
  /// Waits for at least one byte and returns what is there, at most 4 KiB.
  Exchange receive(Microseconds timeout);

 private:
  Exchange connect_to(const addrinfo& address, Microseconds timeout);

  std::string host_;
  int port_;
  OwnedFd socket_;
};

}  // namespace fat
