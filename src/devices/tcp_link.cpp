// Host and port -> bytes sent and received, each within a named time.
#include "devices/tcp_link.hpp"

#include <cerrno>
#include <memory>

#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>

#include "devices/descriptor_io.hpp"

namespace fat {

Exchange TcpLink::open(Microseconds timeout) {
  socket_.reset();
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_NUMERICSERV;
  addrinfo* found = nullptr;
  if (const int error =
          ::getaddrinfo(host_.c_str(), std::to_string(port_).c_str(), &hints, &found)) {
    return link_failure(DeviceFault::Unreachable,
                        "unknown host: " + std::string{::gai_strerror(error)});
  }
  const std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)> addresses{found, &::freeaddrinfo};
  Exchange result = link_failure(DeviceFault::Unreachable, "the host has no address");
  for (const auto* address = found; address != nullptr; address = address->ai_next) {
    result = connect_to(*address, timeout);
    if (!result.fault) {
      break;
    }
  }
  return result;
}

Exchange TcpLink::connect_to(const addrinfo& address, Microseconds timeout) {
  OwnedFd socket{::socket(address.ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0)};
  if (!socket) {
    return link_failure(DeviceFault::Unreachable, error_text(errno));
  }
  if (::connect(socket.get(), address.ai_addr, address.ai_addrlen) != 0) {
    if (errno != EINPROGRESS) {
      return link_failure(DeviceFault::Unreachable, error_text(errno));
    }
    if (!wait_for(socket.get(), POLLOUT, timeout)) {
      return link_failure(DeviceFault::Unreachable, "no connection within " + to_text(timeout));
    }
    int error = 0;
    socklen_t size = sizeof error;
    ::getsockopt(socket.get(), SOL_SOCKET, SO_ERROR, &error, &size);
    if (error != 0) {
      return link_failure(DeviceFault::Unreachable, error_text(error));
    }
  }
  const int yes = 1;
  ::setsockopt(socket.get(), IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
  socket_ = std::move(socket);
  return {};
}

Exchange TcpLink::send(std::string_view bytes, Microseconds timeout) {
  return send_bytes(socket_.get(), bytes, timeout);
}

Exchange TcpLink::receive(Microseconds timeout) {
  return receive_bytes(socket_.get(), timeout, wait_);
}

}  // namespace fat
