// Orders to a running station, over its control port; scripts of them.
#include "fat/sim/fault_order.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <stdexcept>
#include <system_error>

#include <arpa/inet.h>
#include <poll.h>
#include <sys/socket.h>

#include "fat/model/owned_fd.hpp"
#include "fat/model/quantity.hpp"
#include "fat/model/trimmed.hpp"

namespace fat {
namespace {

constexpr std::size_t kMostReply = 1U << 20U;

OwnedFd connect_to(int port) {
  OwnedFd client{::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)};
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  // The socket interface takes every kind of address through one pointer type.
  const auto* generic = reinterpret_cast<const sockaddr*>(&address);
  if (!client || ::connect(client.get(), generic, sizeof address) != 0) {
    throw std::runtime_error{"the virtual station's control port " + std::to_string(port) +
                             " does not answer: " + std::generic_category().message(errno)};
  }
  return client;
}

/// Up to the end of the line.
std::string hear_line(const OwnedFd& client, std::chrono::milliseconds patience) {
  const auto deadline = std::chrono::steady_clock::now() + patience;
  std::string heard;
  pollfd polled{.fd = client.get(), .events = POLLIN, .revents = 0};
  while (!heard.ends_with('\n') && heard.size() < kMostReply) {
    const auto left =
        std::chrono::ceil<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now());
    std::array<char, 4096> bytes{};
    const bool came = left.count() > 0 && ::poll(&polled, 1, static_cast<int>(left.count())) > 0;
    const auto count = came ? ::recv(client.get(), bytes.data(), bytes.size(), 0) : 0;
    if (count <= 0) {
      throw std::runtime_error{"the virtual station did not answer the order"};
    }
    heard.append(bytes.data(), static_cast<std::size_t>(count));
  }
  heard.pop_back();
  return heard;
}

TimedOrder parse_line(std::string_view line, int number) {
  const auto colon = line.find(':');
  const auto at = parse_duration(trimmed_of_blanks(line.substr(0, colon)));
  if (colon == std::string_view::npos || !at || trimmed_of_blanks(line.substr(colon + 1)).empty()) {
    throw std::invalid_argument{"line " + std::to_string(number) +
                                ": expected DURATION: ORDER, such as 10 min: fault wheel0 jammed"};
  }
  return {*at, std::string{trimmed_of_blanks(line.substr(colon + 1))}};
}

}  // namespace

std::vector<TimedOrder> parse_fault_script(std::string_view text) {
  std::vector<TimedOrder> script;
  for (int number = 1; !text.empty(); ++number) {
    const auto end = std::min(text.find('\n'), text.size());
    const auto line = trimmed_of_blanks(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
    if (!line.empty() && line.front() != '#') {
      script.push_back(parse_line(line, number));
    }
  }
  std::ranges::stable_sort(script, {}, &TimedOrder::at);
  return script;
}

OrderReply send_order(const StationAddress& station,
                      const std::string& order,
                      std::chrono::milliseconds patience) {
  const auto client = connect_to(station.control);
  const auto line = order + "\n";
  if (::send(client.get(), line.data(), line.size(), MSG_NOSIGNAL) !=
      static_cast<ssize_t>(line.size())) {
    throw std::runtime_error{"the virtual station did not take the order"};
  }
  auto heard = hear_line(client, patience);
  std::ranges::replace(heard, '\t', '\n');
  const bool accepted = heard.starts_with("ok ");
  return {accepted, heard.substr(std::min<std::size_t>(3, heard.size()))};
}

}  // namespace fat
