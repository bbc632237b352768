// A chip on an I2C or SPI bus of this computer -> bytes written to it and read from it.
#include "devices/register_bus.hpp"

#include <array>
#include <cerrno>
#include <system_error>

#include <fcntl.h>
#include <fmt/format.h>
#include <linux/i2c-dev.h>
#include <linux/i2c.h>
#include <linux/spi/spidev.h>
#include <poll.h>
#include <sys/ioctl.h>

#include "fat/model/owned_fd.hpp"

namespace fat {
namespace {

[[noreturn]] void bus_failed(const std::string& what) {
  throw std::system_error{errno, std::generic_category(), what};
}

OwnedFd open_bus(const std::string& path) {
  OwnedFd bus{::open(path.c_str(), O_RDWR | O_CLOEXEC)};
  if (!bus) {
    bus_failed("open");
  }
  return bus;
}

void pause_for(Microseconds pause) {
  const auto milliseconds = std::chrono::ceil<std::chrono::milliseconds>(pause);
  ::poll(nullptr, 0, static_cast<int>(milliseconds.count()));
}

}  // namespace

std::string I2cBus::name() const {
  return fmt::format("{} {:#04x}", path_, address_);
}

RegisterBus::Bytes I2cBus::transfer(const Bytes& out, std::size_t count) {
  const auto bus = open_bus(path_);
  Bytes written = out, read(count);
  std::array<i2c_msg, 2> messages{};
  const auto address = static_cast<std::uint16_t>(address_);
  messages[0] = {.addr = address,
                 .flags = 0,
                 .len = static_cast<std::uint16_t>(written.size()),
                 .buf = written.data()};
  messages[1] = {.addr = address,
                 .flags = I2C_M_RD,
                 .len = static_cast<std::uint16_t>(count),
                 .buf = read.data()};
  i2c_rdwr_ioctl_data transaction{.msgs = messages.data(), .nmsgs = count > 0 ? 2U : 1U};
  if (::ioctl(bus.get(), I2C_RDWR, &transaction) < 0) {
    bus_failed("transfer");
  }
  return read;
}

void I2cBus::wait(Microseconds pause) {
  pause_for(pause);
}

RegisterBus::Bytes SpiBus::transfer(const Bytes& out, std::size_t count) {
  const auto bus = open_bus(path_);
  std::uint8_t mode = SPI_MODE_3;
  Bytes written = out, read(out.size() + count);
  written.resize(read.size());
  spi_ioc_transfer transaction{};
  // The kernel takes addresses as numbers.
  transaction.tx_buf = reinterpret_cast<std::uintptr_t>(written.data());
  transaction.rx_buf = reinterpret_cast<std::uintptr_t>(read.data());
  transaction.len = static_cast<std::uint32_t>(read.size());
  transaction.speed_hz = hertz_;
  if (::ioctl(bus.get(), SPI_IOC_WR_MODE, &mode) < 0 ||
      ::ioctl(bus.get(), SPI_IOC_MESSAGE(1), &transaction) < 0) {
    bus_failed("transfer");
  }
  read.erase(read.begin(), read.begin() + static_cast<std::ptrdiff_t>(out.size()));
  return read;
}

void SpiBus::wait(Microseconds pause) {
  pause_for(pause);
}

}  // namespace fat
