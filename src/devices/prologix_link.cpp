// A Prologix GPIB-Ethernet controller and a GPIB address -> bytes to the instrument and back.
#include "devices/prologix_link.hpp"

#include <fmt/format.h>

namespace fat {
namespace {

constexpr char kEscape = '\x1b';

/// CR, LF, ESC and + reach the instrument only behind an escape character; the line's own end does
/// not.
std::string escaped_for_controller(std::string_view line) {
  std::string result;
  for (const char byte : line) {
    if (byte == '\r' || byte == '\n' || byte == kEscape || byte == '+') {
      result += kEscape;
    }
    result += byte;
  }
  return result + "\n";
}

}  // namespace

Exchange PrologixLink::open(Microseconds timeout) {
  auto result = controller_.open(timeout);
  // Controller mode; talk only when told; 3 s is the longest it can wait; nothing is added to
  // lines.
  const auto setup =
      fmt::format("++mode 1\n++auto 0\n++read_tmo_ms 3000\n++eos 3\n++addr {}\n", gpib_);
  return result.fault ? result : controller_.send(setup, timeout);
}

Exchange PrologixLink::send(std::string_view bytes, Microseconds timeout) {
  if (bytes.ends_with('\n')) {
    bytes.remove_suffix(1);
  }
  return controller_.send(escaped_for_controller(bytes), timeout);
}

Exchange PrologixLink::request_reply(Microseconds timeout) {
  return controller_.send("++read eoi\n", timeout);
}

std::optional<Exchange> PrologixLink::free_panel(Microseconds timeout) {
  return controller_.send("++loc\n", timeout);
}

Exchange PrologixLink::receive(Microseconds timeout) {
  return controller_.receive(timeout);
}

}  // namespace fat
