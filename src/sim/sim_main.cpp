// `fatmaster sim`: the virtual station alone.
#include "fat/sim/sim_main.hpp"

#include <cerrno>
#include <csignal>
#include <ostream>
#include <system_error>

#include <sys/signalfd.h>

#include "sim/station_lock.hpp"

namespace fat {
namespace {

constexpr int kAnotherOwner = 6;

OwnedFd end_signals() {
  sigset_t signals;
  ::sigemptyset(&signals);
  ::sigaddset(&signals, SIGTERM);
  ::sigaddset(&signals, SIGINT);
  ::pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  OwnedFd descriptor{::signalfd(-1, &signals, SFD_CLOEXEC)};
  if (!descriptor) {
    throw std::system_error{errno, std::generic_category(), "signalfd"};
  }
  return descriptor;
}

void print_for_people(const VirtualStation& station, std::ostream& out) {
  const auto ports = station.ports();
  out << "VIRTUAL station, " << ports.size() << " modules\n";
  for (std::size_t i = 0; i < ports.size(); ++i) {
    out << "  module " << i << "  " << station.identities()[i].serial << "  127.0.0.1:" << ports[i]
        << '\n';
  }
  for (const auto& one : station.instruments()) {
    out << "  [device " << one.name << "]  kind = " << one.kind;
    if (one.link) {
      out << "  link = " << to_text(*one.link);
    }
    out << '\n';
  }
  out << "  faults  127.0.0.1:" << station.control_port()
      << "  (`fatmaster sim fault --list` says which)\n"
      << "Ctrl-C ends it.\n"
      << std::flush;
}

/// A bench that was switched off comes back as it was: the modules of the last station in that
/// folder, at their ports. Module JSONs made for it go on being right.
VirtualStationOptions as_before(VirtualStationOptions options,
                                const std::filesystem::path& state_folder) {
  const auto last = last_virtual_station(state_folder);
  if (last && options.port_base == 0 && options.ports.empty()) {
    options.seed = last->seed;
    options.modules = static_cast<int>(last->ports.size());
    options.ports = last->ports;
  }
  return options;
}

}  // namespace

int sim_main(const SimOptions& options, std::ostream& out, std::ostream& err) {
  const auto stop = end_signals();
  std::optional<OwnedFd> lock;
  if (options.state_folder) {
    lock = lock_station(*options.state_folder);
    if (!lock) {
      err << "a virtual station already runs for " << options.state_folder->string() << '\n';
      return kAnotherOwner;
    }
  }
  auto wanted =
      options.state_folder ? as_before(options.station, *options.state_folder) : options.station;
  if (options.state_folder) {
    wanted.terminals = *options.state_folder;
  }
  VirtualStation station{wanted};
  auto address = own_address();
  address.seed = wanted.seed;
  address.speed = wanted.speed;
  address.control = station.control_port();
  address.ports = station.ports();
  for (const auto& one : station.instruments()) {
    address.instruments.push_back(
        {one.name, one.kind, one.link ? to_text(*one.link) : std::string{}});
  }
  if (options.state_folder) {
    publish_station(*options.state_folder, address);
  }
  if (options.json) {
    out << to_json_text(address) << std::flush;
  } else {
    print_for_people(station, out);
  }
  station.serve(stop.get());
  return 0;
}

}  // namespace fat
