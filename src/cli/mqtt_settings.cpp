#include "cli/mqtt_settings.hpp"

#include <algorithm>
#include <optional>
#include <utility>

#include <fmt/format.h>

namespace fat {

namespace {

template <class Entry>
std::vector<Entry> entries_at(const std::vector<Entry>& all, const std::string& broker) {
  std::vector<Entry> some;
  std::ranges::copy_if(
      all, std::back_inserter(some), [&](const Entry& one) { return one.broker == broker; });
  return some;
}

/// Who is at a broker has no uid: the number of the lease, or its purpose where station.ini names
/// one, stands for its holder. nullopt: there is no lease of that purpose. Of a number that is over
/// the desk says so.
std::optional<LeaseClaim> claim_at_broker(const MqttOrder& order,
                                          const std::string& instrument,
                                          const LeaseDesk& leases) {
  for (const auto& [lease, text, left, closing, panel] : leases.leases()) {
    const bool meant =
        order.purpose.empty() ? lease.fence == order.lease : lease.purpose == order.purpose;
    if (lease.instrument == instrument && meant) {
      return LeaseClaim{.who = lease.who, .uid = lease.uid, .fence = lease.fence};
    }
  }
  return order.lease == 0 ? std::nullopt
                          : std::optional{LeaseClaim{.who = order.who, .fence = order.lease}};
}

std::string carry_out_order(const Station& station,
                            SettingDesk& settings,
                            const LeaseDesk& leases,
                            const MqttOrder& order,
                            TellMqtt tell) {
  const auto channel = std::ranges::find(station.channels, order.channel, &ChannelEntry::name);
  if (channel == station.channels.end()) {
    return fmt::format("there is no channel '{}'", order.channel);
  }
  const auto claim = claim_at_broker(order, channel->instrument, leases);
  if (!claim) {
    return fmt::format(
        "nobody has leased {0} for '{1}': `fatmaster lease take {0} --purpose '{1}'`",
        channel->instrument,
        order.purpose);
  }
  std::string refusal;
  settings.order({.channel = order.channel,
                  .who = order.who,
                  .value = order.value,
                  .by = *claim,
                  .tell = std::move(tell)},
                 refusal);
  return refusal;
}

}  // namespace

std::string state_word(const MachinesState& machines, const std::string& name) {
  if (const auto* const machine = find_machine(machines, name)) {
    return machine->state;
  }
  const auto group = std::ranges::find(machines.groups, name, &GroupState::name);
  return group == machines.groups.end() ? "UNKNOWN" : group->state;
}

std::vector<std::unique_ptr<MqttCommands>> start_mqtt_commands(const MqttWiring& wiring) {
  const auto& station = wiring.station;
  std::vector<std::unique_ptr<MqttCommands>> all;
  for (const auto& entry : station.telemetry) {
    auto topics = entries_at(station.mqtt_topics, entry.name);
    auto commands = entries_at(station.mqtt_commands, entry.name);
    if (!entry.commands && topics.empty() && commands.empty()) {
      continue;
    }
    all.push_back(std::make_unique<MqttCommands>(
        MqttCommandsParts{.entry = entry,
                          .channels = station.channels,
                          .legacy_topics = std::move(topics),
                          .legacy_commands = std::move(commands),
                          .reading = wiring.reading,
                          .state = wiring.state,
                          .carry_out =
                              [&station, &settings = wiring.settings, &leases = wiring.leases](
                                  const MqttOrder& order, TellMqtt tell) {
                                return carry_out_order(
                                    station, settings, leases, order, std::move(tell));
                              },
                          .say = wiring.say},
        wiring.clock));
  }
  return all;
}

}  // namespace fat
