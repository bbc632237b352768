// One connection: requests in, answers out.
#include "web/conversation.hpp"

#include <array>
#include <exception>
#include <optional>
#include <utility>

#include "web/answer.hpp"
#include "web/event_stream.hpp"
#include "web/file_piece.hpp"
#include "web/request_reader.hpp"

namespace fat {

namespace {

namespace asio = boost::asio;

constexpr std::size_t kReadAtOnce = 16384;
constexpr std::size_t kPieceOfFile = 256 * 1024UL;
constexpr std::chrono::seconds kGoodbye{1};

using Place = OpenConnections::Place;

asio::awaitable<bool> send_text(ServerParts& server, Wire& wire, const std::string& text) {
  wire.allow(server.settings.limits.write_time);
  std::vector<std::string_view> pieces{text};
  co_return co_await wire.write(std::move(pieces));
}

/// The next request, or why there is none; nullopt: the client is gone.
asio::awaitable<std::optional<ReadResult>> next_request(ServerParts& server,
                                                        Wire& wire,
                                                        RequestReader& reader) {
  const auto& limits = server.settings.limits;
  bool begun = reader.within_request();
  wire.allow(begun ? limits.request_time : limits.idle_time);
  std::array<char, kReadAtOnce> bytes{};
  for (;;) {
    auto result = reader.next();
    if (result.step == ReadStep::Complete || result.step == ReadStep::Refused) {
      co_return result;
    }
    if (result.step == ReadStep::WantsContinue) {
      std::vector<std::string_view> pieces{"HTTP/1.1 100 Continue\r\n\r\n"};
      const bool told = co_await wire.write(std::move(pieces));
      if (!told) {
        co_return std::nullopt;
      }
    }
    const auto got = co_await wire.read(bytes);
    if (got == 0) {
      co_return std::nullopt;
    }
    if (!begun) {
      begun = true;
      wire.allow(limits.request_time);
    }
    reader.feed({bytes.data(), got});
  }
}

/// Piece by piece: a file of any size takes no more memory than one of them.
asio::awaitable<bool> send_file(ServerParts& server, Wire& wire, std::shared_ptr<OpenFile> file) {
  while (file->left() > 0) {
    auto read = [file] { return file->read(kPieceOfFile); };
    const auto piece = co_await server.answers.run(std::move(read));
    if (piece.empty()) {
      co_return false;  // it became shorter than was said
    }
    const bool sent = co_await send_text(server, wire, piece);
    if (!sent) {
      co_return false;
    }
  }
  co_return true;
}

/// False: nothing more can be said on this connection.
asio::awaitable<bool> send_response(ServerParts& server,
                                    Wire& wire,
                                    Response response,
                                    const HttpRequest& request) {
  std::shared_ptr<OpenFile> file;
  if (response.file) {
    auto open = [slice = *response.file] { return OpenFile::open(slice); };
    file = co_await server.answers.run(std::move(open));
    if (!file) {
      response = said(404, "the file is not there any more");
    }
  }
  const bool bare = response.status == 204 || response.status == 304;
  const std::uint64_t length = file ? file->left() : response.body.size();
  const auto after = request.keep_alive ? AfterAnswer::KeepOpen : AfterAnswer::Close;
  auto text = header_text(response, bare ? std::nullopt : std::optional{length}, after);
  const bool with_body = request.method != "HEAD" && !bare;
  if (with_body && !file) {
    text += response.body;
  }
  bool sent = co_await send_text(server, wire, text);
  if (sent && with_body && file) {
    sent = co_await send_file(server, wire, file);
  }
  co_return sent&& request.keep_alive;
}

asio::awaitable<void> refuse(ServerParts& server, Wire& wire, const ReadResult& result) {
  const HttpRequest nothing;
  auto response = said(result.status, result.text);
  co_await send_response(server, wire, std::move(response), nothing);
}

/// Our own mistake, or no memory for a password: it ends this request, not the server.
asio::awaitable<Answer> sure_answer(ServerParts& server,
                                    const HttpRequest& request,
                                    const Peer& peer) {
  try {
    co_return co_await answer_to(server, request, peer);
  } catch (const std::exception&) {
    co_return Answer{.response = said(500, "the server made a mistake with this request"),
                     .stream = std::nullopt};
  }
}

asio::awaitable<void> answer_all(ServerParts& server, Wire& wire, Place& place) {
  RequestReader reader{{.header_bytes = server.settings.limits.header_bytes,
                        .body_bytes = server.settings.limits.body_bytes}};
  bool open = true;
  while (open && !server.connections.closed()) {
    place.idle();
    const auto result = co_await next_request(server, wire, reader);
    place.busy();
    if (!result) {
      co_return;
    }
    if (result->step == ReadStep::Refused) {
      co_await refuse(server, wire, *result);
      break;
    }
    auto answer = co_await sure_answer(server, result->request, wire.peer());
    if (answer.stream) {
      co_await send_events(server, wire, std::move(*answer.stream));
      break;
    }
    open = co_await send_response(server, wire, std::move(answer.response), result->request);
  }
  place.idle();
  wire.allow(kGoodbye);
  co_await wire.close();
}

}  // namespace

asio::awaitable<void> converse(ServerParts& server, std::unique_ptr<Wire> wire) {
  try {
    const auto place = server.connections.admit(*wire);
    if (!place) {
      const HttpRequest nothing;
      auto response = said(503, "too many are connected; try again later");
      co_await send_response(server, *wire, std::move(response), nothing);
      co_return;
    }
    wire->allow(server.settings.limits.request_time);
    const bool opened = co_await wire->open();
    if (opened) {
      co_await answer_all(server, *wire, *place);
    }
  } catch (const std::exception&) {
    wire->drop();  // memory is short, or a mistake of ours: this client goes, the others stay
  }
}

}  // namespace fat
