// Address file and lock of a virtual station's process.
#include "fat/sim/station_address.hpp"

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <fstream>
#include <sstream>
#include <system_error>

#include <fcntl.h>
#include <nlohmann/json.hpp>
#include <poll.h>
#include <sys/file.h>
#include <sys/inotify.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "fat/model/whole_number.hpp"
#include "sim/station_lock.hpp"

namespace fat {
namespace {

using std::chrono::milliseconds;
using std::filesystem::path;

constexpr std::size_t kMaxFile = 64U << 10U;
constexpr std::size_t kMaxPorts = 1024;

std::string read_start(const path& file, std::size_t limit) {
  std::ifstream stream{file, std::ios::binary};
  std::string text(limit, '\0');
  stream.read(text.data(), static_cast<std::streamsize>(limit));
  text.resize(static_cast<std::size_t>(stream.gcount()));
  return text;
}

std::string boot_id() {
  auto text = read_start("/proc/sys/kernel/random/boot_id", 64);
  text.erase(text.find_last_not_of('\n') + 1);
  return text;
}

/// Field 22 of /proc/PID/stat; 0 when there is no such process.
std::uint64_t start_ticks_of(int pid) {
  const auto text = read_start("/proc/" + std::to_string(pid) + "/stat", 4096);
  const auto name_end = text.rfind(')');
  if (name_end == std::string::npos) {
    return 0;
  }
  std::istringstream fields{text.substr(name_end + 1)};
  std::string skipped;
  for (int field = 3; field < 22; ++field) {
    fields >> skipped;
  }
  std::uint64_t ticks = 0;
  fields >> ticks;
  return ticks;
}

bool is_process(const StationAddress& address) {
  return address.boot_id == boot_id() && start_ticks_of(address.pid) == address.start_ticks &&
         address.start_ticks != 0;
}

bool is_locked(const path& state_folder) {
  const OwnedFd lock{::open(station_lock_file(state_folder).c_str(), O_RDONLY | O_CLOEXEC)};
  return lock && ::flock(lock.get(), LOCK_SH | LOCK_NB) != 0 && errno == EWOULDBLOCK;
}

/// True when the descriptor became readable in time.
bool wait_readable(int descriptor, std::chrono::steady_clock::time_point deadline) {
  const auto left =
      std::chrono::ceil<milliseconds>(deadline - std::chrono::steady_clock::now()).count();
  if (left <= 0) {
    return false;
  }
  pollfd polled{.fd = descriptor, .events = POLLIN, .revents = 0};
  return ::poll(&polled, 1, static_cast<int>(left)) > 0;
}

[[noreturn]] void fail(const std::string& what, const path& file) {
  throw std::system_error{errno, std::generic_category(), what + " " + file.string()};
}

}  // namespace

path station_address_file(const path& state_folder) {
  return state_folder / "virtual_station.json";
}

path station_lock_file(const path& state_folder) {
  return state_folder / "virtual_station.lock";
}

std::string to_json_text(const StationAddress& address) {
  auto instruments = nlohmann::json::array();
  for (const auto& [name, kind, link] : address.instruments) {
    instruments.push_back({{"name", name}, {"kind", kind}, {"link", link}});
  }
  return nlohmann::json{{"pid", address.pid},
                        {"boot_id", address.boot_id},
                        {"start_ticks", address.start_ticks},
                        {"seed", address.seed},
                        {"speed", address.speed},
                        {"control", address.control},
                        {"host", "127.0.0.1"},
                        {"ports", address.ports},
                        {"instruments", std::move(instruments)}}
             .dump(2) +
         "\n";
}

namespace {

template <typename Integer>
Integer required(const nlohmann::json& value) {
  const auto number = whole_number<Integer>(value);
  if (!number) {
    throw std::bad_optional_access{};
  }
  return *number;
}

}  // namespace

std::optional<StationAddress> parse_station_address(std::string_view text) {
  const auto json = nlohmann::json::parse(text, nullptr, false);
  if (!json.is_object() || !json.contains("ports") || !json["ports"].is_array() ||
      json["ports"].size() > kMaxPorts) {
    return std::nullopt;
  }
  try {
    std::vector<InstrumentAddress> instruments;
    const auto listed = json.value("instruments", nlohmann::json::array());
    for (std::size_t i = 0; i < std::min(listed.size(), kMaxPorts); ++i) {
      instruments.push_back({listed.at(i).at("name").get<std::string>(),
                             listed.at(i).at("kind").get<std::string>(),
                             listed.at(i).at("link").get<std::string>()});
    }
    std::vector<int> ports;
    for (const auto& port : json.at("ports")) {
      ports.push_back(required<int>(port));
    }
    return StationAddress{.pid = required<int>(json.at("pid")),
                          .boot_id = json.at("boot_id").get<std::string>(),
                          .start_ticks = required<std::uint64_t>(json.at("start_ticks")),
                          .seed = required<std::uint32_t>(json.at("seed")),
                          .speed = json.value("speed", 1.0),
                          .control = required<int>(json.value("control", nlohmann::json(0))),
                          .ports = std::move(ports),
                          .instruments = std::move(instruments)};
  } catch (const std::bad_optional_access&) {
    return std::nullopt;
  } catch (const nlohmann::json::exception&) {
    return std::nullopt;
  }
}

StationAddress own_address() {
  const int pid = ::getpid();
  StationAddress address;
  address.pid = pid;
  address.boot_id = boot_id();
  address.start_ticks = start_ticks_of(pid);
  return address;
}

std::optional<OwnedFd> lock_station(const path& state_folder) {
  const auto file = station_lock_file(state_folder);
  OwnedFd lock{::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0666)};
  if (!lock) {
    fail("cannot open", file);
  }
  if (::flock(lock.get(), LOCK_EX | LOCK_NB) != 0) {
    return std::nullopt;
  }
  return lock;
}

void publish_station(const path& state_folder, const StationAddress& address) {
  const auto file = station_address_file(state_folder);
  auto unfinished = file;
  unfinished += ".new";
  {
    std::ofstream stream{unfinished, std::ios::binary | std::ios::trunc};
    stream << to_json_text(address);
    if (!stream.flush()) {
      fail("cannot write", unfinished);
    }
  }
  std::filesystem::rename(unfinished, file);
}

std::optional<StationAddress> last_virtual_station(const path& state_folder) {
  return parse_station_address(read_start(station_address_file(state_folder), kMaxFile));
}

std::optional<StationAddress> find_virtual_station(const path& state_folder) {
  if (!is_locked(state_folder)) {
    return std::nullopt;
  }
  const auto address = last_virtual_station(state_folder);
  return address && is_process(*address) ? address : std::nullopt;
}

std::optional<StationAddress> wait_for_virtual_station(const path& state_folder,
                                                       milliseconds patience) {
  const auto deadline = std::chrono::steady_clock::now() + patience;
  const OwnedFd watch{::inotify_init1(IN_CLOEXEC | IN_NONBLOCK)};
  if (!watch || ::inotify_add_watch(watch.get(), state_folder.c_str(), IN_MOVED_TO) < 0) {
    fail("cannot watch", state_folder);
  }
  while (true) {
    if (auto found = find_virtual_station(state_folder)) {
      return found;
    }
    if (!wait_readable(watch.get(), deadline)) {
      return find_virtual_station(state_folder);
    }
    std::array<char, 4096> events{};
    while (::read(watch.get(), events.data(), events.size()) > 0) {
    }
  }
}

bool end_virtual_station(const path& state_folder, milliseconds patience) {
  const auto address = find_virtual_station(state_folder);
  if (!address) {
    return !is_locked(state_folder);
  }
  const OwnedFd process{static_cast<int>(::syscall(SYS_pidfd_open, address->pid, 0))};
  if (!process ||
      !is_process(*address)) {  // the descriptor names one process: ask again after opening
    return !is_locked(state_folder);
  }
  const auto ends_on = [&](int signal) {
    ::syscall(SYS_pidfd_send_signal, process.get(), signal, nullptr, 0);
    return wait_readable(process.get(), std::chrono::steady_clock::now() + patience);
  };
  return ends_on(SIGTERM) || ends_on(SIGKILL);
}

}  // namespace fat
