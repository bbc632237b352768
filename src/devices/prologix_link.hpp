// A Prologix GPIB-Ethernet controller and a GPIB address -> bytes to the instrument and back.
#pragma once

#include "devices/tcp_link.hpp"

namespace fat {

/// The controller serves one client at a time; who holds the lock of the controller is that one.
/// An instrument that is off sends nothing, and the controller says nothing about it either.
class PrologixLink : public Link {
 public:
  PrologixLink(std::string host, int port, int gpib, LinkWait* wait = nullptr)
      : controller_(std::move(host), port, wait), gpib_(gpib) {}

  std::string name() const override {
    return controller_.name() + " GPIB " + std::to_string(gpib_);
  }

  std::string wire() const override { return controller_.wire(); }

  /// Connects and addresses the instrument.
  Exchange open(Microseconds timeout) override;

  void close() override { controller_.close(); }

  /// One line for the instrument; what the controller would take for its own is escaped.
  Exchange send(std::string_view bytes, Microseconds timeout) override;
  Exchange request_reply(Microseconds timeout) override;
  /// "++loc"; the address stands since `open`.
  std::optional<Exchange> free_panel(Microseconds timeout) override;
  Exchange receive(Microseconds timeout) override;

 private:
  TcpLink controller_;
  int gpib_;
};

}  // namespace fat
