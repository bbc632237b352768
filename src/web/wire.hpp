// One client's socket, plain or TLS: bytes in, bytes out, each within its time.
#pragma once

#include <chrono>
#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/tcp.hpp>

namespace boost::asio::ssl {
class context;  // NOLINT(readability-identifier-naming): of the library
}

namespace fat {

/// Where the client is, and which address of ours it came to.
struct Peer {
  std::string address;  ///< "127.0.0.1", "::1"
  std::string ours;
  bool tls = false;
};

/// Implementations: plain TCP and TLS, in wire.cpp. Used by one thread. The object outlives its
/// coroutines.
class Wire {
 public:
  Wire() = default;
  virtual ~Wire() = default;
  Wire(const Wire&) = delete;
  Wire& operator=(const Wire&) = delete;

  virtual const Peer& peer() const = 0;

  /// What follows, all together, has so much time; then the client is gone.
  virtual void allow(std::chrono::milliseconds time) = 0;

  /// Agrees on keys. False: gone.
  virtual boost::asio::awaitable<bool> open() = 0;

  /// Some bytes. 0: gone.
  virtual boost::asio::awaitable<std::size_t> read(std::span<char> into) = 0;

  /// All of them. False: gone. The bytes stay where they are until then.
  virtual boost::asio::awaitable<bool> write(std::vector<std::string_view> pieces) = 0;

  /// Says goodbye, and lets the client read what was sent before.
  virtual boost::asio::awaitable<void> close() = 0;

  /// Ends it at once; whoever waits for it is told that the client is gone.
  virtual void drop() = 0;
};

/// `tls`: nullptr: plain.
std::unique_ptr<Wire> make_wire(boost::asio::ip::tcp::socket socket,
                                boost::asio::ssl::context* tls);

}  // namespace fat
