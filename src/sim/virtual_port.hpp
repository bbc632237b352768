// A wire of the virtual station with its device: TCP port, pseudo-terminal, ZeroMQ port.
#pragma once

#include <filesystem>
#include <memory>
#include <string>

#include <poll.h>

#include "fat/model/link_address.hpp"
#include "fat/model/owned_fd.hpp"
#include "sim/virtual_device.hpp"

namespace fat {

/// Served by one thread. Constructors throw std::system_error.
class VirtualPort {
 public:
  explicit VirtualPort(std::unique_ptr<VirtualDevice> device) : device_(std::move(device)) {}

  virtual ~VirtualPort() = default;
  VirtualPort(const VirtualPort&) = delete;
  VirtualPort& operator=(const VirtualPort&) = delete;

  /// Where clients reach it.
  virtual LinkAddress address() const = 0;
  virtual pollfd wanted() const = 0;
  /// Does what `wanted` said is possible, and what is due by now.
  virtual void handle(int events, Microseconds now) = 0;

  VirtualDevice& device() { return *device_; }

  const VirtualDevice& device() const { return *device_; }

 private:
  std::unique_ptr<VirtualDevice> device_;
};

/// One client at a time; further ones wait until it has left.
class TcpPort : public VirtualPort {
 public:
  /// `port` 0: the kernel chooses. One that does not listen refuses.
  TcpPort(std::unique_ptr<VirtualDevice> device, int port, bool listens = true);

  LinkAddress address() const override;
  pollfd wanted() const override;
  void handle(int events, Microseconds now) override;

  int port() const { return port_; }

 private:
  void read(Microseconds now);
  void write();
  void disconnect();

  OwnedFd listener_;
  int port_;
  bool listens_;
  OwnedFd client_;
  std::string unsent_;
};

/// A serial line. Who opens it finds what was sent last, as with a real one, unless he throws it
/// away. `name`: a symbolic link to it, which a line that was pulled out gets back with its next
/// one; empty: none.
class TerminalPort : public VirtualPort {
 public:
  TerminalPort(std::unique_ptr<VirtualDevice> device, std::filesystem::path name);
  ~TerminalPort() override;

  LinkAddress address() const override;
  pollfd wanted() const override;
  void handle(int events, Microseconds now) override;

 private:
  void open();

  std::filesystem::path name_;
  std::string path_;
  OwnedFd master_, slave_;
};

/// Requests in whole messages; the device gets a number, a blank and the request as a line.
class ZeroMqPort : public VirtualPort {
 public:
  ZeroMqPort(std::unique_ptr<VirtualDevice> device, int port);
  ~ZeroMqPort() override;

  LinkAddress address() const override;
  pollfd wanted() const override;
  void handle(int events, Microseconds now) override;

 private:
  struct Socket;

  std::unique_ptr<Socket> socket_;
  int port_;
};

}  // namespace fat
