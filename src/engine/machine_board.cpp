#include "fat/engine/machine_board.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

#include <fmt/format.h>

namespace fat {

namespace {

constexpr Microseconds kUnknownIsToldAfter = std::chrono::seconds{10};
constexpr std::string_view kUnknownWord = "UNKNOWN";
constexpr std::string_view kErrorWord = "ERROR";

bool is_grave_word(std::string_view state) {
  return state == kErrorWord || state == to_string(ChillerState::Alarm);
}

void add_names(std::vector<std::string>& names, const std::vector<std::string>& more) {
  for (const auto& one : more) {
    if (std::ranges::find(names, one) == names.end()) {
      names.push_back(one);
    }
  }
}

bool takes_low_away(const PowerEntry& entry,
                    const ActuatorSetting& setting,
                    const ReadingOf& reading_of) {
  const auto commands = power_commands(entry, setting, reading_of);
  return std::ranges::find(commands, PowerCommand::LowOff) != commands.end();
}

}  // namespace

MachineBoard::MachineBoard(const std::vector<PowerEntry>& powers,
                           std::vector<ChillerEntry> chillers)
    : chillers_(std::move(chillers)) {
  for (const auto& entry : powers) {
    powers_.emplace_back(entry);
    seen_.push_back({.state = {.name = entry.name,
                               .kind = "module_power",
                               .group = entry.group,
                               .state = std::string{kUnknownWord},
                               .why = {},
                               .since = {}}});
    const bool known = std::ranges::find(groups_, entry.group, &GroupState::name) != groups_.end();
    if (!entry.group.empty() && !known) {
      groups_.push_back({.name = entry.group, .state = std::string{kUnknownWord}});
    }
  }
  for (const auto& entry : chillers_) {
    seen_.push_back({.state = {.name = entry.name,
                               .kind = "chiller",
                               .group = {},
                               .state = std::string{kUnknownWord},
                               .why = {},
                               .since = {}}});
  }
}

std::vector<MachineNews> MachineBoard::look(const ReadingOf& reading_of, const Instant& now) {
  std::vector<MachineNews> news;
  std::size_t place = 0;
  for (auto& power : powers_) {
    power.look(reading_of, now);
    const auto& [state, why] = power.view();
    take(seen_[place++], std::string{to_string(state)}, why, now, news);
  }
  for (const auto& chiller : chillers_) {
    auto [state, why] = chiller_view(chiller, reading_of);
    take(seen_[place++], std::string{to_string(state)}, std::move(why), now, news);
  }
  look_at_groups(news);
  return news;
}

void MachineBoard::take(Seen& seen,
                        std::string state,
                        std::string why,
                        const Instant& now,
                        std::vector<MachineNews>& news) {
  auto& known = seen.state;
  if (known.since == Instant{}) {  // the first look
    known.since = now;
  }
  known.why = std::move(why);
  const auto shown = [&known] {
    return fmt::format("{} {} is {}{}{}",
                       known.kind,
                       known.name,
                       known.state,
                       known.why.empty() ? "" : ": ",
                       known.why);
  };
  if (state != known.state) {
    const bool grave = is_grave_word(state);
    const bool was_grave = std::exchange(seen.grave, grave);
    known.state = std::move(state);
    known.since = now;
    news.push_back({shown(), grave || was_grave});
    seen.told_unknown = false;
    return;
  }
  const bool lasts = elapsed(known.since, now) >= kUnknownIsToldAfter;
  if (known.state == kUnknownWord && lasts && !std::exchange(seen.told_unknown, true)) {
    seen.grave = true;
    news.push_back({shown(), true});
  }
}

void MachineBoard::look_at_groups(std::vector<MachineNews>& news) {
  for (auto& group : groups_) {
    std::vector<PowerState> members;
    for (const auto& power : powers_) {
      if (power.entry().group == group.name) {
        members.push_back(power.view().state);
      }
    }
    const auto state = power_group_state(members);
    if (state == group.state) {
      continue;
    }
    group.state = std::string{state};
    const bool by_itself =  // no member has said it
        state == kErrorWord && std::ranges::find(members, PowerState::Error) == members.end();
    news.push_back({fmt::format("group {} is {}{}",
                                group.name,
                                state,
                                by_itself ? ": one module has high voltage while the low voltage "
                                            "of another is off"
                                          : ""),
                    by_itself});
  }
}

MachinesState MachineBoard::state(const Instant& now) const {
  MachinesState all{.at = now, .machines = {}, .groups = groups_};
  std::ranges::transform(seen_, std::back_inserter(all.machines), &Seen::state);
  return all;
}

MachineGuard MachineBoard::guard_of(const ActuatorSetting& setting) const {
  const ReadingOf nothing_read = [](const std::string& /*channel*/) { return Reading{}; };
  MachineGuard guard;
  for (const auto& power : powers_) {
    const auto commands = power_commands(power.entry(), setting, nothing_read);
    if (std::ranges::any_of(commands, [](PowerCommand one) { return !is_never_refused(one); })) {
      guard.machines.push_back(power.entry().name);
      add_names(guard.channels, channels_of(power.entry()));
    }
  }
  for (const auto& chiller : chillers_) {
    const auto command = chiller_command(chiller, setting);
    if (command && !is_never_refused(*command)) {
      guard.machines.push_back(chiller.name);
      add_names(guard.channels, channels_of(chiller));
    }
  }
  return guard;
}

std::string MachineBoard::objection(const ActuatorSetting& setting,
                                    const ReadingOf& reading_of) const {
  for (const auto& power : powers_) {
    if (auto why = power.objection(setting, reading_of); !why.empty()) {
      return why;
    }
  }
  for (const auto& chiller : chillers_) {
    if (auto why = chiller_objection(chiller, setting, reading_of); !why.empty()) {
      return why;
    }
  }
  return {};
}

Microseconds MachineBoard::wait_for_high(const ActuatorSetting& setting,
                                         const ReadingOf& reading_of) const {
  Microseconds longest{0};
  for (const auto& power : powers_) {
    const auto& entry = power.entry();
    if (takes_low_away(entry, setting, reading_of) &&
        power_facts(entry, reading_of).high != SupplyLevel::Off) {
      longest = std::max(longest, entry.ramp_within);
    }
  }
  return longest;
}

MachinesState machines_as_read(const std::vector<PowerEntry>& powers,
                               const std::vector<ChillerEntry>& chillers,
                               const ReadingOf& reading_of,
                               const Instant& now) {
  MachineBoard board{powers, chillers};
  board.look(reading_of, now);
  return board.state(now);
}

}  // namespace fat
