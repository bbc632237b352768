// An open descriptor (socket, terminal) -> bytes sent and received within a time.
#include "devices/descriptor_io.hpp"

#include <array>
#include <cerrno>
#include <system_error>

#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

namespace fat {

std::string error_text(int code) {
  return std::generic_category().message(code);
}

Exchange link_failure(DeviceFault fault, std::string why) {
  return {.fault = fault, .why = std::move(why), .received = {}};
}

bool wait_for(int descriptor, short events, Microseconds timeout) {
  pollfd polled{.fd = descriptor, .events = events, .revents = 0};
  const auto milliseconds = std::chrono::ceil<std::chrono::milliseconds>(timeout).count();
  int count = 0;
  do {  // a signal counts as no time passed: the processes that use links install no handlers that
        // return
    count = ::poll(&polled, 1, static_cast<int>(milliseconds));
  } while (count < 0 && errno == EINTR);
  return count > 0;
}

Exchange send_bytes(int descriptor, std::string_view bytes, Microseconds timeout) {
  while (!bytes.empty()) {
    auto count = ::send(descriptor, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (count < 0 && errno == ENOTSOCK) {
      count = ::write(descriptor, bytes.data(), bytes.size());
    }
    if (count > 0) {
      bytes.remove_prefix(static_cast<std::size_t>(count));
    } else if (count == 0 || (errno != EAGAIN && errno != EINTR)) {
      return link_failure(DeviceFault::Closed,
                          count == 0 ? "cannot send" : "cannot send: " + error_text(errno));
    } else if (!wait_for(descriptor, POLLOUT, timeout)) {
      return link_failure(DeviceFault::Timeout, "could not be sent within " + to_text(timeout));
    }
  }
  return {};
}

Exchange receive_bytes(int descriptor, Microseconds timeout, LinkWait* wait) {
  const bool came = wait != nullptr ? wait->wait_for(descriptor, POLLIN, timeout)
                                    : wait_for(descriptor, POLLIN, timeout);
  if (!came) {
    return link_failure(DeviceFault::Timeout, "nothing within " + to_text(timeout));
  }
  std::array<char, 4096> bytes{};
  const auto count = ::read(descriptor, bytes.data(), bytes.size());
  if (count == 0) {
    return link_failure(DeviceFault::Closed, "the peer closed the connection");
  }
  if (count < 0) {
    return link_failure(DeviceFault::Closed, error_text(errno));
  }
  return {.fault = {}, .why = {}, .received{bytes.data(), static_cast<std::size_t>(count)}};
}

}  // namespace fat
