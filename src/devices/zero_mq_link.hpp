// A ZeroMQ server's host and port -> requests and their replies, whole messages.
#pragma once

#include "devices/link.hpp"

namespace fat {

/// Requests carry a number (REQ_CORRELATE), so that a late reply to an earlier one is dropped. A
/// server that goes away is a fault at once, although ZeroMQ itself would wait for it for ever.
class ZeroMqLink : public Link {
 public:
  ZeroMqLink(std::string host, int port);
  ~ZeroMqLink() override;
  ZeroMqLink(const ZeroMqLink&) = delete;
  ZeroMqLink& operator=(const ZeroMqLink&) = delete;

  std::string name() const override { return host_ + ":" + std::to_string(port_); }

  std::string wire() const override { return name(); }

  Exchange open(Microseconds timeout) override;
  void close() override;
  Exchange send(std::string_view bytes, Microseconds timeout) override;
  /// One whole message.
  Exchange receive(Microseconds timeout) override;

 private:
  struct Sockets;

  std::string host_;
  int port_;
  std::unique_ptr<Sockets> sockets_;
};

}  // namespace fat
