// A chip on an I2C or SPI bus of this computer -> bytes written to it and read from it.
#include "devices/register_bus.hpp"

#include <array>
#include <cerrno>
#include <charconv>
#include <string_view>
#include <system_error>

#include <fcntl.h>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <linux/i2c-dev.h>
#include <linux/i2c.h>
#include <linux/spi/spidev.h>
#include <poll.h>
#include <sys/ioctl.h>

#include "fat/model/owned_fd.hpp"
#include "fat/model/quantity.hpp"

namespace fat {
namespace {

[[noreturn]] void bus_failed(const std::string& what) {
  throw std::system_error{errno, std::generic_category(), what};
}

constexpr std::size_t kLongestReply = 4096;

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

std::string TcpBus::ask(const std::string& line) {
  const auto failed = [this] {
    connected_ = false;
    link_.close();
    return std::system_error{EIO, std::generic_category(), "transfer"};
  };
  if (!connected_ && link_.open(patience_).fault) {
    throw failed();
  }
  connected_ = true;
  if (link_.send(line + "\n", patience_).fault) {
    throw failed();
  }
  std::string reply;
  while (!reply.ends_with('\n')) {
    const auto more = link_.receive(patience_);
    reply += more.received;
    if (more.fault || reply.size() > kLongestReply) {
      throw failed();
    }
  }
  reply.pop_back();
  return reply;
}

RegisterBus::Bytes TcpBus::transfer(const Bytes& out, std::size_t count) {
  const auto reply = ask(fmt::format("{:02x} {}", fmt::join(out, ""), count));
  const auto text = std::string_view{reply};
  if (text.starts_with('!')) {
    const auto error = parse_integer(text.substr(1));
    throw std::system_error{
        static_cast<int>(error.value_or(EIO)), std::generic_category(), "transfer"};
  }
  Bytes read(count);
  bool whole = text.size() == 2 * count;
  for (std::size_t place = 0; whole && place < count; ++place) {
    const auto* const first = text.data() + (2 * place);
    whole = std::from_chars(first, first + 2, read[place], 16).ptr == first + 2;
  }
  if (!whole) {
    throw std::system_error{EPROTO, std::generic_category(), "transfer"};
  }
  return read;
}

void TcpBus::wait(Microseconds pause) {
  pause_for(pause);
}

}  // namespace fat
