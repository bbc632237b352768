#include "fat/model/machine_entry.hpp"

#include <algorithm>

namespace fat {

namespace {

void add_channel(std::vector<std::string>& names, const std::string& name) {
  if (!name.empty() && std::ranges::find(names, name) == names.end()) {
    names.push_back(name);
  }
}

void add_supply(std::vector<std::string>& names, const SupplyEntry& supply) {
  for (const auto* const one :
       {&supply.output, &supply.voltage, &supply.setpoint, &supply.ramping}) {
    add_channel(names, *one);
  }
  for (const auto* const list : {&supply.feeds, &supply.tripped}) {
    for (const auto& one : *list) {
      add_channel(names, one);
    }
  }
}

}  // namespace

std::vector<std::string> channels_of(const PowerEntry& power) {
  std::vector<std::string> names;
  add_supply(names, power.low);
  add_supply(names, power.high);
  return names;
}

std::vector<std::string> channels_of(const ChillerEntry& chiller) {
  std::vector<std::string> names;
  for (const auto* const one : {&chiller.running,
                                &chiller.status,
                                &chiller.external_control,
                                &chiller.internal_temperature,
                                &chiller.external_temperature}) {
    add_channel(names, *one);
  }
  for (const auto& one : chiller.alarms) {
    add_channel(names, one);
  }
  return names;
}

}  // namespace fat
