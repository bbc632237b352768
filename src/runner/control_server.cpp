#include "fat/runner/control_server.hpp"

#include <chrono>
#include <cstdlib>
#include <exception>
#include <optional>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core/basic_stream.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>
#include <fmt/format.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

namespace fat {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using Socket = asio::local::stream_protocol;
using Stream = beast::basic_stream<Socket>;

struct ControlServer::State {
  State(asio::io_context& loop,
        std::filesystem::path path,
        ControlHandler answer,
        std::chrono::milliseconds wait)
      : acceptor(loop), socket(std::move(path)), handler(std::move(answer)), patience(wait) {}

  Socket::acceptor acceptor;
  std::filesystem::path socket;
  ControlHandler handler;
  std::chrono::milliseconds patience;
  int connections = 0;
  std::function<void()> idle;  ///< set: no further connection is taken
};

namespace {

/// Counts a connection from the moment it was accepted until its coroutine ends, however it does.
template <typename State>
class Connection {
 public:
  explicit Connection(std::shared_ptr<State> state) : state_(std::move(state)) {
    ++state_->connections;
  }

  Connection(Connection&& other) noexcept = default;  // moved from: no state

  ~Connection() {
    if (state_ && --state_->connections == 0 && state_->idle) {
      state_->idle();
    }
  }

  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;
  Connection& operator=(Connection&&) = delete;

  State& state() const { return *state_; }

 private:
  std::shared_ptr<State> state_;  ///< shared with the server and the other connections
};

constexpr std::size_t kBodyLimit = 1U << 20U;

uid_t peer_uid(const Socket::socket& socket) {
  ucred credentials{};
  socklen_t size = sizeof credentials;
  const auto handle = const_cast<Socket::socket&>(socket).native_handle();
  if (getsockopt(handle, SOL_SOCKET, SO_PEERCRED, &credentials, &size) != 0) {
    return static_cast<uid_t>(-1);
  }
  return credentials.uid;
}

http::response<http::string_body> to_response(const ControlAnswer& answer, unsigned version) {
  http::response<http::string_body> response{static_cast<http::status>(answer.status), version};
  response.set(http::field::content_type, "application/json");
  response.set(http::field::cache_control, "no-store");
  response.keep_alive(false);
  response.body() = answer.body;
  response.prepare_payload();
  return response;
}

/// What is said to a request that cannot be read; nullopt: there is nobody left to say it to.
std::optional<ControlAnswer> refusal(const boost::system::error_code& error) {
  if (error == http::error::body_limit) {
    return ControlAnswer{.status = 413, .body = R"({"text":"the request is too long"})"};
  }
  const bool unread = error.category() == http::make_error_code(http::error::bad_method).category();
  if (!unread || error == http::error::end_of_stream || error == http::error::partial_message) {
    return std::nullopt;
  }
  return ControlAnswer{.status = 400, .body = R"({"text":"the request is not HTTP"})"};
}

// Our own bug behind an answer must end the engine, as anywhere else.
void pass_on_bug(const std::exception_ptr& bug) {
  if (bug) {
    std::rethrow_exception(bug);
  }
}

}  // namespace

// A free coroutine on the state: it must not touch the server object, which may be gone.
template <typename State>
asio::awaitable<void> serve_one(Connection<State> connection, Socket::socket socket) {
  const uid_t uid = peer_uid(socket);
  Stream stream{std::move(socket)};
  beast::flat_buffer buffer;
  http::request_parser<http::string_body> parser;
  parser.body_limit(kBodyLimit);
  boost::system::error_code error;
  stream.expires_after(connection.state().patience);
  co_await http::async_read(
      stream, buffer, parser, asio::redirect_error(asio::use_awaitable, error));
  auto answer = refusal(error);
  if (error && !answer) {
    co_return;
  }
  const auto& request = parser.get();
  if (!answer) {
    answer = connection.state().handler({.method = std::string{request.method_string()},
                                         .path = std::string{request.target()},
                                         .body = request.body(),
                                         .uid = uid});
  }
  const auto response = to_response(*answer, error ? 11 : request.version());
  stream.expires_after(connection.state().patience);
  co_await http::async_write(stream, response, asio::redirect_error(asio::use_awaitable, error));
  error = stream.socket().shutdown(Socket::socket::shutdown_both, error);
}

template <typename State>
asio::awaitable<void> accept_all(std::shared_ptr<State> state) {
  while (state->acceptor.is_open()) {
    boost::system::error_code error;
    auto socket =
        co_await state->acceptor.async_accept(asio::redirect_error(asio::use_awaitable, error));
    if (error) {
      if (error == asio::error::operation_aborted || error == asio::error::bad_descriptor) {
        co_return;
      }
      // Out of descriptors or the like: let others free some before the next try.
      asio::steady_timer pause{state->acceptor.get_executor(), std::chrono::milliseconds{100}};
      co_await pause.async_wait(asio::redirect_error(asio::use_awaitable, error));
      continue;
    }
    asio::co_spawn(state->acceptor.get_executor(),
                   serve_one(Connection<State>{state}, std::move(socket)),
                   pass_on_bug);
  }
}

ControlServer::ControlServer(asio::io_context& loop,
                             std::filesystem::path socket,
                             bool shared,
                             ControlHandler handler,
                             std::chrono::milliseconds patience)
    : state_(std::make_shared<State>(loop, std::move(socket), std::move(handler), patience)) {
  std::filesystem::remove(state_->socket);
  auto& acceptor = state_->acceptor;
  acceptor.open(Socket{});
  const mode_t before = umask(shared ? 0117 : 0177);
  boost::system::error_code error;
  error = acceptor.bind(Socket::endpoint{state_->socket.string()}, error);
  umask(before);
  if (error) {
    throw std::system_error{
        error.value(),
        std::generic_category(),
        fmt::format("cannot create the control socket {}", state_->socket.string())};
  }
  acceptor.listen();
  asio::co_spawn(loop, accept_all(state_), pass_on_bug);
}

void ControlServer::finish(std::function<void()> idle) {
  boost::system::error_code ignored;
  ignored = state_->acceptor.close(ignored);
  if (state_->connections == 0) {
    idle();
    return;
  }
  state_->idle = std::move(idle);
}

ControlServer::~ControlServer() {
  state_->idle = nullptr;
  boost::system::error_code ignored;
  ignored = state_->acceptor.close(ignored);
  std::error_code also_ignored;
  std::filesystem::remove(state_->socket, also_ignored);
}

std::filesystem::path control_socket_path(const std::filesystem::path& state_folder,
                                          const std::string& name) {
  auto path = state_folder / (name + ".sock");
  if (path.string().size() < sizeof(sockaddr_un::sun_path)) {
    return path;
  }
  const char* runtime = std::getenv("XDG_RUNTIME_DIR");
  const auto base = runtime != nullptr && *runtime != '\0'
                        ? std::filesystem::path{runtime}
                        : std::filesystem::path{fmt::format("/tmp/fatmaster-{}", getuid())};
  if (mkdir(base.c_str(), 0700) != 0 && errno != EEXIST) {
    throw std::system_error{errno, std::generic_category(), "cannot create " + base.string()};
  }
  return base /
         fmt::format("{}-{:016x}.sock", name, std::hash<std::string>{}(state_folder.string()));
}

}  // namespace fat
