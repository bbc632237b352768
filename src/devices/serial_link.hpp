// A serial line's file and settings -> bytes sent and received.
#pragma once

#include <utility>

#include "devices/link.hpp"
#include "fat/model/owned_fd.hpp"

namespace fat {

/// Any baud rate the driver can do; raw, no modem control. What stood in the line's buffer before
/// it was opened is thrown away.
class SerialLink : public Link {
 public:
  SerialLink(std::string path, const SerialSettings& settings, LinkWait* wait = nullptr)
      : path_(std::move(path)), settings_(settings), wait_(wait) {}

  std::string name() const override { return path_; }

  /// The file behind symbolic links: /dev/serial/by-id/... and /dev/ttyUSB0 are one wire.
  std::string wire() const override;

  Exchange open(Microseconds timeout) override;

  void close() override { line_.reset(); }

  Exchange send(std::string_view bytes, Microseconds timeout) override;
  Exchange receive(Microseconds timeout) override;

 private:
  std::string path_;
  SerialSettings settings_;
  LinkWait* wait_;
  OwnedFd line_;
};

}  // namespace fat
