#include "cli/machine_orders.hpp"

#include <algorithm>
#include <condition_variable>
#include <iterator>
#include <map>
#include <mutex>
#include <set>
#include <utility>

#include <fmt/format.h>

#include "cli/run_courier.hpp"
#include "fat/devices/device_quantities.hpp"
#include "fat/model/plain_text.hpp"
#include "fat/runner/system_clock.hpp"

namespace fat {

namespace {

constexpr std::size_t kLongestToldFailure = 400;
constexpr std::chrono::seconds kReadingTakes{5};
constexpr std::chrono::milliseconds kLooksForTheVoltageEvery{200};

void append_lines(std::vector<std::string>& all, const std::vector<std::string>& more) {
  all.insert(all.end(), more.begin(), more.end());
}

void wait_a_moment(const std::stop_token& stop) {
  std::mutex mutex;
  std::condition_variable_any bell;
  std::unique_lock lock{mutex};
  bell.wait_for(lock, stop, kLooksForTheVoltageEvery, [] { return false; });
}

}  // namespace

std::vector<BenchOrder> orders_to_read(const std::vector<ChannelEntry>& channels,
                                       const std::vector<std::string>& names) {
  std::map<std::string, std::vector<std::size_t>> places;
  for (std::size_t place = 0; place < channels.size(); ++place) {
    if (std::ranges::find(names, channels[place].name) != names.end()) {
      places[channels[place].instrument].push_back(place);
    }
  }
  std::vector<BenchOrder> orders;
  for (auto& [instrument, reads] : places) {
    BenchOrder order{.instrument = instrument, .channel = {}};
    order.reads = std::move(reads);
    orders.push_back(std::move(order));
  }
  return orders;
}

Microseconds longest_ramp(const Station& station) {
  Microseconds longest{0};
  for (const auto& power : station.module_powers) {
    longest = std::max(longest, power.ramp_within);
  }
  return longest;
}

const std::string& MachineOrders::instrument_of(const std::string& channel) const {
  return std::ranges::find(station_.channels, channel, &ChannelEntry::name)->instrument;
}

BenchOrder MachineOrders::urgent_order(const ActuatorSetting& setting) const {
  const auto channel = std::ranges::find(station_.channels, setting.channel, &ChannelEntry::name);
  return {.instrument = channel->instrument,
          .channel = static_cast<std::size_t>(channel - station_.channels.begin()),
          .value = setting.value,
          .urgent = true};
}

void MachineOrders::set_for(const InterlockOrder& order,
                            std::function<void(const std::string&)> say) const {
  const auto& [channel, value] = order.setting;
  say(fmt::format("interlock {}: sets {} to {:.6g}", order.interlock, channel, value));
  bench_.order(urgent_order(order.setting),
               [say = std::move(say), name = order.interlock, channel = channel](
                   const BenchOrder& done, const std::string& failure) {
                 say(failure.empty() ? fmt::format("{} reads back {:.6g}", channel, done.value)
                                     : fmt::format("interlock {}: {} is NOT set: {}",
                                                   name,
                                                   channel,
                                                   plain_text(failure, kLongestToldFailure)));
               });
}

std::vector<std::string> MachineOrders::make_safe(const std::vector<std::string>& instruments,
                                                  std::chrono::milliseconds patience,
                                                  const std::stop_token& stop) const {
  std::set<std::string> late;  // they give low voltages
  for (const auto& power : station_.module_powers) {
    late.insert(instrument_of(power.low.output));
    for (const auto& feed : power.low.feeds) {
      late.insert(instrument_of(feed));
    }
  }
  std::vector<BenchOrder> first, then;
  for (const auto& name : instruments) {
    (late.contains(name) ? then : first)
        .push_back({.instrument = name, .channel = {}, .urgent = true});
  }
  std::vector<ActuatorSetting> low_off;
  for (const auto& power : station_.module_powers) {
    low_off.push_back({power.low.output, 0});
    if (late.contains(instrument_of(power.high.output))) {
      first.push_back(urgent_order({power.high.output, 0}));
    }
  }
  auto failures = carry_out_all(bench_, first, patience, stop);
  append_lines(failures, wait_until_down(low_off, stop));
  append_lines(failures, carry_out_all(bench_, then, patience, stop));
  return failures;
}

std::vector<std::string> MachineOrders::set_all(const std::vector<ActuatorSetting>& settings,
                                                std::chrono::milliseconds patience,
                                                const std::stop_token& stop) const {
  std::vector<BenchOrder> first, then;
  std::vector<ActuatorSetting> low_off;
  const auto now = clock_.now();
  for (const auto& setting : settings) {
    // By nothing that was read before now: whatever takes a low voltage away.
    const bool waits = machines_.wait_for_high(setting, now) > Microseconds{0};
    (waits ? then : first).push_back(urgent_order(setting));
    if (waits) {
      low_off.push_back(setting);
    }
  }
  auto failures = carry_out_all(bench_, first, patience, stop);
  append_lines(failures, wait_until_down(low_off, stop));
  append_lines(failures, carry_out_all(bench_, then, patience, stop));
  return failures;
}

/// What tells about them is read at once.
MachineOrders::StillUp MachineOrders::look_for_voltage(const std::vector<ActuatorSetting>& low_off,
                                                       const std::stop_token& stop) const {
  std::vector<std::string> channels;
  for (const auto& setting : low_off) {
    append_lines(channels, machines_.guard_of(setting).channels);
  }
  const auto asked = clock_.now();
  carry_out_all(bench_, orders_to_read(station_.channels, channels), kReadingTakes, stop);
  StillUp up;
  for (const auto& setting : low_off) {
    if (const auto longest = machines_.wait_for_high(setting, asked); longest > Microseconds{0}) {
      up.longest = std::max(up.longest, longest);
      up.lines.push_back(
          fmt::format("{} goes off under a high voltage that does not read off after {}",
                      setting.channel,
                      to_text(longest)));
    }
  }
  return up;
}

/// What is still up after its time is told: then the low voltage goes off all the same, for who
/// wants the bench safe may want the heat away.
std::vector<std::string> MachineOrders::wait_until_down(const std::vector<ActuatorSetting>& low_off,
                                                        const std::stop_token& stop) const {
  const SystemClock clock;
  const auto began = clock.now();
  StillUp up;
  while (!stop.stop_requested()) {
    up = look_for_voltage(low_off, stop);
    if (elapsed(began, clock.now()) >= up.longest) {
      break;
    }
    wait_a_moment(stop);
  }
  return up.lines;
}

}  // namespace fat
