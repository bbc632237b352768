#include "cli/interlock_watch.hpp"

#include <algorithm>
#include <condition_variable>
#include <exception>
#include <utility>

#include <fmt/format.h>
#include <unistd.h>

#include "fat/model/suggestion.hpp"

namespace fat {

namespace {

constexpr auto kEvaluatedEvery = std::chrono::milliseconds{50};
constexpr Microseconds kPublishedEvery = std::chrono::milliseconds{200};

InterlockMemory memory_of(const StationState& memory, const std::string& name) {
  const auto found = std::ranges::find(memory.interlocks, name, &InterlockState::name);
  return found == memory.interlocks.end() ? InterlockMemory{} : found->memory;
}

ReadingOf readings_by_name(const ChannelReadings& readings, const Instant& now) {
  return [&readings, now](const std::string& channel) {
    const auto& all = readings.channels();
    const auto found = std::ranges::find(all, channel, &ChannelEntry::name);
    return found == all.end()
               ? Reading{}
               : readings.reading(static_cast<std::size_t>(found - all.begin()), now);
  };
}

}  // namespace

InterlockWatch::InterlockWatch(const Station& station,
                               const StationState& memory,
                               const Clock& clock)
    : clock_(clock),
      readings_(station.channels),
      machines_(station.module_powers, station.chillers) {
  for (const auto& entry : station.interlocks) {
    interlocks_.emplace_back(entry, station.channels, memory_of(memory, entry.name));
    interlocks_.back().wait_with([this](const ActuatorSetting& setting,
                                        const ChannelReadings& readings,
                                        const Instant& now) {
      return machines_.wait_for_high(setting, readings_by_name(readings, now));
    });
  }
}

void InterlockWatch::take(std::size_t channel, const Reading& reading) {
  const std::lock_guard lock{mutex_};
  readings_.take(channel, reading);
}

Reading InterlockWatch::reading(const std::string& channel) const {
  const std::lock_guard lock{mutex_};
  const auto& all = readings_.channels();
  const auto found = std::ranges::find(all, channel, &ChannelEntry::name);
  return found == all.end()
             ? Reading{}
             : readings_.reading(static_cast<std::size_t>(found - all.begin()), clock_.now());
}

Microseconds InterlockWatch::lapsed_period() const {
  constexpr Microseconds longest = std::chrono::seconds{5};
  const auto& channels = readings_.channels();
  const auto shortest = std::ranges::min_element(channels, {}, &ChannelEntry::period);
  return shortest == channels.end()
             ? longest
             : std::clamp<Microseconds>(shortest->period / 2, kEvaluatedEvery, longest);
}

void InterlockWatch::run(const std::stop_token& stop,
                         const InterlockHands& hands,
                         TimeLapse* lapse) {
  std::mutex mutex;
  std::condition_variable_any bell;
  std::unique_lock lock{mutex};
  while (!stop.stop_requested()) {
    try {
      evaluate(hands);
      fails_ = false;
    } catch (const std::exception& error) {  // the heartbeat stops, so that every run waits
      if (!std::exchange(fails_, true)) {
        hands.tell(fmt::format("the interlocks are NOT evaluated: {}", error.what()));
      }
    }
    if (lapse != nullptr) {
      lapse->wait(lock, stop, lapse->now().boot + lapsed_period(), [] { return false; });
      continue;
    }
    bell.wait_for(lock, stop, kEvaluatedEvery, [] { return false; });
  }
}

void InterlockWatch::evaluate(const InterlockHands& hands) {
  std::unique_lock lock{mutex_};
  const auto now = clock_.now();
  std::vector<InterlockOrder> orders;
  bool changed = std::exchange(said_, false);
  for (auto& interlock : interlocks_) {
    const auto before = interlock.memory();
    auto more = interlock.evaluate(readings_, now);
    std::ranges::move(more, std::back_inserter(orders));
    changed = changed || before != interlock.memory();
  }
  const bool due = changed || now.boot - published_ >= kPublishedEvery;
  const auto state = due ? state_at(now) : StationState{};
  lock.unlock();
  if (changed) {
    hands.store(state);
  } else if (due) {
    hands.publish(state);
  }
  published_ = due ? now.boot : published_;
  for (const auto& order : orders) {
    hands.carry_out(order);
  }
}

StationState InterlockWatch::state_at(const Instant& now) const {
  StationState state{.at = now, .pid = ::getpid(), .interlocks = {}};
  state.interlocks.reserve(interlocks_.size());
  for (const auto& interlock : interlocks_) {
    state.interlocks.push_back({.name = interlock.entry().name,
                                .action = interlock.entry().action,
                                .objection = interlock.objection(readings_, now),
                                .memory = interlock.memory()});
  }
  return state;
}

StationState InterlockWatch::state() const {
  const std::lock_guard lock{mutex_};
  return state_at(clock_.now());
}

Interlock* InterlockWatch::find(const std::string& name, std::string& why_not) {
  const auto found = std::ranges::find_if(
      interlocks_, [&](const Interlock& one) { return one.entry().name == name; });
  if (found != interlocks_.end()) {
    return &*found;
  }
  std::vector<std::string> names;
  std::ranges::transform(interlocks_, std::back_inserter(names), [](const Interlock& one) {
    return one.entry().name;
  });
  why_not = fmt::format("there is no interlock '{}'{}", name, did_you_mean(name, names));
  return nullptr;
}

std::string InterlockWatch::override_with(const std::string& name, InterlockOverride decision) {
  const std::lock_guard lock{mutex_};
  std::string why_not;
  if (auto* const interlock = find(name, why_not)) {
    decision.since = clock_.now();
    interlock->override_with(std::move(decision));
    said_ = true;
  }
  return why_not;
}

std::string InterlockWatch::end_override(const std::string& name) {
  const std::lock_guard lock{mutex_};
  std::string why_not;
  if (auto* const interlock = find(name, why_not)) {
    interlock->end_override();
    said_ = true;
  }
  return why_not;
}

std::string InterlockWatch::reset(const std::string& name) {
  const std::lock_guard lock{mutex_};
  std::string why_not;
  if (auto* const interlock = find(name, why_not)) {
    why_not = interlock->reset();
    said_ = true;
  }
  return why_not;
}

std::string InterlockWatch::objection_to(const std::string& channel, double value) const {
  const std::lock_guard lock{mutex_};
  const auto now = clock_.now();
  for (const auto& interlock : interlocks_) {
    const auto& memory = interlock.memory();
    if (memory.phase == InterlockPhase::Clear || override_left(memory, now) > Microseconds{0}) {
      continue;
    }
    const auto& entry = interlock.entry();
    const bool holds = std::ranges::any_of(entry.settings, [&](const ActuatorSetting& one) {
      return one.channel == channel && one.value != value;
    });
    const bool safe =
        value != 0 && (entry.action == InterlockAction::SafeState || !memory.escalation.empty());
    if (holds || safe) {
      return fmt::format("interlock {} is {}: {}; `fatmaster interlock reset {}` when that is over",
                         entry.name,
                         to_string(memory.phase),
                         memory.why,
                         entry.name);
    }
  }
  return {};
}

void InterlockWatch::carried_out(const InterlockOrder& order) {
  const std::lock_guard lock{mutex_};
  std::string ignored;  // it may have left station.ini
  if (auto* const interlock = find(order.interlock, ignored)) {
    interlock->carried_out(order);
    said_ = true;
  }
}

StationState latched_for_want_of_memory(const Station& station, const std::string& damage) {
  StationState state;
  for (const auto& entry : station.interlocks) {
    InterlockMemory memory;
    if (entry.latching) {
      memory.phase = InterlockPhase::Latched;
      memory.why = "whether it was tripped is not known: " + damage;
      memory.acted = true;
    }
    state.interlocks.push_back(
        {.name = entry.name, .action = entry.action, .objection = {}, .memory = memory});
  }
  return state;
}

}  // namespace fat
