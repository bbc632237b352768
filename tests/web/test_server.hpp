// A server on a port that the kernel chose, with a scripted source behind it and the time in the
// test's hand.
#pragma once

#include <atomic>
#include <string>
#include <utility>

#include "fakes/manual_clock.hpp"
#include "fat/web/web_server.hpp"
#include "web/scripted_source.hpp"
#include "web/web_client.hpp"

namespace fat {

/// A manual clock that the server's thread may read while the test moves it.
class SharedClock : public Clock {
 public:
  Instant now() const override {
    ManualClock clock;
    clock.advance(Microseconds{passed_.load()});
    return clock.now();
  }

  void advance(Microseconds by) { passed_ += by.count(); }

 private:
  std::atomic<Microseconds::rep> passed_{0};
};

inline WebSettings on_any_port(WebSettings settings = {}) {
  settings.port = 0;
  return settings;
}

struct TestServer {
  explicit TestServer(WebSettings settings = {})
      : server(on_any_port(std::move(settings)), source, clock) {
    server.start();
  }

  std::uint16_t port() const {
    const auto url = server.url();
    return static_cast<std::uint16_t>(std::stoul(url.substr(url.rfind(':') + 1)));
  }

  WebClient client() const { return WebClient{port()}; }

  /// One request of a client of its own.
  WebReply get(std::string_view target, std::string_view fields = {}) const {
    auto one = client();
    one.request("GET", target, fields);
    return one.reply();
  }

  WebReply act(std::string_view method,
               std::string_view target,
               std::string_view body,
               std::string_view fields = {}) const {
    auto one = client();
    one.act(method, target, body, fields);
    return one.reply();
  }

  /// "Cookie: ...\r\n" of somebody who came by the one-time link.
  std::string expert_cookie() {
    return cookie_line(
        act("POST", "/api/v1/session", R"({"link":")" + server.make_link() + R"("})"));
  }

  static std::string cookie_line(const WebReply& reply) {
    const auto cookie = reply.fields.at("Set-Cookie");
    return "Cookie: " + cookie.substr(0, cookie.find(';')) + "\r\n";
  }

  ScriptedSource source;
  SharedClock clock;
  WebServer server;
};

}  // namespace fat
