#include "cli/machine_watch.hpp"

#include <condition_variable>

namespace fat {

namespace {

constexpr auto kMachinesLookedAtEvery = std::chrono::milliseconds{100};
constexpr auto kLapsedLook = std::chrono::seconds{1};

}  // namespace

MachineWatch::MachineWatch(const Station& station, const Clock& clock)
    : clock_(clock),
      has_any_(!station.module_powers.empty() || !station.chillers.empty()),
      readings_(station.channels),
      board_(station.module_powers, station.chillers) {
  for (std::size_t place = 0; place < station.channels.size(); ++place) {
    places_[station.channels[place].name] = place;
  }
}

void MachineWatch::take(std::size_t channel, const Reading& reading) {
  if (has_any_) {
    const std::lock_guard lock{mutex_};
    readings_.take(channel, reading);
  }
}

ReadingOf MachineWatch::readings_since(const Instant& not_before, const Instant& now) const {
  return [this, not_before, now](const std::string& channel) {
    const auto place = places_.find(channel);
    if (place == places_.end()) {
      return Reading{.at = now, .value = {}, .state = ReadingState::None, .why = "no such channel"};
    }
    auto reading = readings_.reading(place->second, now);
    if (reading.at.boot < not_before.boot && reading.is_valid()) {
      return Reading{.at = reading.at,
                     .value = {},
                     .state = ReadingState::Stale,
                     .why = "its instrument did not answer just now"};
    }
    return reading;
  };
}

void MachineWatch::run(const std::stop_token& stop,
                       const std::function<void(const MachineNews&)>& tell,
                       TimeLapse* lapse) {
  std::mutex mutex;
  std::condition_variable_any bell;
  std::unique_lock lock{mutex};
  while (!stop.stop_requested()) {
    look(tell);
    if (lapse != nullptr) {
      lapse->wait(lock, stop, lapse->now().boot + kLapsedLook, [] { return false; });
      continue;
    }
    bell.wait_for(lock, stop, kMachinesLookedAtEvery, [] { return false; });
  }
}

void MachineWatch::look(const std::function<void(const MachineNews&)>& tell) {
  std::unique_lock lock{mutex_};
  const auto now = clock_.now();
  const auto news = board_.look(readings_since({}, now), now);
  lock.unlock();
  for (const auto& one : news) {
    tell(one);
  }
}

MachinesState MachineWatch::state() const {
  const std::lock_guard lock{mutex_};
  return board_.state(clock_.now());
}

MachineGuard MachineWatch::guard_of(const ActuatorSetting& setting) const {
  const std::lock_guard lock{mutex_};
  return board_.guard_of(setting);
}

std::string MachineWatch::objection(const ActuatorSetting& setting,
                                    const Instant& not_before) const {
  const std::lock_guard lock{mutex_};
  return board_.objection(setting, readings_since(not_before, clock_.now()));
}

Microseconds MachineWatch::wait_for_high(const ActuatorSetting& setting,
                                         const Instant& not_before) const {
  const std::lock_guard lock{mutex_};
  return board_.wait_for_high(setting, readings_since(not_before, clock_.now()));
}

}  // namespace fat
