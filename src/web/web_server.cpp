// The sockets, the threads, and what they share.
#include "fat/web/web_server.hpp"

#include <algorithm>
#include <atomic>
#include <deque>
#include <exception>
#include <iterator>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <fmt/format.h>
#include <netinet/tcp.h>

#include "fat/model/signals_away.hpp"
#include "fat/web/user_book.hpp"
#include "web/conversation.hpp"
#include "web/server_parts.hpp"
#include "web/tls.hpp"

namespace fat {

namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

constexpr std::size_t kHashers = 1;
constexpr std::size_t kMostHashes = 8;
constexpr std::chrono::milliseconds kPauseWithoutDescriptors{100};

/// Bytes of events that are handed to their listeners before these can take them.
constexpr std::size_t kMostHandedOn = 128 * 1024UL;

/// So long the server that ends waits for clients to take what they asked for.
constexpr std::chrono::milliseconds kFarewell{500};

/// Of what is published in a flood: so far apart its listeners hear the next.
constexpr std::chrono::milliseconds kPauseOfEvents{20};

asio::ip::address address_of(const WebSettings& settings) {
  error_code error;
  auto address = asio::ip::make_address(
      settings.address == "localhost" ? "127.0.0.1" : settings.address, error);
  if (error) {
    throw WebError{
        fmt::format("'{}' is no address to listen on; write a number such as 127.0.0.1 or [::1]",
                    settings.address)};
  }
  return address;
}

/// An address that others reach: names and passwords, and nobody who reads them on the way.
void check_exposure(const WebSettings& settings, const asio::ip::address& address, bool users) {
  if (settings.certificate.empty() != settings.key.empty()) {
    throw WebError{"[listen] needs both certificate and key, or none of them"};
  }
  if (address.is_loopback() || (users && !settings.certificate.empty())) {
    return;
  }
  throw WebError{fmt::format(
      "{} can be reached from other computers, so it needs {}{}{}. Or listen on 127.0.0.1 and come "
      "through a tunnel: ssh -L 8080:127.0.0.1:8080 STATION",
      address.to_string(),
      users ? "" : "users (`fatmaster user add NAME --role operator`)",
      users || !settings.certificate.empty() ? "" : " and ",
      settings.certificate.empty() ? "TLS (`certificate` and `key` of [listen] in station.ini)"
                                   : "")};
}

tcp::acceptor listening(asio::io_context& io,
                        const asio::ip::address& address,
                        std::uint16_t port) {
  error_code error;
  const tcp::endpoint place{address, port};
  tcp::acceptor acceptor{io};
  error = acceptor.open(place.protocol(), error);
  if (!error) {
    error = acceptor.set_option(tcp::acceptor::reuse_address{true}, error);
  }
  if (!error) {
    error = acceptor.bind(place, error);
  }
  if (!error) {
    error = acceptor.listen(asio::socket_base::max_listen_connections, error);
  }
  if (error) {
    throw WebError{fmt::format(
        "cannot listen on {} port {}: {}; another program may hold it: choose another port with "
        "`address` of [listen] in station.ini",
        address.to_string(),
        port,
        error.message())};
  }
  return acceptor;
}

void set_options(tcp::socket& socket, std::chrono::milliseconds write_time) {
  error_code ignored;
  // Small answers and events go at once, not when the client has acknowledged the one before.
  ignored = socket.set_option(tcp::no_delay{true}, ignored);
  // What a client does not read, the kernel keeps no longer than we would.
  const auto time = static_cast<unsigned>(write_time.count());
  ::setsockopt(socket.native_handle(), IPPROTO_TCP, TCP_USER_TIMEOUT, &time, sizeof time);
}

std::string url_of(const tcp::endpoint& place, bool tls) {
  const auto& address = place.address();
  return fmt::format("http{}://{}{}{}:{}",
                     tls ? "s" : "",
                     address.is_v6() ? "[" : "",
                     address.to_string(),
                     address.is_v6() ? "]" : "",
                     place.port());
}

}  // namespace

class WebServer::Impl {
 public:
  Impl(WebSettings settings, ApiSource& source, const Clock& clock)
      : settings_(std::move(settings)),
        address_(address_of(settings_)),
        source_(source),
        clock_(clock),
        page_(page_files()),
        access_(settings_, address_.is_loopback()),
        hub_(settings_.limits.backlog_bytes, [this] { rest(); }),
        connections_(settings_.limits.connections, settings_.limits.per_address),
        answers_(settings_.limits.workers, settings_.limits.waiting_answers),
        hashes_(kHashers, kMostHashes) {
    check_exposure(settings_, address_, access_.has_users());
    if (!settings_.certificate.empty()) {
      tls_.emplace(tls_of(settings_.certificate, settings_.key));
    }
    acceptor_ = listening(io_, address_, settings_.port);
    url_ = url_of(acceptor_.local_endpoint(), tls_.has_value());
    asio::co_spawn(io_, accept_all(), asio::detached);
    asio::co_spawn(io_, beat(), asio::detached);
    thread_ = std::thread{[this] { run(); }};
  }

  ~Impl() {
    asio::post(io_, [this] { leave(); });
    thread_.join();
    answers_.stop();  // what they still do for a client, they do to the end
    hashes_.stop();
  }

  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;

  const std::string& url() const { return url_; }

  /// Wakes the server's thread once, however many come before it has looked.
  void publish(std::vector<PublishedEvent> events) {
    const std::scoped_lock lock{published_mutex_};
    published_.insert(published_.end(),
                      std::make_move_iterator(events.begin()),
                      std::make_move_iterator(events.end()));
    call();
  }

  std::string make_link() {
    auto token = random_token();
    asio::post(io_, [this, token] { access_.add_link(token, clock_.now().boot); });
    return token;
  }

 private:
  /// Where memory was too short for one event, the next ones may find some.
  void run() {
    while (!io_.stopped()) {
      try {
        io_.run();
      } catch (const std::exception&) {
        continue;
      }
    }
  }

  /// REQUIRES: published_mutex_ is held.
  void call() {
    if (!published_.empty() && !is_called_) {
      asio::post(io_, [this] { hand_on(); });
      is_called_ = true;
    }
  }

  /// A few at a time: whoever hears them reads in between. False: that was all.
  bool hand_on() {
    std::vector<PublishedEvent> events;
    {
      const std::scoped_lock lock{published_mutex_};
      is_called_ = false;
      std::size_t bytes = 0;
      while (!published_.empty() && bytes < kMostHandedOn) {
        bytes += published_.front().text->size();
        events.push_back(std::move(published_.front()));
        published_.pop_front();
      }
      call();
    }
    hub_.publish(events);
    return !events.empty();
  }

  void rest() {
    resting_.expires_after(kPauseOfEvents);
    resting_.async_wait([this](error_code ended) {
      if (!ended) {
        hub_.rested();
      }
    });
  }

  void welcome(tcp::socket socket) {
    try {
      auto wire = make_wire(std::move(socket), tls_ ? &*tls_ : nullptr);
      asio::co_spawn(io_, converse(parts_, std::move(wire)), [this](const std::exception_ptr&) {
        one_has_left();
      });
    } catch (const std::exception&) {
      return;  // no memory for one more: that one is gone
    }
  }

  /// Who has asked gets the answer, who listens hears what was published, and nobody else stays.
  void leave() {
    error_code ignored;
    ignored = acceptor_.close(ignored);
    wait_for_clients();
    while (hand_on()) {
    }
    hub_.close();
    connections_.close();
    leaving_ = true;
    one_has_left();
  }

  /// Not for long, once all that they asked for is there.
  void wait_for_clients() {
    farewell_.expires_after(kFarewell);
    farewell_.async_wait([this](error_code ended) {
      if (!ended && answers_.idle() && hashes_.idle()) {
        io_.stop();
      } else if (!ended) {
        wait_for_clients();
      }
    });
  }

  void one_has_left() {
    if (leaving_ && connections_.count() == 0) {
      io_.stop();
    }
  }

  asio::awaitable<void> accept_all() {
    while (acceptor_.is_open()) {
      error_code error;
      auto socket =
          co_await acceptor_.async_accept(asio::redirect_error(asio::use_awaitable, error));
      if (!error) {
        set_options(socket, settings_.limits.write_time);
        welcome(std::move(socket));
        continue;
      }
      // Out of descriptors or the like: let others free some before the next try.
      asio::steady_timer pause{io_, kPauseWithoutDescriptors};
      co_await pause.async_wait(asio::redirect_error(asio::use_awaitable, error));
    }
  }

  asio::awaitable<void> beat() {
    asio::steady_timer timer{io_};
    for (;;) {
      error_code error;
      timer.expires_after(settings_.limits.beat);
      co_await timer.async_wait(asio::redirect_error(asio::use_awaitable, error));
      const auto now = fmt::format(R"({{"now":"{}"}})", to_iso_utc(clock_.now().wall));
      publish({to_published(
          {.name = "alive", .id = {}, .data = std::make_shared<const std::string>(now)})});
    }
  }

  // Destroyed from the last to the first: the coroutines that `io_` holds use what stands before
  // it.
  WebSettings settings_;
  asio::ip::address address_;
  ApiSource& source_;
  const Clock& clock_;
  Page page_;
  Access access_;
  EventHub hub_;
  OpenConnections connections_;
  std::optional<asio::ssl::context> tls_;
  asio::io_context io_{1};
  tcp::acceptor acceptor_{io_};
  bool leaving_ = false;
  asio::steady_timer resting_{io_}, farewell_{io_};
  std::mutex published_mutex_;
  std::deque<PublishedEvent> published_;  // guarded by published_mutex_
  bool is_called_ = false;                // hand_on; guarded by published_mutex_
  Workers answers_, hashes_;
  ServerParts parts_{.settings = settings_,
                     .source = source_,
                     .clock = clock_,
                     .page = page_,
                     .access = access_,
                     .hub = hub_,
                     .connections = connections_,
                     .answers = answers_,
                     .hashes = hashes_};
  std::string url_;
  std::thread thread_;
};

WebServer::WebServer(WebSettings settings, ApiSource& source, const Clock& clock)
    : settings_(std::move(settings)), source_(source), clock_(clock) {}

WebServer::~WebServer() {
  stop();
}

void WebServer::start() {
  const SignalsAway away;
  const std::scoped_lock lock{mutex_};
  impl_ = std::make_unique<Impl>(settings_, source_, clock_);
}

void WebServer::stop() {
  std::unique_ptr<Impl> impl;
  {
    const std::scoped_lock lock{mutex_};
    impl = std::move(impl_);
  }
}

std::string WebServer::url() const {
  const std::scoped_lock lock{mutex_};
  return impl_ ? impl_->url() : "";
}

std::string WebServer::make_link() {
  const std::scoped_lock lock{mutex_};
  return impl_ ? impl_->make_link() : "";
}

void WebServer::publish(StreamEvent event) {
  publish_all({std::move(event)});
}

void WebServer::publish_all(std::vector<StreamEvent> events) {
  std::vector<PublishedEvent> published;
  published.reserve(events.size());
  std::ranges::transform(events, std::back_inserter(published), to_published);
  const std::scoped_lock lock{mutex_};
  if (impl_) {
    impl_->publish(std::move(published));
  }
}

}  // namespace fat
