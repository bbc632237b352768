#include "cli/setting_desk.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "fat/model/channel_setting.hpp"
#include "fat/model/plain_text.hpp"
#include "fat/model/suggestion.hpp"

namespace fat {

namespace {

constexpr std::size_t kRemembered = 1000;
constexpr std::size_t kLongestFailure = 400;

std::string no_such_channel(const Station& station, const std::string& name) {
  std::vector<std::string> names;
  std::ranges::transform(station.channels, std::back_inserter(names), &ChannelEntry::name);
  return fmt::format("there is no channel '{}'{}", name, did_you_mean(name, names));
}

}  // namespace

SettingDesk::SettingDesk(const Station& station,
                         BenchReader& bench,
                         const InterlockWatch& interlocks,
                         const LeaseDesk& leases,
                         std::function<void(const std::string&)> say)
    : station_(station),
      bench_(bench),
      interlocks_(interlocks),
      leases_(leases),
      say_(std::move(say)) {}

std::uint64_t SettingDesk::order(const SettingRequest& request, std::string& refusal) {
  const auto channel = std::ranges::find(station_.channels, request.channel, &ChannelEntry::name);
  if (channel == station_.channels.end()) {
    refusal = no_such_channel(station_, request.channel);
    return 0;
  }
  refusal = setting_problem(*channel, request.value);
  if (refusal.empty()) {
    refusal = interlocks_.objection_to(channel->name, request.value);
  }
  if (refusal.empty()) {
    refusal = leases_.objection_to_order(channel->instrument, request.by);
  }
  if (!refusal.empty()) {
    return 0;
  }
  const auto shown = shown_setting(*channel, request.value);
  std::unique_lock lock{mutex_};
  const auto number = ++newest_;
  fates_[number] = {};
  if (fates_.size() > kRemembered) {
    fates_.erase(fates_.begin());
  }
  lock.unlock();
  say_(fmt::format("{} sets {} to {}", request.who, channel->name, shown));
  bench_.order({.instrument = channel->instrument,
                .channel = static_cast<std::size_t>(channel - station_.channels.begin()),
                .value = request.value,
                .objection =
                    [this, instrument = channel->instrument, by = request.by] {
                      return leases_.objection_to_order(instrument, by);
                    }},
               [this, number, name = channel->name](const BenchOrder& /*order*/,
                                                    const std::string& failure) {
                 const std::lock_guard guard{mutex_};
                 if (const auto fate = fates_.find(number); fate != fates_.end()) {
                   fate->second = {.done = true, .failure = plain_text(failure, kLongestFailure)};
                 }
               });
  return number;
}

std::optional<SettingFate> SettingDesk::fate(std::uint64_t order) const {
  const std::lock_guard lock{mutex_};
  const auto found = fates_.find(order);
  return found == fates_.end() ? std::nullopt : std::optional{found->second};
}

}  // namespace fat
