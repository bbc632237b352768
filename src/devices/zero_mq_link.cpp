// A ZeroMQ server's host and port -> requests and their replies, whole messages.
#include "devices/zero_mq_link.hpp"

#include <array>
#include <chrono>
#include <cstdint>
#include <cstring>
#include <utility>

#include <zmq.hpp>

#include "devices/descriptor_io.hpp"

namespace fat {
namespace {

constexpr const char* kEvents = "inproc://events";
constexpr std::size_t kMaxMessage = 1U << 20U;

enum class PeerEvent { Nothing, Connected, Refused, Gone };

PeerEvent meaning_of(std::uint16_t event) {
  switch (event) {
    case ZMQ_EVENT_HANDSHAKE_SUCCEEDED:
      return PeerEvent::Connected;
    case ZMQ_EVENT_CLOSED:
    case ZMQ_EVENT_HANDSHAKE_FAILED_NO_DETAIL:
    case ZMQ_EVENT_HANDSHAKE_FAILED_PROTOCOL:
      return PeerEvent::Refused;
    case ZMQ_EVENT_DISCONNECTED:
      return PeerEvent::Gone;
    default:
      return PeerEvent::Nothing;
  }
}

}  // namespace

struct ZeroMqLink::Sockets {
  Sockets() {
    request.set(zmq::sockopt::linger, 0);
    request.set(zmq::sockopt::req_correlate, true);
    request.set(zmq::sockopt::req_relaxed, true);
    request.set(zmq::sockopt::immediate, true);
    request.set(zmq::sockopt::maxmsgsize, static_cast<std::int64_t>(kMaxMessage));
    events.set(zmq::sockopt::linger, 0);
    ::zmq_socket_monitor(request.handle(),
                         kEvents,
                         ZMQ_EVENT_HANDSHAKE_SUCCEEDED | ZMQ_EVENT_CLOSED | ZMQ_EVENT_DISCONNECTED |
                             ZMQ_EVENT_HANDSHAKE_FAILED_NO_DETAIL |
                             ZMQ_EVENT_HANDSHAKE_FAILED_PROTOCOL);
    events.connect(kEvents);
  }

  /// Waits for the request socket (`wanted` of ZMQ_POLLIN, ZMQ_POLLOUT) or an event of the peer.
  std::pair<bool, PeerEvent> wait(short wanted, Microseconds timeout) {
    std::array<zmq::pollitem_t, 2> items{
        {{request.handle(), 0, wanted, 0}, {events.handle(), 0, ZMQ_POLLIN, 0}}};
    zmq::poll(items.data(), items.size(), std::chrono::ceil<std::chrono::milliseconds>(timeout));
    const bool ready = (items[0].revents & wanted) != 0;
    return {ready, (items[1].revents & ZMQ_POLLIN) != 0 ? take_event() : PeerEvent::Nothing};
  }

  PeerEvent take_event() {
    zmq::message_t event, address;
    if (!events.recv(event, zmq::recv_flags::dontwait) || event.size() < sizeof(std::uint16_t)) {
      return PeerEvent::Nothing;
    }
    if (event.more()) {
      static_cast<void>(events.recv(address, zmq::recv_flags::dontwait));
    }
    std::uint16_t number = 0;
    std::memcpy(&number, event.data(), sizeof number);
    return meaning_of(number);
  }

  zmq::context_t context{1};
  zmq::socket_t request{context, zmq::socket_type::req};
  zmq::socket_t events{context, zmq::socket_type::pair};
};

ZeroMqLink::ZeroMqLink(std::string host, int port) : host_(std::move(host)), port_(port) {}

ZeroMqLink::~ZeroMqLink() = default;

void ZeroMqLink::close() {
  sockets_.reset();
}

Exchange ZeroMqLink::open(Microseconds timeout) {
  try {
    sockets_.reset();
    sockets_ = std::make_unique<Sockets>();
    sockets_->request.connect("tcp://" + name());
    const auto event = sockets_->wait(0, timeout).second;
    if (event == PeerEvent::Connected) {
      return {};
    }
    sockets_.reset();
    return link_failure(DeviceFault::Unreachable,
                        event == PeerEvent::Nothing ? "no connection within " + to_text(timeout)
                                                    : "nobody speaks ZeroMQ there");
  } catch (const zmq::error_t& error) {
    sockets_.reset();
    return link_failure(DeviceFault::Unreachable, error.what());
  }
}

Exchange ZeroMqLink::send(std::string_view bytes, Microseconds timeout) {
  try {
    const auto [ready, event] = sockets_->wait(ZMQ_POLLOUT, timeout);
    if (event == PeerEvent::Gone) {
      return link_failure(DeviceFault::Closed, "the peer closed the connection");
    }
    if (!ready || !sockets_->request.send(zmq::buffer(bytes), zmq::send_flags::dontwait)) {
      return link_failure(DeviceFault::Timeout, "could not be sent within " + to_text(timeout));
    }
    return {};
  } catch (const zmq::error_t& error) {
    return link_failure(DeviceFault::Closed, error.what());
  }
}

Exchange ZeroMqLink::receive(Microseconds timeout) {
  try {
    const auto [ready, event] = sockets_->wait(ZMQ_POLLIN, timeout);
    if (zmq::message_t message;
        ready && sockets_->request.recv(message, zmq::recv_flags::dontwait)) {
      return {.fault = {}, .why = {}, .received = message.to_string()};
    }
    return event == PeerEvent::Gone
               ? link_failure(DeviceFault::Closed, "the peer closed the connection")
               : link_failure(DeviceFault::Timeout, "nothing within " + to_text(timeout));
  } catch (const zmq::error_t& error) {
    return link_failure(DeviceFault::Closed, error.what());
  }
}

}  // namespace fat
