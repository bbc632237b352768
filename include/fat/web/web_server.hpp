// Requests of browsers and scripts over HTTP -> answers of an ApiSource, the page, and the stream
// of events.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <mutex>
#include <stdexcept>
#include <string>
#include <vector>

#include "fat/ports/clock.hpp"
#include "fat/web/api.hpp"

namespace fat {

/// What one client, or all of them, may take. Tests make the times short.
struct WebLimits {
  std::size_t header_bytes = 16 * 1024UL;
  std::size_t body_bytes = 1024 * 1024UL;
  std::chrono::milliseconds request_time = std::chrono::seconds{30};  ///< first byte to last
  std::chrono::milliseconds idle_time = std::chrono::seconds{60};     ///< before a first byte
  std::chrono::milliseconds write_time = std::chrono::seconds{30};    ///< of one piece of an answer
  std::chrono::milliseconds beat = std::chrono::seconds{5};           ///< of the stream
  std::size_t connections = 600;  ///< one more: the one that is idle for longest is closed
  std::size_t per_address = 500;
  std::size_t listeners = 400;                  ///< of the stream
  std::size_t backlog_bytes = 1024 * 1024UL;    ///< of a listener that does not read: then dropped
  std::size_t workers = 4;                      ///< threads that ask the ApiSource
  std::size_t waiting_answers = 100;            ///< more are refused with 503
  std::size_t login_tries = 5;                  ///< wrong ones of a user; then later each time
  std::size_t address_login_tries = 30;         ///< the same of an address
  std::chrono::seconds longest_login_wait{60};  ///< between two tries of a user
};

struct WebSettings {
  std::string address = "127.0.0.1";  ///< a number such as "::1", or "localhost"
  std::uint16_t port = 8080;          ///< 0: the kernel chooses
  std::vector<std::string> names;     ///< host names, beside loopback's, that browsers may use
  std::filesystem::path certificate;  ///< PEM, with its chain; empty: no TLS
  std::filesystem::path key;          ///< PEM
  std::filesystem::path users;        ///< as `UserBook` writes it; empty or absent: no users
  std::chrono::seconds session_length = std::chrono::hours{12};
  WebLimits limits;
};

/// The server cannot be started as it is configured. The text says what to do.
class WebError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// One thread for all sockets, a few that ask the ApiSource; nothing is thrown out of any of them.
/// What is published before `start` or after `stop` reaches nobody.
class WebServer : public EventFeed {
 public:
  /// Listens to nobody yet. `source` and `clock` outlive this object.
  WebServer(WebSettings settings, ApiSource& source, const Clock& clock);
  /// As `stop`.
  ~WebServer() override;
  WebServer(const WebServer&) = delete;
  WebServer& operator=(const WebServer&) = delete;

  /// Listens when this returns. Once only. Throws WebError: the address is taken or not of this
  /// machine; certificate, key or users cannot be used; an address that others reach has no users
  /// or no TLS.
  void start();

  /// Closes every connection: who has asked gets its answer, who listens hears what was published,
  /// unless they are slow to take it. Waits for those answers of the ApiSource that are under way.
  /// May be called twice.
  void stop();

  /// "http://127.0.0.1:8080", with the port that the kernel chose. Empty before `start`.
  std::string url() const;

  /// A token for `URL/#link=TOKEN`: whoever opens that address first acts as an expert. Good once,
  /// for an hour, and only as long as there are no users. Call after `start`; safe from any thread.
  std::string make_link();

  /// Of "run" events it learns which run the journal and status events behind them belong to:
  /// whoever listens to an older run does not get these.
  void publish(StreamEvent event) override;
  void publish_all(std::vector<StreamEvent> events) override;

 private:
  class Impl;
  WebSettings settings_;
  ApiSource& source_;
  const Clock& clock_;
  mutable std::mutex mutex_;
  std::unique_ptr<Impl> impl_;  ///< while it listens; guarded by mutex_
};

}  // namespace fat
