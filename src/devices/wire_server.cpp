// Guests on a Unix socket -> turns on the wires of this process.
#include "fat/devices/wire_server.hpp"

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <exception>
#include <optional>
#include <system_error>
#include <utility>

#include <fmt/format.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include "devices/descriptor_io.hpp"
#include "devices/link.hpp"
#include "devices/wire_words.hpp"
#include "fat/model/signals_away.hpp"

namespace fat {

namespace {

using Steady = std::chrono::steady_clock;

constexpr std::size_t kMostGuests = 64;
constexpr int kBacklog = 64;
constexpr Microseconds kGuestReads = std::chrono::seconds{2};
constexpr Microseconds kGuestRests = std::chrono::hours{1};  // between turns; then looked again
constexpr int kLookAgainMs = 100;
constexpr mode_t kForItsUser = 0600, kForItsGroup = 0660;

OwnedFd listening_socket(const std::filesystem::path& path, bool shared) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  const auto name = path.string();
  if (name.size() >= sizeof address.sun_path) {
    throw std::system_error{ENAMETOOLONG, std::generic_category(), name};
  }
  std::memcpy(address.sun_path, name.c_str(), name.size());
  std::error_code ignored;
  std::filesystem::remove(path, ignored);
  OwnedFd socket{::socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0)};
  const bool made =  // narrow from its first moment on, and without the umask of other threads
      socket && ::fchmod(socket.get(), kForItsUser) == 0 &&
      ::bind(socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0 &&
      (!shared || ::chmod(name.c_str(), kForItsGroup) == 0) &&
      ::listen(socket.get(), kBacklog) == 0;
  if (!made) {
    throw std::system_error{errno, std::generic_category(), "cannot create the socket " + name};
  }
  return socket;
}

std::uint32_t uid_of_peer(int socket) {
  ucred credentials{};
  socklen_t size = sizeof credentials;
  const bool told = ::getsockopt(socket, SOL_SOCKET, SO_PEERCRED, &credentials, &size) == 0;
  return told ? credentials.uid : static_cast<std::uint32_t>(-1);
}

/// One guest: what it asks is done on its part of the wire, as long as its turn lasts.
class Visit {
 public:
  Visit(const WireServer::Parts& parts, int socket) : parts_(parts), socket_(socket) {}

  ~Visit() { lose_turn(); }

  Visit(const Visit&) = delete;
  Visit& operator=(const Visit&) = delete;

  void last() {
    LineSocket lines{socket_};
    while (true) {
      const auto line = lines.read(turn_ends_ ? parts_.silence : kGuestRests);
      if (line.fault == DeviceFault::Timeout && !turn_ends_) {
        continue;
      }
      const auto request = line.fault ? std::nullopt : wire_request(line.received);
      if (!request || lines.write(to_line(answer(*request)), kGuestReads).fault) {
        return;
      }
    }
  }

 private:
  WireReply answer(const WireRequest& request) {
    if (request.verb == WireVerb::Join) {
      return {.exchange = join(request.claim)};
    }
    if (!part_) {
      return {.exchange = link_failure(DeviceFault::Refused, "it has not said for which device")};
    }
    if (request.verb == WireVerb::Begin) {
      return {.exchange = begin(request.timeout)};
    }
    if (!turn_ends_) {
      if (request.verb == WireVerb::Close) {
        part_->close();
        return {};
      }
      return {.exchange = link_failure(DeviceFault::Closed, "its turn on the wire is over")};
    }
    const auto left = std::chrono::duration_cast<Microseconds>(*turn_ends_ - Steady::now());
    if (left <= Microseconds{0}) {
      lose_turn();
      return {.exchange = link_failure(DeviceFault::Timeout,
                                       fmt::format("a turn on the wire lasts {} at most",
                                                   to_text(parts_.longest_turn)))};
    }
    return carry_out(request, std::min(request.timeout, left));
  }

  Exchange join(WireClaim claim) {
    const auto device = std::ranges::find(parts_.devices, claim.device, &DeviceEntry::name);
    const auto address =
        device == parts_.devices.end() ? std::optional<LinkAddress>{} : device->link;
    if (part_ || !address) {
      return link_failure(
          DeviceFault::Refused,
          fmt::format("fatmaster station, which runs, knows no wire of a device '{}': was it "
                      "started before that was declared?",
                      escaped_name(claim.device)));
    }
    if (const auto known = to_text(*address); known != claim.link) {
      return link_failure(DeviceFault::Refused,
                          fmt::format("fatmaster station, which runs, has it at {}: station.ini "
                                      "was changed since; start it anew",
                                      known));
    }
    claim_ = std::move(claim);
    claim_.uid = uid_of_peer(socket_);
    part_ = parts_.wires.part(claim_.device, *address, WireUser::Guest);
    return {};
  }

  static std::string escaped_name(const std::string& name) {
    constexpr std::size_t longest = 64;
    std::string plain = name.substr(0, longest);
    std::ranges::replace_if(
        plain, [](char letter) { return letter < ' ' || letter > '~'; }, '?');
    return plain;
  }

  Exchange begin(Microseconds patience) {
    if (turn_ends_) {
      return link_failure(DeviceFault::Refused, "it is its turn already");
    }
    auto begun = part_->begin(patience);
    if (begun.fault) {
      return begun;
    }
    turn_ends_ = Steady::now() + parts_.longest_turn;
    if (auto why = parts_.objection(claim_); !why.empty()) {
      end();
      return link_failure(DeviceFault::Refused, std::move(why));
    }
    return {};
  }

  WireReply carry_out(const WireRequest& request, Microseconds timeout) {
    switch (request.verb) {
      case WireVerb::End:
        end();
        return {};
      case WireVerb::Open:
        return {.exchange = part_->open(timeout)};
      case WireVerb::Close:
        part_->close();
        return {};
      case WireVerb::Send:
        return {.exchange =
                    only_listens(claim_) ? no_lease() : part_->send(request.bytes, timeout)};
      case WireVerb::RequestReply:
        return {.exchange = part_->request_reply(timeout)};
      case WireVerb::FreePanel: {
        auto freed = only_listens(claim_) ? std::optional{no_lease()} : part_->free_panel(timeout);
        return {.exchange = freed.value_or(Exchange{}), .done = freed.has_value()};
      }
      case WireVerb::Receive:
        return {.exchange = part_->receive(timeout)};
      case WireVerb::Join:
      case WireVerb::Begin:
        break;
    }
    return {.exchange = link_failure(DeviceFault::Refused, "not in the middle of a turn")};
  }

  static Exchange no_lease() {
    return link_failure(DeviceFault::Refused, "nothing is sent without a lease");
  }

  void end() {
    turn_ends_.reset();
    part_->end();
  }

  /// Nobody knows what it has begun, and what still comes.
  void lose_turn() {
    if (turn_ends_) {
      part_->close();
      end();
    }
  }

  const WireServer::Parts& parts_;
  int socket_;
  WireClaim claim_;
  std::unique_ptr<Link> part_;
  std::optional<Steady::time_point> turn_ends_;  ///< it is this one's turn until then
};

}  // namespace

WireServer::WireServer(Parts parts)
    : parts_(std::move(parts)), listening_(listening_socket(parts_.socket, parts_.shared)) {
  const SignalsAway away;
  thread_ = std::jthread{[this] { accept_all(); }};
}

WireServer::~WireServer() {
  {
    const std::lock_guard lock{mutex_};
    ends_ = true;
    for (auto& guest : guests_) {
      ::shutdown(guest.socket.get(), SHUT_RDWR);
    }
  }
  ::shutdown(listening_.get(), SHUT_RDWR);
  thread_.join();
  std::error_code ignored;
  std::filesystem::remove(parts_.socket, ignored);
  guests_.clear();  // waits for them
}

void WireServer::accept_all() {
  while (true) {
    wait_for(listening_.get(), POLLIN, std::chrono::hours{1});
    OwnedFd socket{::accept4(listening_.get(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC)};
    const int why = errno;
    const std::lock_guard lock{mutex_};
    if (ends_) {
      return;
    }
    std::erase_if(guests_, [](const Guest& guest) { return guest.gone.load(); });
    if (!socket) {
      if (why != EAGAIN && why != EINTR) {
        ::poll(nullptr, 0, kLookAgainMs);  // out of descriptors: let others free some
      }
      continue;
    }
    if (guests_.size() >= kMostGuests) {
      continue;  // hung up
    }
    admit(std::move(socket));
  }
}

void WireServer::admit(OwnedFd socket) {
  auto& guest = guests_.emplace_back();
  guest.socket = std::move(socket);
  try {
    guest.thread = std::jthread{[this, &guest] { serve(guest); }};
  } catch (const std::system_error&) {  // no thread is left: it is hung up on, and comes again
    guests_.pop_back();
  }
}

void WireServer::serve(Guest& guest) {
  try {
    Visit visit{parts_, guest.socket.get()};
    visit.last();
  } catch (const std::exception& error) {  // of this guest alone: it is hung up on
    parts_.say(fmt::format("a task that used a wire here is cut off: {}", error.what()));
  }
  ::shutdown(guest.socket.get(), SHUT_RDWR);
  guest.gone = true;
}

}  // namespace fat
