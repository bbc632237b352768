// A device whose wire another process owns -> the same bytes to it and back, in turns.
#include "devices/station_link.hpp"

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <thread>
#include <utility>

#include <fmt/format.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "devices/descriptor_io.hpp"

namespace fat {

namespace {

constexpr Microseconds kOwnerAnswers = std::chrono::seconds{5};  // beyond what it was asked for
constexpr Microseconds kOwnerReads = std::chrono::seconds{2};
constexpr auto kLooksAgainEvery = std::chrono::milliseconds{100};  // an owner that is being started

WireRequest to_do(WireVerb verb, Microseconds timeout = {}, std::string_view bytes = {}) {
  return {.verb = verb, .timeout = timeout, .bytes = std::string{bytes}, .claim = {}};
}

}  // namespace

int StationLink::connect() {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  const auto path = station_.socket.string();
  if (path.size() >= sizeof address.sun_path) {
    return ENAMETOOLONG;
  }
  std::memcpy(address.sun_path, path.c_str(), path.size());
  OwnedFd socket{::socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0)};
  if (!socket ||
      ::connect(socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
    return errno;
  }
  socket_ = std::move(socket);
  lines_ = LineSocket{socket_.get()};
  return 0;
}

bool StationLink::has_owner() {
  const int why = connect();
  socket_.reset();
  if (why != 0) {
    return why != ENOENT && why != ECONNREFUSED;
  }
  // One that hangs keeps nobody from the safe state.
  return !station_.claim.safe_state || join().fault != DeviceFault::Closed;
}

Exchange StationLink::join() {
  const auto deadline = std::chrono::steady_clock::now() + station_.returns_within;
  int why = connect();
  while (why != 0 && std::chrono::steady_clock::now() < deadline) {
    std::this_thread::sleep_for(kLooksAgainEvery);
    why = connect();
  }
  if (why != 0) {
    return link_failure(
        DeviceFault::Unreachable,
        fmt::format("fatmaster station owns this wire and has gone ({}): start it again",
                    error_text(why)));
  }
  auto request = to_do(WireVerb::Join);
  request.claim = station_.claim;
  auto joined = ask(request).exchange;
  if (joined.fault) {
    socket_.reset();
  }
  return joined;
}

WireReply StationLink::ask(const WireRequest& request) {
  if (!socket_) {
    return {.exchange = link_failure(DeviceFault::Closed, "fatmaster station has ended")};
  }
  auto said = lines_.write(to_line(request), kOwnerReads);
  if (!said.fault) {
    said = lines_.read(request.timeout + kOwnerAnswers);
  }
  const auto reply = said.fault ? std::nullopt : wire_reply(said.received);
  if (reply) {
    return *reply;
  }
  socket_.reset();
  return {.exchange = link_failure(
              DeviceFault::Closed,
              said.fault ? fmt::format("fatmaster station, which owns this wire: {}", said.why)
                         : "fatmaster station says what is no answer: is it of another version?")};
}

Exchange StationLink::begin(Microseconds patience) {
  const auto request = to_do(WireVerb::Begin, patience);
  if (socket_) {
    auto begun = ask(request).exchange;
    if (begun.fault != DeviceFault::Closed) {
      return begun;
    }
  }
  auto joined = join();
  return joined.fault ? joined : ask(request).exchange;
}

void StationLink::end() {
  ask(to_do(WireVerb::End));
}

Exchange StationLink::open(Microseconds timeout) {
  return ask(to_do(WireVerb::Open, timeout)).exchange;
}

void StationLink::close() {
  ask(to_do(WireVerb::Close));
}

Exchange StationLink::send(std::string_view bytes, Microseconds timeout) {
  return ask(to_do(WireVerb::Send, timeout, bytes)).exchange;
}

Exchange StationLink::request_reply(Microseconds timeout) {
  return ask(to_do(WireVerb::RequestReply, timeout)).exchange;
}

std::optional<Exchange> StationLink::free_panel(Microseconds timeout) {
  auto reply = ask(to_do(WireVerb::FreePanel, timeout));
  return reply.done ? std::optional{std::move(reply.exchange)} : std::nullopt;
}

Exchange StationLink::receive(Microseconds timeout) {
  return ask(to_do(WireVerb::Receive, timeout)).exchange;
}

}  // namespace fat
