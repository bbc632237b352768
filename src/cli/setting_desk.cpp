#include "cli/setting_desk.hpp"

#include <algorithm>
#include <atomic>
#include <memory>
#include <utility>

#include <fmt/format.h>

#include "cli/machine_orders.hpp"
#include "fat/model/channel_setting.hpp"
#include "fat/model/plain_text.hpp"
#include "fat/model/suggestion.hpp"

namespace fat {

namespace {

constexpr std::size_t kRemembered = 1000;
constexpr std::size_t kLongestFailure = 400;
constexpr Microseconds kSafeStateAsksAgain = std::chrono::seconds{10};  // else it has ended

std::string no_such_channel(const Station& station, const std::string& name) {
  std::vector<std::string> names;
  std::ranges::transform(station.channels, std::back_inserter(names), &ChannelEntry::name);
  return fmt::format("there is no channel '{}'{}", name, did_you_mean(name, names));
}

}  // namespace

std::string SettingDesk::first_refusal(const SettingRequest& request,
                                       const ChannelEntry& channel) const {
  auto refusal = setting_problem(channel, request.value);
  if (refusal.empty()) {
    refusal = parts_.interlocks.objection_to(channel.name, request.value);
  }
  if (refusal.empty()) {
    refusal = parts_.leases.objection_to_order(channel.instrument, request.by);
  }
  return refusal;
}

/// All of them, or none and whose turn it is.
std::string SettingDesk::take_machines(const Guarded& guarded, const std::string& what) {
  if (guarded.safe_state) {
    return {};
  }
  const std::lock_guard lock{mutex_};
  for (const auto& machine : guarded.guard.machines) {
    if (const auto found = busy_.find(machine); found != busy_.end()) {
      return fmt::format(
          "{} is just being switched: {}; try again when that is done", machine, found->second);
    }
  }
  for (const auto& machine : guarded.guard.machines) {
    busy_[machine] = what;
  }
  return {};
}

std::uint64_t SettingDesk::open_fate() {
  const std::lock_guard lock{mutex_};
  fates_[++newest_] = {};
  if (fates_.size() > kRemembered) {
    fates_.erase(fates_.begin());
  }
  return newest_;
}

void SettingDesk::close(const Guarded& guarded, const std::string& failure) {
  const auto why = plain_text(failure, kLongestFailure);
  {
    const std::lock_guard lock{mutex_};
    if (!guarded.safe_state) {  // which never took them
      for (const auto& machine : guarded.guard.machines) {
        busy_.erase(machine);
      }
    }
    if (const auto fate = fates_.find(guarded.number); fate != fates_.end()) {
      fate->second.done = true;
      fate->second.failure = why;
    }
  }
  if (guarded.tell) {  // who hears it may order the next thing
    guarded.tell(why);
  }
}

std::uint64_t SettingDesk::order(const SettingRequest& request, std::string& refusal) {
  const auto& channels = parts_.station.channels;
  const auto channel = std::ranges::find(channels, request.channel, &ChannelEntry::name);
  if (channel == channels.end()) {
    refusal = no_such_channel(parts_.station, request.channel);
    return 0;
  }
  Guarded guarded{.setting = {channel->name, request.value},
                  .safe_state = request.by.safe_state,
                  .asked = parts_.clock.now(),
                  .tell = request.tell};
  const auto what = fmt::format(
      "{} sets {} to {}", request.who, channel->name, shown_setting(*channel, request.value));
  refusal = first_refusal(request, *channel);
  if (refusal.empty()) {
    guarded.guard = parts_.machines.guard_of(guarded.setting);
    refusal = take_machines(guarded, what);
  }
  if (!refusal.empty()) {
    return 0;
  }
  guarded.number = open_fate();
  parts_.say(what);
  BenchOrder order{.instrument = channel->instrument,
                   .channel = static_cast<std::size_t>(channel - channels.begin()),
                   .value = request.value};
  order.objection = [this, guarded, instrument = channel->instrument, by = request.by] {
    auto why = parts_.leases.objection_to_order(instrument, by);
    return why.empty() ? objection(guarded) : why;
  };
  if (guarded.guard.machines.empty()) {
    place(guarded, order);
  } else {
    read_then_place(guarded, order);
  }
  return guarded.number;
}

/// What tells about the machine is asked of its instruments first: the order goes out when each has
/// answered, or failed to.
void SettingDesk::read_then_place(const Guarded& guarded, const BenchOrder& order) {
  const auto reads = orders_to_read(parts_.station.channels, guarded.guard.channels);
  const auto missing = std::make_shared<std::atomic<std::size_t>>(reads.size());
  for (const auto& read : reads) {
    parts_.bench.order(read,
                       [this, missing, guarded, order](const BenchOrder&, const std::string&) {
                         if (--*missing == 0) {
                           place(guarded, order);
                         }
                       });
  }
}

void SettingDesk::place(const Guarded& guarded, const BenchOrder& order) {
  parts_.bench.order(order,
                     [this, guarded](const BenchOrder& /*order*/, const std::string& failure) {
                       close(guarded, failure);
                     });
}

std::string SettingDesk::objection(const Guarded& guarded) {
  if (guarded.guard.machines.empty()) {
    return {};
  }
  auto why = parts_.machines.objection(guarded.setting, guarded.asked);
  if (why.empty() || !guarded.safe_state) {
    return why;
  }
  const auto longest = parts_.machines.wait_for_high(guarded.setting, guarded.asked);
  if (longest <= Microseconds{0}) {
    return why;
  }
  if (has_waited(guarded, longest)) {
    parts_.say(fmt::format(
        "{}; the safe state has waited for {} and goes on all the same", why, to_text(longest)));
    return {};
  }
  return why;
}

bool SettingDesk::has_waited(const Guarded& guarded, Microseconds longest) {
  const std::lock_guard lock{mutex_};
  const auto now = parts_.clock.now();
  auto& wait = waits_.try_emplace(guarded.setting.channel, SafeWait{now, now}).first->second;
  if (elapsed(wait.last, now) > kSafeStateAsksAgain) {
    wait.since = now;
  }
  wait.last = now;
  const bool over = elapsed(wait.since, now) >= longest;
  if (const auto fate = fates_.find(guarded.number); !over && fate != fates_.end()) {
    fate->second.again = true;
  }
  return over;
}

std::optional<SettingFate> SettingDesk::fate(std::uint64_t order) const {
  const std::lock_guard lock{mutex_};
  const auto found = fates_.find(order);
  return found == fates_.end() ? std::nullopt : std::optional{found->second};
}

}  // namespace fat
