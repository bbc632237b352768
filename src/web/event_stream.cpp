// A listener that was let in -> everything that changes.
#include "web/event_stream.hpp"

#include <exception>
#include <utility>

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace fat {

namespace {

namespace asio = boost::asio;

constexpr std::size_t kTextsAtOnce = 64;

/// What a listener hears before anything that is published.
struct Beginning {
  bool worked = false;
  std::optional<std::uint64_t> id;   ///< the last that is told here
  std::optional<std::uint64_t> run;  ///< the newest
  std::vector<SharedText> texts;
};

/// Asked of the source by a worker: what is published meanwhile waits at the listener. So an event
/// is here or there, or in both with the same id.
Beginning beginning_of(ApiSource& source, const StreamRequest& stream) {
  try {
    const auto hello = source.hello(stream.after);
    Beginning beginning{.worked = true,
                        .id = event_number(hello.id),
                        .run = run_named_in(hello.data ? *hello.data : std::string{}),
                        .texts = {event_text(hello)}};
    const bool newest = !stream.run || stream.run == beginning.run;
    if (!stream.after || !newest) {
      return beginning;
    }
    const auto missed = source.missed(*stream.after);
    if (!missed) {
      beginning.texts.push_back(event_text({.name = "reload", .id = {}, .data = nullptr}));
      return beginning;
    }
    for (const auto& event : *missed) {
      beginning.id = std::max(beginning.id, event_number(event.id));
      beginning.texts.push_back(event_text(event));
    }
    return beginning;
  } catch (const std::exception&) {
    return {};
  }
}

asio::awaitable<bool> send_texts(ServerParts& server,
                                 Wire& wire,
                                 const std::vector<SharedText>& texts) {
  for (std::size_t first = 0; first < texts.size(); first += kTextsAtOnce) {
    std::vector<std::string_view> pieces;
    for (auto i = first; i < std::min(first + kTextsAtOnce, texts.size()); ++i) {
      pieces.emplace_back(*texts[i]);
    }
    wire.allow(server.settings.limits.write_time);
    const bool sent = co_await wire.write(std::move(pieces));
    if (!sent) {
      co_return false;
    }
  }
  co_return true;
}

asio::awaitable<void> refuse(ServerParts& server, Wire& wire, int status, std::string_view text) {
  auto response = said(status, text);
  response.fields["Retry-After"] = "2";
  auto bytes = header_text(response, response.body.size(), AfterAnswer::Close) + response.body;
  wire.allow(server.settings.limits.write_time);
  std::vector<std::string_view> pieces{bytes};
  co_await wire.write(std::move(pieces));
}

std::string stream_header() {
  Response response;
  response.fields["Content-Type"] = "text/event-stream";
  response.fields["X-Accel-Buffering"] = "no";
  return header_text(response, std::nullopt, AfterAnswer::Close);
}

/// What is published, as it comes.
asio::awaitable<void> send_published(ServerParts& server,
                                     Wire& wire,
                                     Listener& listener,
                                     asio::steady_timer& news,
                                     const Caller& caller) {
  bool sent = true;
  while (sent && !listener.over() && server.access.still(caller, server.clock.now().boot)) {
    const auto texts = listener.take(kTextsAtOnce);
    if (!texts.empty()) {
      sent = co_await send_texts(server, wire, texts);
      continue;
    }
    if (server.hub.closed()) {
      co_return;
    }
    boost::system::error_code woken;
    news.expires_at(asio::steady_timer::time_point::max());
    co_await news.async_wait(asio::redirect_error(asio::use_awaitable, woken));
  }
}

}  // namespace

asio::awaitable<void> send_events(ServerParts& server, Wire& wire, StreamRequest stream) {
  if (server.hub.listeners() >= server.settings.limits.listeners || server.answers.full()) {
    co_await refuse(server, wire, 503, "too many listen already; try again later");
    co_return;
  }
  asio::steady_timer news{co_await asio::this_coro::executor};
  Listener listener{server.hub, stream.run, [&news, &wire, &listener] {
                      news.cancel();
                      if (listener.over()) {
                        wire.drop();  // it may be within a write that nobody reads
                      }
                    }};
  auto ask = [&source = server.source, stream] { return beginning_of(source, stream); };
  auto beginning = co_await server.answers.run(std::move(ask));
  if (!beginning.worked) {
    co_await refuse(server, wire, 500, "the server cannot read its journal now; try again");
    co_return;
  }
  server.hub.learn(beginning.run);
  listener.sent_up_to(beginning.id.value_or(0));
  beginning.texts.insert(beginning.texts.begin(),
                         std::make_shared<const std::string>(stream_header()));
  const bool sent = co_await send_texts(server, wire, beginning.texts);
  if (sent) {
    co_await send_published(server, wire, listener, news, stream.caller);
  }
}

}  // namespace fat
