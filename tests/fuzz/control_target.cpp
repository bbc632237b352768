// Bytes as a peer writes them into the control socket -> the server itself, over a real socket,
// with a run behind it. It answers in HTTP and JSON or closes; afterwards it answers an honest
// request.
#include <array>
#include <chrono>

#include <boost/asio/io_context.hpp>
#include <nlohmann/json.hpp>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "engine/bench_run.hpp"
#include "fat/runner/control_server.hpp"
#include "fuzz/scratch_folder.hpp"
#include "fuzz/targets.hpp"
#include "runner/control_pages.hpp"

namespace fat::fuzz {

namespace {

/// One server for the life of the program; the run behind it is new for each input.
class Server {
 public:
  Server()
      : server_(loop_, socket(), false, [this](const auto& request) { return answer(request); }) {}

  /// What the server says to a peer that writes `bytes` and then closes its side.
  std::string exchange(std::string_view bytes) {
    const OwnedFd peer{::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)};
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    socket().string().copy(address.sun_path, sizeof address.sun_path - 1);
    const auto* generic = reinterpret_cast<const sockaddr*>(&address);
    require(::connect(peer.get(), generic, sizeof address) == 0, "the server listens");
    const auto sent = ::send(peer.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
    require(sent == static_cast<ssize_t>(bytes.size()), "an input fits into the socket");
    ::shutdown(peer.get(), SHUT_WR);
    return read_all(peer.get());
  }

  void start_run() { run_.emplace(sample_plan()); }

 private:
  std::filesystem::path socket() const { return folder_.path() / "s"; }

  ControlAnswer answer(const ControlRequest& request) {
    const ControlledRun controlled{.request = [this](const Verb& verb) { return run_->says(verb); },
                                   .summary = [this] { return run_->summary(); },
                                   .pages = {}};
    return answer_control(request, controlled);
  }

  std::string read_all(int peer) {
    std::string said;
    std::array<char, 65536> block{};
    while (true) {
      const auto got = ::recv(peer, block.data(), block.size(), 0);
      if (got > 0) {
        said.append(block.data(), static_cast<std::size_t>(got));
      } else if (got == 0 || errno == ECONNRESET) {
        return said;
      } else {
        require(loop_.run_one_for(std::chrono::seconds{10}) == 1, "the server closes");
      }
    }
  }

  ScratchFolder folder_;
  boost::asio::io_context loop_;
  ControlServer server_;
  std::optional<BenchRun> run_;
};

void check_answer(const std::string& said) {
  if (said.empty()) {
    return;
  }
  require(said.starts_with("HTTP/1."), "the server speaks HTTP");
  const auto code = said.substr(9, 4);
  require(code == "200 " || code == "400 " || code == "404 " || code == "413 ", "a known answer");
  const auto body = said.find("\r\n\r\n");
  require(body != std::string::npos, "an answer has a body");
  const auto json = nlohmann::json::parse(said.substr(body + 4), nullptr, false);
  require(json.is_object(), "an answer's body is JSON");
}

}  // namespace

void control(std::string_view input) {
  constexpr std::size_t most = 65536;
  static Server server;
  server.start_run();
  check_answer(server.exchange(input.substr(0, most)));
  const auto honest = server.exchange("GET /v1/status HTTP/1.1\r\nHost: x\r\n\r\n");
  require(honest.starts_with("HTTP/1.1 200 "), "an honest request is answered afterwards");
}

}  // namespace fat::fuzz
