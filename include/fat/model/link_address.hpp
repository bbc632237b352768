// What `link = ...` of a device says -> where and how its wire is reached.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace fat {

/// What carries the bytes.
enum class LinkKind { Tcp, Serial, Prologix, ZeroMq, Command };

/// "tcp", "serial", "prologix", "zmq", "command".
std::string_view to_string(LinkKind kind);

enum class Parity { None, Even, Odd };

struct SerialSettings {
  int baud = 9600;
  int data_bits = 8;
  Parity parity = Parity::None;
  int stop_bits = 1;
  bool flow_control = false;  ///< RTS/CTS

  bool operator==(const SerialSettings&) const = default;
};

struct LinkAddress {
  LinkKind kind = LinkKind::Tcp;
  std::string host;                ///< of Tcp, Prologix, ZeroMq
  int port = 0;                    ///< of Tcp, Prologix, ZeroMq
  int gpib = 0;                    ///< of Prologix: the instrument's GPIB address, 0..30
  std::string path;                ///< of Serial: the device file
  SerialSettings serial;           ///< of Serial
  std::vector<std::string> words;  ///< of Command: program and arguments

  bool operator==(const LinkAddress&) const = default;
};

struct ParsedLink {
  std::optional<LinkAddress> address;
  std::string problem;  ///< without an address: what a right one looks like
};

/// "tcp HOST:PORT", "prologix HOST:PORT GPIB", "zmq HOST:PORT", "serial FILE [BAUD] [8N1]
/// [rtscts]", "command PROGRAM ARGUMENT...".
ParsedLink parse_link(std::string_view text);

/// As it would be written in station.ini.
std::string to_text(const LinkAddress& address);

}  // namespace fat
