// Sockets of the virtual modules: accept, read, write, on one thread.
#include "fat/sim/virtual_station.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <mutex>
#include <stdexcept>
#include <system_error>

#include <arpa/inet.h>
#include <poll.h>
#include <sys/socket.h>

#include "fat/model/owned_fd.hpp"
#include "sim/virtual_module.hpp"

namespace fat {
namespace {

constexpr int kMaxModules = 1024;
constexpr std::size_t kMaxUnsent = 64U << 10U;  // a client that does not read is not read from

[[noreturn]] void fail(const std::string& what) {
  throw std::system_error{errno, std::generic_category(), what};
}

OwnedFd bound_to(int port) {
  OwnedFd listener{::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0)};
  const int yes = 1;
  ::setsockopt(listener.get(), SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  // The socket interface takes every kind of address through one pointer type.
  const auto* generic = reinterpret_cast<const sockaddr*>(&address);
  if (!listener || ::bind(listener.get(), generic, sizeof address) != 0) {
    fail("cannot listen on 127.0.0.1:" + std::to_string(port));
  }
  return listener;
}

int port_of(const OwnedFd& socket) {
  sockaddr_in address{};
  socklen_t size = sizeof address;
  if (::getsockname(socket.get(), reinterpret_cast<sockaddr*>(&address), &size) != 0) {
    fail("cannot name a port");
  }
  return ntohs(address.sin_port);
}

struct Place {
  int port = 0;
  double speed = 1;
};

struct Slot {
  Slot(const ModuleIdentity& identity, const VirtualModuleOptions& options, const Place& place)
      : module(identity, options, place.speed),
        listener(bound_to(place.port)),
        port(port_of(listener)),
        listens(options.listens) {
    if (listens && ::listen(listener.get(), 16) != 0) {
      fail("cannot listen on 127.0.0.1:" + std::to_string(port));
    }
  }

  VirtualModule module;
  OwnedFd listener;
  int port;
  bool listens;
  OwnedFd client;
  std::string unsent;
};

int port_of_module(const VirtualStationOptions& options, int number) {
  if (!options.ports.empty()) {
    return options.ports.at(static_cast<std::size_t>(number));
  }
  return options.port_base == 0 ? 0 : options.port_base + number;
}

}  // namespace

class VirtualStation::Server {
 public:
  explicit Server(const VirtualStationOptions& options) {
    for (int number = 0; number < options.modules; ++number) {
      const auto special = options.special.find(number);
      identities_.push_back(module_identity(options.seed, number));
      slots_.push_back(std::make_unique<Slot>(
          identities_.back(),
          special == options.special.end() ? VirtualModuleOptions{} : special->second,
          Place{port_of_module(options, number), options.speed}));
    }
  }

  void serve(int stop) {
    std::vector<pollfd> polled;
    while (true) {
      prepare(polled, stop);
      if (::poll(polled.data(), polled.size(), milliseconds_to_next()) < 0 && errno != EINTR) {
        fail("poll");
      }
      if (polled.front().revents != 0) {
        return;
      }
      for (std::size_t i = 0; i < slots_.size(); ++i) {
        handle(*slots_[i], polled[i + 1].revents);
      }
    }
  }

  std::vector<int> ports() const {
    std::vector<int> result;
    std::ranges::transform(
        slots_, std::back_inserter(result), [](const auto& slot) { return slot->port; });
    return result;
  }

  const std::vector<ModuleIdentity>& identities() const { return identities_; }

  void inject(int module, const FaultScript& fault) {
    const std::scoped_lock lock{mutex_};
    slots_.at(static_cast<std::size_t>(module))->module.inject(fault);
  }

 private:
  Microseconds now() const {
    const auto passed = std::chrono::steady_clock::now() - start_;
    return std::chrono::duration_cast<Microseconds>(passed);
  }

  void prepare(std::vector<pollfd>& polled, int stop) {
    polled.assign(1, pollfd{.fd = stop, .events = POLLIN, .revents = 0});
    const std::scoped_lock lock{mutex_};
    for (const auto& slot : slots_) {
      if (!slot->client) {
        polled.push_back(
            {.fd = slot->listens ? slot->listener.get() : -1, .events = POLLIN, .revents = 0});
        continue;
      }
      const bool reads = slot->unsent.size() < kMaxUnsent && !slot->module.is_busy();
      const int events = (reads ? POLLIN : 0) | (slot->unsent.empty() ? 0 : POLLOUT);
      polled.push_back(
          {.fd = slot->client.get(), .events = static_cast<short>(events), .revents = 0});
    }
  }

  int milliseconds_to_next() {
    const std::scoped_lock lock{mutex_};
    std::optional<Microseconds> next;
    for (const auto& slot : slots_) {
      if (const auto due = slot->module.next_due(); due && (!next || *due < *next)) {
        next = due;
      }
    }
    if (!next) {
      return -1;
    }
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(*next - now());
    return static_cast<int>(std::clamp<std::int64_t>(left.count(), 0, 60'000));
  }

  void handle(Slot& slot, int events) {
    if (!slot.client && (events & POLLIN) != 0) {
      slot.client =
          OwnedFd{::accept4(slot.listener.get(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC)};
    } else if (slot.client && (events & (POLLIN | POLLHUP | POLLERR)) != 0) {
      read_from(slot);
    }
    const auto [output, hangs_up] = step(slot);
    if (!slot.client) {
      return;  // as on the real bridge: said to nobody
    }
    slot.unsent += output;
    write_to(slot);
    if (hangs_up) {
      disconnect(slot);
    }
  }

  struct Step {
    std::string output;
    bool hangs_up = false;
  };

  Step step(Slot& slot) {
    const std::scoped_lock lock{mutex_};
    return {slot.module.take_output(now()), slot.module.hangs_up()};
  }

  void read_from(Slot& slot) {
    std::array<char, 4096> bytes{};
    const auto count = ::recv(slot.client.get(), bytes.data(), bytes.size(), 0);
    if (count > 0) {
      const std::scoped_lock lock{mutex_};
      slot.module.receive({bytes.data(), static_cast<std::size_t>(count)}, now());
    } else if (count == 0 || (errno != EAGAIN && errno != EINTR)) {
      disconnect(slot);
    }
  }

  static void write_to(Slot& slot) {
    if (slot.unsent.empty()) {
      return;
    }
    const auto count = ::send(
        slot.client.get(), slot.unsent.data(), slot.unsent.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
    if (count > 0) {
      slot.unsent.erase(0, static_cast<std::size_t>(count));
    } else if (count < 0 && errno != EAGAIN && errno != EINTR) {
      disconnect(slot);
    }
  }

  static void disconnect(Slot& slot) {
    slot.client.reset();
    slot.unsent.clear();
    slot.module.client_left();
  }

  std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
  std::vector<ModuleIdentity> identities_;
  std::mutex mutex_;
  std::vector<std::unique_ptr<Slot>> slots_;  // their modules are guarded by mutex_
};

VirtualStation::VirtualStation(const VirtualStationOptions& options) {
  const bool ports_fit = options.port_base >= 0 && options.port_base + options.modules <= 65536;
  const bool one_port_each =
      options.ports.empty() || options.ports.size() == static_cast<std::size_t>(options.modules);
  if (!one_port_each || options.modules < 1 || options.modules > kMaxModules || !ports_fit ||
      !(options.speed > 0)) {
    throw std::invalid_argument{
        "a virtual station has 1 to 1024 modules, ports up to 65535 and a speed above 0"};
  }
  server_ = std::make_unique<Server>(options);
}

VirtualStation::~VirtualStation() = default;

void VirtualStation::serve(int stop) {
  server_->serve(stop);
}

std::vector<int> VirtualStation::ports() const {
  return server_->ports();
}

const std::vector<ModuleIdentity>& VirtualStation::identities() const {
  return server_->identities();
}

void VirtualStation::inject(int module, const FaultScript& fault) {
  server_->inject(module, fault);
}

}  // namespace fat
