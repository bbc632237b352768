// One client's socket, plain or TLS.
#include "web/wire.hpp"

#include <type_traits>
#include <utility>

#include <boost/asio/buffer.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/stream_traits.hpp>
#include <boost/beast/core/tcp_stream.hpp>

namespace fat {

namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
using boost::system::error_code;
using TlsStream = asio::ssl::stream<beast::tcp_stream>;

std::string address_text(asio::ip::address address) {
  if (address.is_v6() && address.to_v6().is_v4_mapped()) {
    address = asio::ip::make_address_v4(asio::ip::v4_mapped, address.to_v6());
  }
  return address.to_string();
}

Peer peer_of(const asio::ip::tcp::socket& socket, bool tls) {
  error_code gone;
  const auto theirs = socket.remote_endpoint(gone);
  const auto ours = socket.local_endpoint(gone);
  return {
      .address = address_text(theirs.address()), .ours = address_text(ours.address()), .tls = tls};
}

template <typename Stream>
class StreamWire : public Wire {
 public:
  template <typename... More>
  explicit StreamWire(asio::ip::tcp::socket socket, More&... more)
      : peer_(peer_of(socket, kTls)), stream_(beast::tcp_stream{std::move(socket)}, more...) {}

  const Peer& peer() const override { return peer_; }

  void allow(std::chrono::milliseconds time) override { tcp().expires_after(time); }

  asio::awaitable<bool> open() override {
    if constexpr (kTls) {
      error_code error;
      co_await stream_.async_handshake(asio::ssl::stream_base::server,
                                       asio::redirect_error(asio::use_awaitable, error));
      co_return !error;
    }
    co_return true;
  }

  asio::awaitable<std::size_t> read(std::span<char> into) override {
    error_code error;
    const auto got = co_await stream_.async_read_some(
        asio::buffer(into.data(), into.size()), asio::redirect_error(asio::use_awaitable, error));
    co_return error ? 0 : got;
  }

  asio::awaitable<bool> write(std::vector<std::string_view> pieces) override {
    std::vector<asio::const_buffer> buffers;
    buffers.reserve(pieces.size());
    for (const auto piece : pieces) {
      buffers.emplace_back(piece.data(), piece.size());
    }
    error_code error;
    co_await asio::async_write(stream_, buffers, asio::redirect_error(asio::use_awaitable, error));
    co_return !error;
  }

  asio::awaitable<void> close() override {
    error_code error;
    if constexpr (kTls) {
      co_await stream_.async_shutdown(asio::redirect_error(asio::use_awaitable, error));
    }
    // The unread rest of a request that was refused would make the kernel throw away our answer.
    error = tcp().socket().shutdown(asio::ip::tcp::socket::shutdown_send, error);
    std::array<char, 4096> rest{};
    for (int i = 0; i < kMostRest && !error; ++i) {
      co_await tcp().async_read_some(asio::buffer(rest),
                                     asio::redirect_error(asio::use_awaitable, error));
    }
    drop();
  }

  void drop() override { tcp().close(); }

 private:
  static constexpr bool kTls = std::is_same_v<Stream, TlsStream>;
  static constexpr int kMostRest = 1024;  // pieces

  beast::tcp_stream& tcp() { return beast::get_lowest_layer(stream_); }

  Peer peer_;
  Stream stream_;
};

}  // namespace

std::unique_ptr<Wire> make_wire(asio::ip::tcp::socket socket, asio::ssl::context* tls) {
  if (tls != nullptr) {
    return std::make_unique<StreamWire<TlsStream>>(std::move(socket), *tls);
  }
  return std::make_unique<StreamWire<beast::tcp_stream>>(std::move(socket));
}

}  // namespace fat
