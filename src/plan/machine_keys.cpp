#include "plan/machine_keys.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <utility>

#include <fmt/format.h>

#include "fat/model/quantity.hpp"
#include "plan/raw_text.hpp"

namespace fat {

namespace {

constexpr std::string_view kPowerSection = "module_power ";
constexpr std::string_view kChillerSection = "chiller ";
constexpr std::string_view kLowKeys = "low_";
constexpr std::size_t kMostMachineChannels = 100;
constexpr auto kShortestRamp = std::chrono::seconds{1};
constexpr auto kLongestRamp = std::chrono::hours{24};

PowerEntry& newest_power(StationFile& file) {
  return file.station.module_powers.back();
}

/// "low_output" -> the low voltage and "output".
std::pair<SupplyEntry*, std::string_view> supply_key(PowerEntry& power, std::string_view key) {
  const bool low = key.starts_with(kLowKeys);
  return {low ? &power.low : &power.high, key.substr(key.find('_') + 1)};
}

/// Stands on command lines and in pictures.
bool is_machine_name(std::string_view name) {
  return !name.empty() && name.size() <= 64 && std::ranges::all_of(name, [](unsigned char c) {
    return std::isalnum(c) != 0 || c == '_' || c == '-' || c == '.';
  });
}

std::vector<std::string> machine_channels(const IniKey& key, SectionReport& report) {
  auto names = list_items(key.value);
  if (names.empty() || names.size() > kMostMachineChannels) {
    report.wrong(key, "a list of channels");
    return {};
  }
  return names;
}

/// Checks one section against the channels there are.
class MachineCheck {
 public:
  MachineCheck(const IniSection& section, const Station& station, SectionReport& report)
      : section_(section), station_(station), report_(report) {}

  const ChannelEntry* channel(const std::string& name, std::string_view key_name) {
    const auto* const key = find_key(section_, key_name);
    if (name.empty() || key == nullptr) {
      return nullptr;
    }
    const auto& all = station_.channels;
    const auto found = std::ranges::find(all, name, &ChannelEntry::name);
    if (found != all.end()) {
      return &*found;
    }
    std::vector<std::string> names;
    std::ranges::transform(all, std::back_inserter(names), &ChannelEntry::name);
    report_.error(
        *key,
        fmt::format("there is no [channel {}]{}", shortened(name), report_.suggest(name, names)));
    return nullptr;
  }

  void channels(const std::vector<std::string>& names, std::string_view key) {
    for (const auto& name : names) {
      channel(name, key);
    }
  }

  /// What cannot be switched could be switched elsewhere, past its table.
  void switch_channel(const std::string& name, std::string_view key) {
    const auto* const found = channel(name, key);
    const bool fits = found == nullptr ||
                      (found->settable == SettingRange{.low = 0, .high = 1} && found->unit.empty());
    if (!fits) {
      report_.error(*find_key(section_, key),
                    fmt::format("{} is no switch, such as an 'output'", in_quotes(name)));
    }
  }

  void supply(SupplyEntry& supply, const std::string& which) {
    switch_channel(supply.output, which + "output");
    for (const auto& feed : supply.feeds) {
      switch_channel(feed, which + "feeds");
    }
    channel(supply.setpoint, which + "setpoint");
    channel(supply.ramping, which + "ramping");
    channels(supply.tripped, which + "tripped");
    levels(supply, which);
  }

 private:
  void levels(SupplyEntry& supply, const std::string& which) {
    const auto* const measured = channel(supply.voltage, which + "voltage");
    const auto* const off = find_key(section_, which + "off");
    const auto* const on = find_key(section_, which + "on");
    if (supply.voltage.empty()) {
      for (const auto* const key : {off, on}) {
        if (key != nullptr) {
          report_.error(*key, fmt::format("means nothing without '{}voltage'", which));
        }
      }
      return;
    }
    if (off == nullptr) {
      report_.error(fmt::format("lacks '{}off': up to which voltage there is none", which));
    }
    if (measured == nullptr || off == nullptr) {
      return;
    }
    supply.off = level(*off, *measured);
    supply.on = on == nullptr ? supply.off : level(*on, *measured);
    if (on != nullptr && supply.on < supply.off) {
      report_.error(*on, fmt::format("has to be at least '{}off'", which));
    }
  }

  double level(const IniKey& key, const ChannelEntry& measured) {
    const auto value = parse_quantity(key.value);
    if (!value || value->unit != measured.unit || value->value < 0) {
      report_.wrong(
          key,
          fmt::format(
              "a value from 0 with the unit of {}, such as '5 {}'", measured.name, measured.unit));
      return 0;
    }
    return value->value;
  }

  const IniSection& section_;
  const Station& station_;
  SectionReport& report_;
};

bool sets_to(const InterlockEntry& interlock, const std::string& channel, double value) {
  return std::ranges::any_of(interlock.settings, [&](const ActuatorSetting& one) {
    return one.channel == channel && one.value == value;
  });
}

/// An interlock waits for the high voltage to go down before it takes the low one away: then it has
/// to switch it off, too.
void check_interlocks(const PowerEntry& power, const Station& station, SectionReport& report) {
  for (const auto& interlock : station.interlocks) {
    const auto feeds_off = [&](const std::string& feed) { return sets_to(interlock, feed, 0); };
    const bool low_off =
        sets_to(interlock, power.low.output, 0) || std::ranges::any_of(power.low.feeds, feeds_off);
    const bool high_off = sets_to(interlock, power.high.output, 0) ||
                          std::ranges::any_of(power.high.feeds, feeds_off);
    if (low_off && !high_off) {
      report.error(fmt::format(
          "[interlock {}] switches its low voltage off and leaves the high one on: add '{} off' "
          "to its 'set'",
          interlock.name,
          power.high.output));
    }
  }
}

template <class Entries>
auto* entry_of(const IniSection& section, std::string_view prefix, Entries& entries) {
  const auto name = section.name.substr(prefix.size());
  const auto found =
      std::ranges::find_if(entries, [&](const auto& one) { return one.name == name; });
  return found == entries.end() ? nullptr : &*found;
}

/// One word for both kinds: `station graph NAME` takes either.
void check_machine_name(const std::string& name, const Station& station, SectionReport& report) {
  if (!is_machine_name(name)) {
    report.error("its name is one word of letters, digits, '_', '-' and '.'");
  }
  const auto has = [&](const auto& entries) {
    return std::ranges::any_of(entries, [&](const auto& one) { return one.name == name; });
  };
  if (has(station.module_powers) && has(station.chillers)) {
    report.error("a [module_power ...] and a [chiller ...] cannot have the same name");
  }
}

}  // namespace

void read_power_channel(const IniKey& key, StationFile& file, SectionReport& report) {
  const auto [supply, what] = supply_key(newest_power(file), key.name);
  const std::array<std::pair<std::string_view, std::string*>, 4> places{
      {{"output", &supply->output},
       {"voltage", &supply->voltage},
       {"setpoint", &supply->setpoint},
       {"ramping", &supply->ramping}}};
  if (key.value.empty()) {
    report.wrong(key, "the name of a channel");
    return;
  }
  for (const auto& [name, place] : places) {
    if (name == what) {
      *place = key.value;
    }
  }
}

void read_power_channels(const IniKey& key, StationFile& file, SectionReport& report) {
  const auto [supply, what] = supply_key(newest_power(file), key.name);
  (what == "feeds" ? supply->feeds : supply->tripped) = machine_channels(key, report);
}

void read_power_group(const IniKey& key, StationFile& file, SectionReport& report) {
  if (!is_machine_name(key.value)) {
    report.wrong(key, "one word of letters, digits, '_', '-' and '.'");
    return;
  }
  newest_power(file).group = key.value;
}

void read_power_ramp(const IniKey& key, StationFile& file, SectionReport& report) {
  const auto span = parse_duration(key.value);
  if (!span || *span < kShortestRamp || *span > kLongestRamp) {
    report.wrong(key, "a duration from 1 s to a day with its unit, such as '2 min'");
    return;
  }
  newest_power(file).ramp_within = *span;
}

void read_power_level(const IniKey& /*key*/, StationFile& /*file*/, SectionReport& /*report*/) {}

void read_chiller_channel(const IniKey& key, StationFile& file, SectionReport& report) {
  auto& chiller = file.station.chillers.back();
  const std::array<std::pair<std::string_view, std::string*>, 5> places{
      {{"running", &chiller.running},
       {"status", &chiller.status},
       {"external_control", &chiller.external_control},
       {"internal_temperature", &chiller.internal_temperature},
       {"external_temperature", &chiller.external_temperature}}};
  if (key.value.empty()) {
    report.wrong(key, "the name of a channel");
    return;
  }
  for (const auto& [name, place] : places) {
    if (name == key.name) {
      *place = key.value;
    }
  }
}

void read_chiller_alarms(const IniKey& key, StationFile& file, SectionReport& report) {
  file.station.chillers.back().alarms = machine_channels(key, report);
}

void check_module_power(const IniSection& section, Station& station, SectionReport& report) {
  auto* const power = entry_of(section, kPowerSection, station.module_powers);
  if (power == nullptr) {
    return;
  }
  check_machine_name(power->name, station, report);
  MachineCheck check{section, station, report};
  check.supply(power->low, "low_");
  check.supply(power->high, "high_");
  if (!power->low.output.empty() && power->low.output == power->high.output) {
    report.error("low and high voltage cannot hang on the same switch");
  }
  check_interlocks(*power, station, report);
}

void check_chiller(const IniSection& section, Station& station, SectionReport& report) {
  auto* const chiller = entry_of(section, kChillerSection, station.chillers);
  if (chiller == nullptr) {
    return;
  }
  check_machine_name(chiller->name, station, report);
  MachineCheck check{section, station, report};
  check.switch_channel(chiller->running, "running");
  check.channel(chiller->status, "status");
  check.channels(chiller->alarms, "alarms");
  if (!chiller->external_control.empty()) {
    check.switch_channel(chiller->external_control, "external_control");
  } else if (const auto* const key = find_key(section, "external_temperature")) {
    report.error(*key, "means nothing without 'external_control'");
  }
  check.channel(chiller->internal_temperature, "internal_temperature");
  check.channel(chiller->external_temperature, "external_temperature");
}

}  // namespace fat
