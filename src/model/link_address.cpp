// Text of a link <-> where and how a wire is reached.
#include "fat/model/link_address.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include <fmt/format.h>

#include "fat/model/command_line.hpp"
#include "fat/model/quantity.hpp"
#include "fat/model/suggestion.hpp"

namespace fat {
namespace {

constexpr std::array kKinds{
    LinkKind::Tcp, LinkKind::Serial, LinkKind::Prologix, LinkKind::ZeroMq, LinkKind::Command};
constexpr long long kMostBaud = 4'000'000;

ParsedLink wrong(std::string problem) {
  return {.address = std::nullopt, .problem = std::move(problem)};
}

/// "HOST:PORT" into the address; "" or what is wrong.
std::string read_host_and_port(const std::string& text, LinkAddress& address) {
  const auto colon = text.rfind(':');
  const auto port = colon == std::string::npos
                        ? std::nullopt
                        : parse_integer(std::string_view{text}.substr(colon + 1));
  if (!port || *port < 1 || *port > 65535 || colon == 0) {
    return fmt::format("'{}' is not HOST:PORT, such as 10.0.0.5:5025", text);
  }
  address.host = text.substr(0, colon);
  address.port = static_cast<int>(*port);
  return {};
}

/// "8N1": data bits, parity, stop bits.
bool read_frame(std::string_view word, SerialSettings& serial) {
  constexpr std::string_view parities = "NEO";
  const auto parity = word.size() == 3 ? parities.find(word[1]) : std::string_view::npos;
  if (parity == std::string_view::npos || word[0] < '5' || word[0] > '8' ||
      (word[2] != '1' && word[2] != '2')) {
    return false;
  }
  serial.data_bits = word[0] - '0';
  serial.parity = std::array{Parity::None, Parity::Even, Parity::Odd}.at(parity);
  serial.stop_bits = word[2] - '0';
  return true;
}

ParsedLink read_serial(const std::vector<std::string>& words) {
  if (words.size() < 2) {
    return wrong(
        "a serial link names its file, such as serial /dev/serial/by-id/usb-FTDI 9600 8N1");
  }
  LinkAddress address{.kind = LinkKind::Serial, .path = words[1]};
  for (std::size_t i = 2; i < words.size(); ++i) {
    const auto baud = parse_integer(words[i]);
    if (baud && *baud >= 50 && *baud <= kMostBaud) {
      address.serial.baud = static_cast<int>(*baud);
    } else if (words[i] == "rtscts") {
      address.serial.flow_control = true;
    } else if (!read_frame(words[i], address.serial)) {
      return wrong(fmt::format(
          "'{}' is neither a baud rate nor a frame such as 8N1 or 7E1 nor rtscts", words[i]));
    }
  }
  return {.address = std::move(address), .problem = {}};
}

ParsedLink read_network(LinkKind kind, const std::vector<std::string>& words) {
  LinkAddress address{.kind = kind};
  const bool gpib = kind == LinkKind::Prologix;
  if (words.size() != (gpib ? 3U : 2U)) {
    return wrong(
        gpib
            ? "a Prologix link is HOST:PORT and the GPIB address, such as prologix 10.0.0.5:1234 10"
            : fmt::format("a {0} link is {0} HOST:PORT", to_string(kind)));
  }
  if (auto problem = read_host_and_port(words[1], address); !problem.empty()) {
    return wrong(std::move(problem));
  }
  if (gpib) {
    const auto number = parse_integer(words[2]);
    if (!number || *number < 0 || *number > 30) {
      return wrong(fmt::format("'{}' is not a GPIB address from 0 to 30", words[2]));
    }
    address.gpib = static_cast<int>(*number);
  }
  return {.address = std::move(address), .problem = {}};
}

}  // namespace

std::string_view to_string(LinkKind kind) {
  switch (kind) {
    case LinkKind::Tcp:
      return "tcp";
    case LinkKind::Serial:
      return "serial";
    case LinkKind::Prologix:
      return "prologix";
    case LinkKind::ZeroMq:
      return "zmq";
    case LinkKind::Command:
      return "command";
  }
  return "";
}

ParsedLink parse_link(std::string_view text) {
  auto [words, problem] = split_command(text);
  if (!problem.empty()) {
    return wrong(std::move(problem));
  }
  const auto* const kind =
      std::ranges::find_if(kKinds, [&](LinkKind one) { return words.front() == to_string(one); });
  if (kind == kKinds.end()) {
    std::vector<std::string> known;
    std::ranges::transform(kKinds, std::back_inserter(known), [](LinkKind one) {
      return std::string{to_string(one)};
    });
    return wrong(
        fmt::format("a link begins with tcp, serial, prologix, zmq or command, not with '{}'{}",
                    words.front(),
                    did_you_mean(words.front(), known)));
  }
  switch (*kind) {
    case LinkKind::Serial:
      return read_serial(words);
    case LinkKind::Command:
      words.erase(words.begin());
      return words.empty() ? wrong("a command link names its program")
                           : ParsedLink{LinkAddress{.kind = *kind, .words = std::move(words)}, {}};
    case LinkKind::Tcp:
    case LinkKind::Prologix:
    case LinkKind::ZeroMq:
      break;
  }
  return read_network(*kind, words);
}

std::string to_text(const LinkAddress& address) {
  switch (address.kind) {
    case LinkKind::Tcp:
    case LinkKind::ZeroMq:
      return fmt::format("{} {}:{}", to_string(address.kind), address.host, address.port);
    case LinkKind::Prologix:
      return fmt::format("prologix {}:{} {}", address.host, address.port, address.gpib);
    case LinkKind::Serial:
      return fmt::format("{} {} {}{}{}{}",
                         join_command({"serial", address.path}),
                         address.serial.baud,
                         address.serial.data_bits,
                         std::string_view{"NEO"}[static_cast<std::size_t>(address.serial.parity)],
                         address.serial.stop_bits,
                         address.serial.flow_control ? " rtscts" : "");
    case LinkKind::Command:
      return "command " + join_command(address.words);
  }
  return {};
}

}  // namespace fat
