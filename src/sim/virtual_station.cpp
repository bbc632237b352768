// The virtual bench: every module and instrument on its wire, on one thread.
#include "fat/sim/virtual_station.hpp"

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <deque>
#include <mutex>
#include <stdexcept>
#include <system_error>
#include <utility>

#include <arpa/inet.h>
#include <fmt/format.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>

#include "sim/fault_desk.hpp"
#include "sim/virtual_bench.hpp"
#include "sim/virtual_module.hpp"
#include "sim/virtual_port.hpp"

namespace fat {
namespace {

constexpr int kMaxModules = 1024;
constexpr int kMostTurns = 8;  // at a wire that does not come to rest

/// A wire by what both its ends know: the number of a TCP port, or of a terminal.
using Wire = std::pair<LinkKind, std::int64_t>;

std::optional<Wire> terminal_at(const std::filesystem::path& path) {
  struct stat status {};

  return ::stat(path.c_str(), &status) == 0
             ? std::optional{Wire{LinkKind::Serial, static_cast<std::int64_t>(status.st_rdev)}}
             : std::nullopt;
}

std::optional<Wire> wire_to(const VirtualPort& port) {
  const auto address = port.address();
  return address.kind == LinkKind::Serial ? terminal_at(address.path)
                                          : Wire{LinkKind::Tcp, address.port};
}

/// Of the client's end.
std::optional<Wire> wire_of(int client) {
  sockaddr_in peer{};
  socklen_t size = sizeof peer;
  // The socket interface takes every kind of address through one pointer type.
  if (::getpeername(client, reinterpret_cast<sockaddr*>(&peer), &size) == 0) {
    return Wire{LinkKind::Tcp, ntohs(peer.sin_port)};
  }

  struct stat status {};

  return ::fstat(client, &status) == 0
             ? std::optional{Wire{LinkKind::Serial, static_cast<std::int64_t>(status.st_rdev)}}
             : std::nullopt;
}

int port_of_module(const VirtualStationOptions& options, int number) {
  if (!options.ports.empty()) {
    return options.ports.at(static_cast<std::size_t>(number));
  }
  return options.port_base == 0 ? 0 : options.port_base + number;
}

}  // namespace

class VirtualStation::Server {
 public:
  explicit Server(const VirtualStationOptions& options)
      : time_(options.time),
        bench_(std::make_shared<BenchModel>(options.seed, options.speed, options.modules)) {
    for (int number = 0; number < options.modules; ++number) {
      const auto special = options.special.find(number);
      const auto one = special == options.special.end() ? VirtualModuleOptions{} : special->second;
      identities_.push_back(module_identity(options.seed, number));
      auto port = std::make_unique<TcpPort>(
          std::make_unique<VirtualModule>(
              identities_.back(), one, bench_, static_cast<std::size_t>(number)),
          port_of_module(options, number),
          one.listens);
      module_ports_.push_back(port->port());
      ports_.push_back(std::move(port));
    }
    if (options.instruments) {
      for (auto& [entry, port] : make_instruments(options, bench_)) {
        instruments_.push_back(std::move(entry));
        ports_.push_back(std::move(port));
      }
    }
    open_desk(options);
    wires_.resize(ports_.size());
    is_looked_after_.assign(ports_.size(), false);
  }

  void serve(int stop) {
    std::vector<pollfd> polled;
    while (true) {
      prepare(polled, stop);
      if (::poll(polled.data(), polled.size(), milliseconds_to_next()) < 0 && errno != EINTR) {
        throw std::system_error{errno, std::generic_category(), "poll"};
      }
      if (polled.front().revents != 0) {
        return;
      }
      const std::scoped_lock lock{mutex_};
      for (std::size_t i = 0; i < ports_.size(); ++i) {
        const bool is_due = !time_ || polled[i + 1].revents != 0;
        if (is_due && !is_looked_after_[i]) {
          ports_[i]->handle(polled[i + 1].revents, now());
        }
      }
      obey_script();
    }
  }

  std::optional<Microseconds> look(int client) {
    const auto wire = wire_of(client);
    const std::scoped_lock lock{mutex_};
    const auto place = wire ? port_at(*wire) : std::nullopt;
    if (!place) {
      return std::nullopt;
    }
    obey_script();
    is_looked_after_[*place] = true;
    auto& port = *ports_[*place];
    int ready = 1;
    for (int turn = 0; turn < kMostTurns && ready > 0; ++turn) {  // one leaves, the next one comes
      auto polled = port.wanted();
      ready = ::poll(&polled, 1, 0);
      port.handle(ready > 0 ? polled.revents : 0, now());
    }
    return port.device().next_due();
  }

  const std::vector<int>& module_ports() const { return module_ports_; }

  const std::vector<ModuleIdentity>& identities() const { return identities_; }

  const std::vector<DeviceEntry>& instruments() const { return instruments_; }

  int control_port() const { return control_port_; }

  void inject(std::size_t port, const FaultScript& fault) {
    const std::scoped_lock lock{mutex_};
    ports_.at(port)->device().inject(fault);
  }

  std::string obey(const std::string& order) {
    const std::scoped_lock lock{mutex_};
    return desk_->obey(order, now());
  }

 private:
  /// Throws std::invalid_argument when the script holds what cannot be done.
  void open_desk(const VirtualStationOptions& options) {
    std::vector<NamedDevice> devices;
    for (std::size_t i = 0; i < ports_.size(); ++i) {
      const bool module = i < identities_.size();
      devices.push_back(
          {module ? "module" + std::to_string(i) : instruments_[i - identities_.size()].name,
           module ? identities_[i].serial : std::string{},
           &ports_[i]->device()});
    }
    auto desk = std::make_unique<FaultDesk>(std::move(devices));
    for (const auto& [at, order] : options.faults) {
      if (const auto problem = desk->problem(order); !problem.empty()) {
        throw std::invalid_argument{fmt::format("'{}': {}", order, problem)};
      }
      script_.push_back({std::chrono::duration_cast<Microseconds>(at / options.speed), order});
    }
    desk_ = desk.get();
    auto port = std::make_unique<TcpPort>(std::move(desk), 0);
    control_port_ = port->port();
    ports_.push_back(std::move(port));
  }

  /// A line that was pulled out is another terminal when it is back.
  std::optional<std::size_t> port_at(const Wire& wire) {
    auto found = std::ranges::find(wires_, wire);
    if (found == wires_.end() || wire_to(*ports_[index_of(found)]) != wire) {
      std::ranges::transform(
          ports_, wires_.begin(), [](const auto& port) { return wire_to(*port); });
      found = std::ranges::find(wires_, wire);
    }
    return found == wires_.end() ? std::nullopt : std::optional{index_of(found)};
  }

  std::size_t index_of(std::vector<std::optional<Wire>>::const_iterator wire) const {
    return static_cast<std::size_t>(wire - wires_.begin());
  }

  void obey_script() {
    for (; !script_.empty() && script_.front().at <= now(); script_.pop_front()) {
      desk_->obey(script_.front().order, now());
    }
  }

  Microseconds now() const {
    if (time_) {
      return time_();
    }
    const auto passed = std::chrono::steady_clock::now() - start_;
    return std::chrono::duration_cast<Microseconds>(passed);
  }

  void prepare(std::vector<pollfd>& polled, int stop) {
    polled.assign(1, pollfd{.fd = stop, .events = POLLIN, .revents = 0});
    const std::scoped_lock lock{mutex_};
    for (std::size_t i = 0; i < ports_.size(); ++i) {
      polled.push_back(is_looked_after_[i] ? pollfd{.fd = -1, .events = 0, .revents = 0}
                                           : ports_[i]->wanted());
    }
  }

  int milliseconds_to_next() {
    if (time_) {
      return -1;  // for a moment of a time that jumps nobody can wait here
    }
    const std::scoped_lock lock{mutex_};
    std::optional<Microseconds> next;
    if (!script_.empty()) {
      next = script_.front().at;
    }
    for (const auto& port : ports_) {
      if (const auto due = port->device().next_due(); due && (!next || *due < *next)) {
        next = due;
      }
    }
    if (!next) {
      return -1;
    }
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(*next - now());
    return static_cast<int>(std::clamp<std::int64_t>(left.count(), 0, 60'000));
  }

  std::function<Microseconds()> time_;
  std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
  std::shared_ptr<BenchModel> bench_;  // shared with its modules and instruments
  std::vector<ModuleIdentity> identities_;
  std::vector<int> module_ports_;
  std::vector<DeviceEntry> instruments_;
  int control_port_ = 0;
  std::mutex mutex_;
  std::vector<std::optional<Wire>> wires_;           // by port
  std::vector<bool> is_looked_after_;                // by port; guarded by mutex_
  std::deque<TimedOrder> script_;                    // at the wire's time
  FaultDesk* desk_ = nullptr;                        // behind the last of the ports
  std::vector<std::unique_ptr<VirtualPort>> ports_;  // modules, instruments, desk; their devices
                                                     // are guarded by mutex_
};

int VirtualStation::control_port() const {
  return server_->control_port();
}

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

std::optional<Microseconds> VirtualStation::look(int client) {
  return server_->look(client);
}

std::vector<int> VirtualStation::ports() const {
  return server_->module_ports();
}

const std::vector<ModuleIdentity>& VirtualStation::identities() const {
  return server_->identities();
}

std::vector<DeviceEntry> VirtualStation::instruments() const {
  return server_->instruments();
}

void VirtualStation::inject(int module, const FaultScript& fault) {
  server_->inject(static_cast<std::size_t>(module), fault);
}

void VirtualStation::inject(const std::string& instrument, const FaultScript& fault) {
  const auto& all = server_->instruments();
  const auto found = std::ranges::find(all, instrument, &DeviceEntry::name);
  if (found == all.end()) {
    throw std::out_of_range{"no virtual instrument " + instrument};
  }
  server_->inject(server_->identities().size() + static_cast<std::size_t>(found - all.begin()),
                  fault);
}

std::string VirtualStation::obey(const std::string& order) {
  return server_->obey(order);
}

}  // namespace fat
