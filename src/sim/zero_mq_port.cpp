// Wires of the virtual station: ZeroMQ ports.
#include <cstdint>
#include <map>
#include <vector>

#include <poll.h>
#include <zmq.hpp>

#include "fat/model/quantity.hpp"
#include "sim/virtual_port.hpp"

namespace fat {
namespace {

constexpr int kBindAttempts = 200;
constexpr int kBetweenAttemptsMs = 5;  // its own thread closes a socket
constexpr std::size_t kMostEnvelopes = 1000;

using Frames = std::vector<zmq::message_t>;

}  // namespace

struct ZeroMqPort::Socket {
  explicit Socket(int port) {
    router.set(zmq::sockopt::linger, 0);
    for (int attempt = 1;; ++attempt) {
      try {
        router.bind("tcp://127.0.0.1:" + (port == 0 ? "*" : std::to_string(port)));
        return;
      } catch (const zmq::error_t& error) {
        if (error.num() != EADDRINUSE || attempt == kBindAttempts) {
          throw;
        }
        ::poll(nullptr, 0, kBetweenAttemptsMs);
      }
    }
  }

  int port() const {
    const auto bound = router.get(zmq::sockopt::last_endpoint);
    return static_cast<int>(
        parse_integer(std::string_view{bound}.substr(bound.rfind(':') + 1)).value_or(0));
  }

  /// The frames of one message; empty when there is none.
  Frames take() {
    Frames frames;
    do {
      zmq::message_t frame;
      if (!router.recv(frame, zmq::recv_flags::dontwait)) {
        break;
      }
      frames.push_back(std::move(frame));
    } while (frames.back().more());
    return frames;
  }

  void reply(const std::string& line) {
    const auto blank = line.find(' ');
    const auto number = parse_integer(std::string_view{line}.substr(0, blank)).value_or(0);
    const auto envelope = envelopes.find(number);
    if (envelope == envelopes.end() || blank == std::string::npos) {
      return;
    }
    for (const auto& frame : envelope->second) {
      router.send(zmq::buffer(frame), zmq::send_flags::sndmore);
    }
    router.send(zmq::buffer(line.substr(blank + 1)), zmq::send_flags::dontwait);
  }

  zmq::context_t context{1};
  zmq::socket_t router{context, zmq::socket_type::router};
  std::map<long long, std::vector<std::string>> envelopes;  ///< all frames but the request
  long long last = 0;
};

ZeroMqPort::ZeroMqPort(std::unique_ptr<VirtualDevice> device, int port)
    : VirtualPort(std::move(device)),
      socket_(std::make_unique<Socket>(port)),
      port_(socket_->port()) {}

ZeroMqPort::~ZeroMqPort() = default;

LinkAddress ZeroMqPort::address() const {
  return {.kind = LinkKind::ZeroMq, .host = "127.0.0.1", .port = port_};
}

pollfd ZeroMqPort::wanted() const {
  return {.fd = socket_->router.get(zmq::sockopt::fd), .events = POLLIN, .revents = 0};
}

// Its descriptor tells of changes only: everything that is there is taken each time.
void ZeroMqPort::handle(int /*events*/, Microseconds now) {
  for (auto frames = socket_->take(); !frames.empty(); frames = socket_->take()) {
    auto& envelope = socket_->envelopes[++socket_->last];
    for (std::size_t i = 0; i + 1 < frames.size(); ++i) {
      envelope.push_back(frames[i].to_string());
    }
    device().receive(std::to_string(socket_->last) + " " + frames.back().to_string() + "\n", now);
    if (socket_->envelopes.size() > kMostEnvelopes) {
      socket_->envelopes.erase(socket_->envelopes.begin());
    }
  }
  auto output = device().take_output(now);
  while (!output.empty()) {
    const auto end = std::min(output.find('\n'), output.size());
    socket_->reply(output.substr(0, end));
    output.erase(0, end + 1);
  }
  if (device().hangs_up()) {
    socket_.reset();
    socket_ = std::make_unique<Socket>(port_);
  }
}

}  // namespace fat
