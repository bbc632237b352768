#include "cli/station_start.hpp"

#include <algorithm>
#include <csignal>
#include <ctime>
#include <iostream>
#include <system_error>

#include <fmt/format.h>

#include "cli/command.hpp"
#include "cli/exit_code.hpp"
#include "cli/interlock_watch.hpp"
#include "fat/devices/device_quantities.hpp"
#include "fat/store/station_state_file.hpp"

namespace fat {

namespace {

sigset_t ending_signals() {
  sigset_t signals{};
  sigemptyset(&signals);
  sigaddset(&signals, SIGINT);
  sigaddset(&signals, SIGTERM);
  return signals;
}

std::string how_it_ends(const StationOwner& owner) {
  if (owner.ends) {
    return "it is about to end; try again then";
  }
  return owner.run == 0 ? "end it first" : fmt::format("it ends with run {}", owner.run);
}

}  // namespace

StationLock lock_bench(const Station& station, const BenchFiles& files, int run) {
  try {
    return {station.state,
            this_process(run),
            std::chrono::seconds{2},
            !station.group.empty(),
            files.lock};
  } catch (const StationOwned& owned) {
    throw CommandError{kExitOwned,
                       fmt::format("process {} of {} on {} reads this bench already; {}",
                                   owned.owner().pid,
                                   owned.owner().user,
                                   owned.owner().host,
                                   how_it_ends(owned.owner()))};
  }
}

void say_that_it_ends(StationLock& lock, int run) {
  auto owner = this_process(run);
  owner.ends = true;
  try {
    lock.set_owner(owner);
  } catch (const std::system_error& error) {
    std::cerr << fmt::format("warning: nobody can see that this process ends: {}\n", error.what());
  }
}

bool RunBeside::is_over(const Instant& now) {
  if (run_ == 0) {
    return false;
  }
  const auto driver = who_holds(station_.state);
  if (driver && (driver->ends || (driver->run != run_ && driver->run != 0))) {
    return true;
  }
  driven_ = driver || !driven_ ? now : driven_;
  return elapsed(*driven_, now) > patience_;
}

StationState remembered(const Station& station, const BenchFiles& files, Spokesman& voice) {
  auto [state, damage] = read_interlock_memory(files.state);
  if (!damage.empty()) {
    keep_damaged(files.state.memory);
    voice.alarm(damage + "; every interlock that latches is latched until a person resets it");
    return latched_for_want_of_memory(station, damage);
  }
  return state.value_or(StationState{});
}

std::vector<std::string> switchable_instruments(const Station& station) {
  std::vector<std::string> names;
  for (const auto& device : station.devices) {
    const auto all = quantities_of(device);
    const bool switchable =
        std::ranges::any_of(all, [](const QuantityInfo& one) { return one.settable.has_value(); });
    const bool has_channel =
        std::ranges::find(station.channels, device.name, &ChannelEntry::instrument) !=
        station.channels.end();
    if (switchable && has_channel) {
      names.push_back(device.name);
    }
  }
  return names;
}

std::vector<ActuatorSetting> settings_of_interlocks(const Station& station) {
  std::vector<ActuatorSetting> all;
  for (const auto& entry : station.interlocks) {
    all.insert(all.end(), entry.settings.begin(), entry.settings.end());
  }
  return all;
}

void say_which_sinks_are_lost(const Station& station, Spokesman& voice) {
  for (const auto& sink : station.sinks) {
    if (!sink.url.environment.empty() || !sink.token.environment.empty() ||
        !sink.password.environment.empty()) {
      voice.say(
          fmt::format("[sink {}] hears no alarm of this process: its secret stands in a "
                      "variable, which is forgotten here; name a file",
                      sink.name));
    }
  }
}

void take_ending_signals() {
  const auto signals = ending_signals();
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  std::signal(SIGHUP, SIG_IGN);
}

bool wants_to_end(Microseconds pause) {
  const auto signals = ending_signals();
  const auto whole = std::chrono::duration_cast<std::chrono::seconds>(pause);
  const timespec until{.tv_sec = whole.count(),
                       .tv_nsec = std::chrono::nanoseconds{pause - whole}.count()};
  return sigtimedwait(&signals, nullptr, &until) > 0;
}

}  // namespace fat
