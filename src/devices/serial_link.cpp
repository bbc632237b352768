// A serial line's file and settings -> bytes sent and received.
#include "devices/serial_link.hpp"

#include <array>
#include <cerrno>
#include <filesystem>

#include <asm/ioctls.h>
#include <asm/termbits.h>  // with termios2, which knows any baud rate; the C library's header does not
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/ioctl.h>

#include "devices/descriptor_io.hpp"

namespace fat {
namespace {

/// "" or what is wrong.
std::string configure(int line, const SerialSettings& wanted) {
  termios2 settings{};
  if (::ioctl(line, TCGETS2, &settings) != 0) {
    return "is not a serial line: " + error_text(errno);
  }
  constexpr std::array<unsigned, 4> sizes{CS5, CS6, CS7, CS8};
  // With a parity, a byte whose parity is wrong is read as 0: no form of reply has one.
  settings.c_iflag = wanted.parity == Parity::None ? 0U : INPCK;
  settings.c_oflag = 0;
  settings.c_lflag = 0;
  settings.c_cflag = BOTHER | (static_cast<unsigned>(BOTHER) << IBSHIFT) | CREAD | CLOCAL |
                     sizes.at(static_cast<std::size_t>(wanted.data_bits - 5)) |
                     (wanted.parity == Parity::None ? 0U : PARENB) |
                     (wanted.parity == Parity::Odd ? PARODD : 0U) |
                     (wanted.stop_bits == 2 ? CSTOPB : 0U) | (wanted.flow_control ? CRTSCTS : 0U);
  settings.c_ispeed = settings.c_ospeed = static_cast<unsigned>(wanted.baud);
  settings.c_cc[VMIN] = 1;
  settings.c_cc[VTIME] = 0;
  if (::ioctl(line, TCSETS2, &settings) != 0) {
    return "does not take its settings: " + error_text(errno);
  }
  // Drivers take what they cannot do without a word.
  if (::ioctl(line, TCGETS2, &settings) != 0 ||
      settings.c_ospeed != static_cast<unsigned>(wanted.baud)) {
    return fmt::format("cannot do {} baud", wanted.baud);
  }
  ::ioctl(line, TCFLSH, TCIOFLUSH);
  return {};
}

}  // namespace

std::string SerialLink::wire() const {
  std::error_code ignored;
  const auto real = std::filesystem::weakly_canonical(path_, ignored);
  return real.empty() ? path_ : real.string();
}

Exchange SerialLink::open(Microseconds /*timeout*/) {
  line_ = OwnedFd{::open(path_.c_str(), O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC)};
  if (!line_) {
    return link_failure(DeviceFault::Unreachable, error_text(errno));
  }
  if (const auto problem = configure(line_.get(), settings_); !problem.empty()) {
    line_.reset();
    return link_failure(DeviceFault::Unreachable, problem);
  }
  return {};
}

Exchange SerialLink::send(std::string_view bytes, Microseconds timeout) {
  return send_bytes(line_.get(), bytes, timeout);
}

Exchange SerialLink::receive(Microseconds timeout) {
  return receive_bytes(line_.get(), timeout, wait_);
}

}  // namespace fat
