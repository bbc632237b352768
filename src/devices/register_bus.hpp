// A chip on an I2C or SPI bus of this computer -> bytes written to it and read from it.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "devices/tcp_link.hpp"
#include "fat/model/instant.hpp"

namespace fat {

/// For one thread. Implementations: `I2cBus`, `SpiBus`, `TcpBus`; in tests `ChipBus`.
class RegisterBus {
 public:
  using Bytes = std::vector<std::uint8_t>;

  virtual ~RegisterBus() = default;
  /// For messages: "/dev/i2c-1 0x48".
  virtual std::string name() const = 0;
  /// What all chips on the bus have in common: the name of its lock.
  virtual std::string wire() const = 0;
  /// Writes, then reads `count` bytes, in one transaction. Throws std::system_error.
  virtual Bytes transfer(const Bytes& out, std::size_t count) = 0;
  /// While the chip measures.
  virtual void wait(Microseconds pause) = 0;
};

/// A chip at `address` (7 bits) of /dev/i2c-N.
class I2cBus : public RegisterBus {
 public:
  I2cBus(std::string path, int address) : path_(std::move(path)), address_(address) {}

  std::string name() const override;

  std::string wire() const override { return path_; }

  Bytes transfer(const Bytes& out, std::size_t count) override;
  void wait(Microseconds pause) override;

 private:
  std::string path_;
  int address_;
};

/// The chip of /dev/spidevB.C, mode 3.
class SpiBus : public RegisterBus {
 public:
  SpiBus(std::string path, std::uint32_t hertz) : path_(std::move(path)), hertz_(hertz) {}

  std::string name() const override { return path_; }

  std::string wire() const override { return path_; }

  Bytes transfer(const Bytes& out, std::size_t count) override;
  void wait(Microseconds pause) override;

 private:
  std::string path_;
  std::uint32_t hertz_;
};

/// The chip of a virtual bench, behind a socket of its own: "08ff 3" there, hexadecimal digits
/// back, or "!ERRNO". Connects when it is first asked, and again after a failure.
class TcpBus : public RegisterBus {
 public:
  TcpBus(std::string host, int port, Microseconds patience)
      : link_(std::move(host), port), patience_(patience) {}

  std::string name() const override { return link_.name(); }

  std::string wire() const override { return link_.wire(); }

  Bytes transfer(const Bytes& out, std::size_t count) override;
  void wait(Microseconds pause) override;

 private:
  std::string ask(const std::string& line);

  TcpLink link_;
  Microseconds patience_;  ///< for each step of it
  bool connected_ = false;
};

}  // namespace fat
