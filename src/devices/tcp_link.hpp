// Host and port -> bytes sent and received, each within a named time.
#pragma once

#include <utility>

#include "devices/link.hpp"
#include "fat/model/owned_fd.hpp"

struct addrinfo;  // NOLINT(readability-identifier-naming): of <netdb.h>

namespace fat {

class TcpLink : public Link {
 public:
  TcpLink(std::string host, int port, LinkWait* wait = nullptr)
      : host_(std::move(host)), port_(port), wait_(wait) {}

  std::string name() const override { return host_ + ":" + std::to_string(port_); }

  std::string wire() const override { return name(); }

  Exchange open(Microseconds timeout) override;

  void close() override { socket_.reset(); }

  Exchange send(std::string_view bytes, Microseconds timeout) override;
  Exchange receive(Microseconds timeout) override;

 private:
  Exchange connect_to(const addrinfo& address, Microseconds timeout);

  std::string host_;
  int port_;
  LinkWait* wait_;
  OwnedFd socket_;
};

}  // namespace fat
