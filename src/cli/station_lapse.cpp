#include "cli/station_lapse.hpp"

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <stdexcept>

#include <fmt/format.h>
#include <poll.h>

#include "cli/exit_code.hpp"
#include "cli/sim_command.hpp"
#include "cli/virtual_station.hpp"
#include "fat/model/quantity.hpp"

namespace fat {

namespace {

constexpr Microseconds kLongestLapse = std::chrono::hours{24 * 366};
constexpr Microseconds kStep = std::chrono::milliseconds{1};  // where a device is overdue
constexpr const char* kLapsedBoot = "virtual time";           // no boot of a machine

Microseconds wanted_span(const Invocation& invocation) {
  if (!invocation.virtual_station) {
    throw UsageError{
        "fatmaster station: --for is for the virtual bench, whose time can jump; add --virtual"};
  }
  const auto text = invocation.arguments.value("for");
  const auto span = parse_duration(text);
  if (!span || *span <= Microseconds{0} || *span > kLongestLapse) {
    throw UsageError{fmt::format(
        "fatmaster station: --for is a duration up to a year, such as 7days, not '{}'", text)};
  }
  return *span;
}

Instant begin_of(const Invocation& invocation, const Clock& machine) {
  return {.wall = machine.now().wall - wanted_span(invocation),
          .boot = std::chrono::hours{1},
          .boot_id = kLapsedBoot};
}

std::unique_ptr<StationThread> start_bench(const Invocation& invocation,
                                           const Station& station,
                                           const TimeLapse& time) {
  VirtualStationOptions options;
  options.modules = 1;
  options.terminals = station.state / "virtual_time";
  std::filesystem::create_directories(options.terminals);
  options.time = [&time] { return time.now().boot - time.begin(); };
  const auto script = invocation.arguments.value("faults");
  if (!script.empty()) {
    options.faults = read_fault_script(script);
  }
  try {
    return std::make_unique<StationThread>(options);
  } catch (const std::invalid_argument& error) {
    throw CommandError{kExitFileWrong, fmt::format("{}: {}", script, error.what())};
  }
}

bool is_ready(int descriptor, short events) {
  pollfd polled{.fd = descriptor, .events = events, .revents = 0};
  int count = 0;
  do {
    count = ::poll(&polled, 1, 0);
  } while (count < 0 && errno == EINTR);
  return count > 0;
}

}  // namespace

bool LapsedWires::wait_for(int descriptor, short events, Microseconds timeout) {
  const auto deadline = time_.now().boot + timeout;
  while (!is_ready(descriptor, events)) {
    const auto due = bench_.look(descriptor);
    if (is_ready(descriptor, events)) {
      return true;
    }
    const auto now = time_.now().boot;
    if (now >= deadline) {
      return false;
    }
    time_.sleep_until(due ? std::min(deadline, std::max(time_.begin() + *due, now + kStep))
                          : deadline);
  }
  return true;
}

StationLapse::StationLapse(const Invocation& invocation,
                           const Station& station,
                           const Clock& machine)
    : time_(begin_of(invocation, machine), wanted_span(invocation)),
      bench_(start_bench(invocation, station, time_)),
      wires_(time_, bench_->station()) {}

std::vector<DeviceEntry> StationLapse::devices(const Station& station) const {
  StationAddress address;
  for (const auto& one : bench_->station().instruments()) {
    address.instruments.push_back(
        {one.name, one.kind, one.link ? to_text(*one.link) : std::string{}});
  }
  return virtual_devices(address, station.devices);
}

}  // namespace fat
