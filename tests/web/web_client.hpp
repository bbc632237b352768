// A client that sends exactly the bytes it is told to, and waits for what comes back.
#pragma once

#include <array>
#include <cstring>
#include <map>
#include <stdexcept>
#include <string>
#include <string_view>

#include <arpa/inet.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>

#include "fakes/patience.hpp"
#include "fat/model/owned_fd.hpp"

namespace fat {

struct WebReply {
  int status = 0;
  std::map<std::string, std::string> fields;  ///< names as they came
  std::string body;
};

class WebClient {
 public:
  /// Connects. Throws when nobody listens.
  explicit WebClient(std::uint16_t port)
      : port_(port), socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    const auto* const generic = reinterpret_cast<const sockaddr*>(&address);
    if (::connect(socket_.get(), generic, sizeof address) != 0) {
      throw std::runtime_error{"nobody listens"};
    }
  }

  void send(std::string_view bytes) {
    while (!bytes.empty()) {
      const auto sent = ::send(socket_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (sent < 0) {
        return;  // it was closed: what it said is read next
      }
      bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
  }

  /// A request as a well-behaved client writes it. `fields`: whole lines.
  void request(std::string_view method,
               std::string_view target,
               std::string_view fields = {},
               std::string_view body = {}) {
    const auto length =
        body.empty() ? std::string{} : fmt::format("Content-Length: {}\r\n", body.size());
    send(fmt::format("{} {} HTTP/1.1\r\nHost: 127.0.0.1:{}\r\n{}{}\r\n{}",
                     method,
                     target,
                     port_,
                     fields,
                     length,
                     body));
  }

  /// What a page of this server would send.
  void act(std::string_view method,
           std::string_view target,
           std::string_view body,
           std::string_view fields = {}) {
    request(
        method,
        target,
        fmt::format(
            "Origin: http://127.0.0.1:{}\r\nContent-Type: application/json\r\n{}", port_, fields),
        body);
  }

  /// Reads up to and with `end`. Throws when the server closes or says nothing.
  std::string read_until(std::string_view end) {
    std::size_t at = 0;
    while ((at = bytes_.find(end)) == std::string::npos) {
      if (!read_more()) {
        throw std::runtime_error{"closed after: " + bytes_};
      }
    }
    auto text = bytes_.substr(0, at + end.size());
    bytes_.erase(0, text.size());
    return text;
  }

  std::string read_exactly(std::size_t length) {
    while (bytes_.size() < length) {
      if (!read_more()) {
        throw std::runtime_error{"closed after: " + bytes_};
      }
    }
    auto text = bytes_.substr(0, length);
    bytes_.erase(0, length);
    return text;
  }

  enum class Body { Expected, None };

  WebReply reply(Body body = Body::Expected) {
    WebReply reply;
    const auto header = read_until("\r\n\r\n");
    reply.status = std::stoi(header.substr(9, 3));
    for (auto at = header.find("\r\n") + 2; at + 2 < header.size();) {
      const auto end = header.find("\r\n", at);
      const auto line = header.substr(at, end - at);
      const auto colon = line.find(": ");
      reply.fields[line.substr(0, colon)] = line.substr(colon + 2);
      at = end + 2;
    }
    if (body == Body::Expected && reply.fields.contains("Content-Length")) {
      reply.body = read_exactly(std::stoul(reply.fields["Content-Length"]));
    }
    return reply;
  }

  /// Everything until the server closes.
  std::string read_to_end() {
    while (read_more()) {
    }
    return std::exchange(bytes_, {});
  }

  void end_sending() { ::shutdown(socket_.get(), SHUT_WR); }

  int descriptor() const { return socket_.get(); }

 private:
  /// False: the server has closed.
  bool read_more() {
    pollfd ready{.fd = socket_.get(), .events = POLLIN, .revents = 0};
    const auto patience = std::chrono::duration_cast<std::chrono::milliseconds>(kPatience);
    if (::poll(&ready, 1, static_cast<int>(patience.count())) != 1) {
      throw std::runtime_error{"the server says nothing after: " + bytes_};
    }
    std::array<char, 65536> piece{};
    const auto got = ::recv(socket_.get(), piece.data(), piece.size(), 0);
    if (got <= 0) {
      return false;
    }
    bytes_.append(piece.data(), static_cast<std::size_t>(got));
    return true;
  }

  std::uint16_t port_;
  OwnedFd socket_;
  std::string bytes_;
};

}  // namespace fat
