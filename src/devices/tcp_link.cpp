// Host and port -> bytes sent and received, each within a named time.
#include "devices/tcp_link.hpp"

#include <array>
#include <cerrno>
#include <memory>
#include <system_error>

#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>

namespace fat {
namespace {

std::string error_text(int code) {
  return std::generic_category().message(code);
}

Exchange failure(DeviceFault fault, std::string why) {
  return {.fault = fault, .why = std::move(why), .received = {}};
}

/// True when `events` (or an error, which the next call names) came in time. A signal counts as no
/// time passed: the processes that use links install no handlers that return.
bool wait_for(const OwnedFd& socket, short events, Microseconds timeout) {
  pollfd polled{.fd = socket.get(), .events = events, .revents = 0};
  const auto milliseconds = std::chrono::ceil<std::chrono::milliseconds>(timeout).count();
  int count = 0;
  do {
    count = ::poll(&polled, 1, static_cast<int>(milliseconds));
  } while (count < 0 && errno == EINTR);
  return count > 0;
}

}  // namespace

Exchange TcpLink::open(Microseconds timeout) {
  socket_.reset();
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_NUMERICSERV;
  addrinfo* found = nullptr;
  if (const int error =
          ::getaddrinfo(host_.c_str(), std::to_string(port_).c_str(), &hints, &found)) {
    return failure(DeviceFault::Unreachable, "unknown host: " + std::string{::gai_strerror(error)});
  }
  const std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)> addresses{found, &::freeaddrinfo};
  Exchange result = failure(DeviceFault::Unreachable, "the host has no address");
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
    return failure(DeviceFault::Unreachable, error_text(errno));
  }
  if (::connect(socket.get(), address.ai_addr, address.ai_addrlen) != 0) {
    if (errno != EINPROGRESS) {
      return failure(DeviceFault::Unreachable, error_text(errno));
    }
    if (!wait_for(socket, POLLOUT, timeout)) {
      return failure(DeviceFault::Unreachable, "no connection within " + to_text(timeout));
    }
    int error = 0;
    socklen_t size = sizeof error;
    ::getsockopt(socket.get(), SOL_SOCKET, SO_ERROR, &error, &size);
    if (error != 0) {
      return failure(DeviceFault::Unreachable, error_text(error));
    }
  }
  const int yes = 1;
  ::setsockopt(socket.get(), IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
  socket_ = std::move(socket);
  return {};
}

Exchange TcpLink::send(std::string_view bytes, Microseconds timeout) {
  while (!bytes.empty()) {
    const auto count = ::send(socket_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (count > 0) {
      bytes.remove_prefix(static_cast<std::size_t>(count));
    } else if (count == 0 || (errno != EAGAIN && errno != EINTR)) {
      return failure(DeviceFault::Closed,
                     count == 0 ? "cannot send" : "cannot send: " + error_text(errno));
    } else if (!wait_for(socket_, POLLOUT, timeout)) {
      return failure(DeviceFault::Timeout, "could not be sent within " + to_text(timeout));
    }
  }
  return {};
}

Exchange TcpLink::receive(Microseconds timeout) {
  if (!wait_for(socket_, POLLIN, timeout)) {
    return failure(DeviceFault::Timeout, "nothing within " + to_text(timeout));
  }
  std::array<char, 4096> bytes{};
  const auto count = ::recv(socket_.get(), bytes.data(), bytes.size(), 0);
  if (count == 0) {
    return failure(DeviceFault::Closed, "the peer closed the connection");
  }
  if (count < 0) {
    return failure(DeviceFault::Closed, error_text(errno));
  }
  return {.fault = {}, .why = {}, .received{bytes.data(), static_cast<std::size_t>(count)}};
}

}  // namespace fat
