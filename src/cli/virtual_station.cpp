#include "cli/virtual_station.hpp"

#include <algorithm>
#include <cerrno>
#include <iterator>
#include <system_error>

#include <fcntl.h>
#include <fmt/format.h>

#include "cli/command.hpp"
#include "cli/exit_code.hpp"
#include "cli/own_process.hpp"
#include "cli/program_files.hpp"
#include "fat/model/owned_fd.hpp"
#include "fat/model/plain_environment.hpp"
#include "fat/ports/device_error.hpp"

namespace fat {

namespace {

constexpr std::chrono::seconds kComesUpWithin{10};
constexpr std::chrono::seconds kGoesDownWithin{5};

/// It outlives this program, as the bench would.
void start_virtual_station(const std::filesystem::path& state_folder,
                           const VirtualStationSize& size,
                           const std::filesystem::path& log) {
  const OwnedFd output{::open(log.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600)};
  if (!output) {
    throw std::system_error{errno, std::generic_category(), "cannot write " + log.string()};
  }
  spawn_own({program_files().program.string(),
             "sim",
             "--modules",
             std::to_string(size.modules),
             "--seed",
             std::to_string(size.seed),
             "--speed",
             fmt::format("{}", size.speed),
             "--state",
             state_folder.string()},
            plain_environment(),
            output.get(),
            "cannot start the virtual station");
}

/// Takes it out of `left`: the one of that name, else the first of that kind.
std::optional<DeviceEntry> take_counterpart(const DeviceEntry& declared,
                                            std::vector<DeviceEntry>& left) {
  const auto is_of_kind = [&](const DeviceEntry& one) { return one.kind == declared.kind; };
  auto found = std::ranges::find_if(
      left, [&](const DeviceEntry& one) { return is_of_kind(one) && one.name == declared.name; });
  if (found == left.end()) {
    found = std::ranges::find_if(left, is_of_kind);
  }
  if (found == left.end()) {
    return std::nullopt;
  }
  auto taken = std::move(*found);
  left.erase(found);
  return taken;
}

}  // namespace

StationAddress ensure_virtual_station(const std::filesystem::path& state_folder,
                                      const VirtualStationSize& size) {
  if (auto living = find_virtual_station(state_folder)) {
    return *living;
  }
  const auto log = state_folder / "virtual_station.log";
  start_virtual_station(state_folder, size, log);
  auto address = wait_for_virtual_station(state_folder, kComesUpWithin);
  if (!address) {
    throw CommandError{
        kExitBug, fmt::format("the virtual station did not come up; {} may say why", log.string())};
  }
  return *address;
}

StationAddress require_virtual_station(const std::filesystem::path& state_folder) {
  auto living = find_virtual_station(state_folder);
  if (!living) {
    throw CommandError{kExitRefused,
                       fmt::format("no virtual station lives in {}; `fatmaster --virtual run` and "
                                   "`fatmaster sim --state {}` start one",
                                   state_folder.string(),
                                   state_folder.string())};
  }
  return *living;
}

std::vector<DeviceEntry> virtual_devices(const StationAddress& address,
                                         const std::vector<DeviceEntry>& declared) {
  std::vector<DeviceEntry> devices;
  for (const auto& [name, kind, link] : address.instruments) {
    if (auto wire = parse_link(link).address) {
      devices.push_back({.name = name, .kind = kind, .link = std::move(wire), .parameters = {}});
    }
  }
  auto left = devices;
  std::vector<DeviceEntry> renamed;
  for (const auto& device : declared) {
    // A person sets the one, a file of the station is itself; what else has no link is real.
    if (device.kind == "manual_freezer" || device.kind == "file_sensor") {
      renamed.push_back(device);
    } else if (const auto counterpart = take_counterpart(device, left)) {
      renamed.push_back(device);
      renamed.back().link = counterpart->link;
    }
  }
  std::erase_if(devices, [&](const DeviceEntry& one) {
    return std::ranges::find(renamed, one.name, &DeviceEntry::name) != renamed.end();
  });
  std::ranges::move(renamed, std::back_inserter(devices));
  return devices;
}

std::string name_on_virtual_bench(const StationAddress& address,
                                  const std::vector<DeviceEntry>& declared,
                                  const std::string& name) {
  if (std::ranges::find(declared, name, &DeviceEntry::name) == declared.end()) {
    return name;
  }
  const auto devices = virtual_devices(address, declared);
  const auto device = std::ranges::find(devices, name, &DeviceEntry::name);
  for (const auto& one : address.instruments) {
    if (device != devices.end() && device->link && parse_link(one.link).address == device->link) {
      return one.name;
    }
  }
  return name;
}

std::unique_ptr<DetectorModule> VirtualModules::open(const ModuleEntry& module) const {
  const bool is_here = module.host == "127.0.0.1" || module.host == "localhost";
  if (!is_here || std::ranges::find(address_.ports, module.port) == address_.ports.end()) {
    throw DeviceError{DeviceFault::Refused,
                      module.serial,
                      fmt::format("{}:{} is not the virtual station's; a virtual run needs a run "
                                  "JSON made for it",
                                  module.host,
                                  module.port)};
  }
  return modules_.open(module);
}

VirtualStationProcess::VirtualStationProcess(std::filesystem::path state_folder,
                                             const VirtualStationSize& size)
    : state_folder_(std::move(state_folder)),
      address_(ensure_virtual_station(state_folder_, size)) {}

VirtualStationProcess::~VirtualStationProcess() {
  end_virtual_station(state_folder_, kGoesDownWithin);
}

}  // namespace fat
