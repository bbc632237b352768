#include "plan/channel_keys.hpp"

#include <algorithm>
#include <cctype>

#include <fmt/format.h>

#include "fat/model/measurement.hpp"
#include "fat/model/quantity.hpp"
#include "plan/calibration_text.hpp"
#include "plan/raw_text.hpp"

namespace fat {

namespace {

constexpr std::string_view kChannelSection = "channel ";
constexpr auto kShortestPeriod = std::chrono::milliseconds{50};
constexpr auto kLongestPeriod = std::chrono::hours{24};
constexpr int kPeriodsUntilStale = 3;
constexpr std::size_t kLongestChannelName = 64;
constexpr std::size_t kLongestUnit = 20;

ChannelEntry& newest_channel(StationFile& file) {
  return file.station.channels.back();
}

/// Channels stand on command lines, in topics and in file names.
bool is_channel_name(std::string_view name) {
  return !name.empty() && name.size() <= kLongestChannelName &&
         std::ranges::all_of(name, [](unsigned char c) {
           return std::isalnum(c) != 0 || c == '_' || c == '-' || c == '.';
         });
}

std::optional<Microseconds> read_span(const IniKey& key, SectionReport& report) {
  const auto span = parse_duration(key.value);
  if (!span || *span < kShortestPeriod || *span > kLongestPeriod) {
    report.wrong(key, "a duration from 50 ms to a day with its unit, such as '5 s'");
    return std::nullopt;
  }
  return span;
}

/// "table pt100", "table pt1000".
bool gives_celsius(std::string_view calibration) {
  const auto blank = calibration.find_last_of(" \t");
  const auto word = blank == std::string_view::npos ? calibration : calibration.substr(blank + 1);
  return calibration.starts_with("table") && (word == "pt100" || word == "pt1000");
}

/// Checks one section against the instruments there are.
class ChannelCheck {
 public:
  ChannelCheck(const IniSection& section, ChannelEntry& channel, SectionReport& report)
      : section_(section), channel_(channel), report_(report) {}

  void check(const DeviceCatalog& kinds, const std::vector<DeviceEntry>& devices) {
    if (!is_channel_name(channel_.name)) {
      report_.error("a channel's name is one word of letters, digits, '_', '-' and '.'");
    }
    if (const auto quantity = find_quantity(kinds, devices)) {
      check_unit(*quantity);
      channel_.settable = quantity->settable;
    }
    if (find_key(section_, "maximum_age") == nullptr) {
      channel_.maximum_age = channel_.period * kPeriodsUntilStale;
    } else if (channel_.maximum_age < channel_.period) {
      report_.error(*find_key(section_, "maximum_age"),
                    fmt::format("it is read every {}: each reading would be too old before the "
                                "next one comes",
                                to_text(channel_.period)));
    }
    read_valid();
    read_dead_band();
  }

 private:
  /// nullopt after a report, or when that was said of the device.
  std::optional<QuantityInfo> find_quantity(const DeviceCatalog& kinds,
                                            const std::vector<DeviceEntry>& devices) {
    const auto* const key = find_key(section_, "instrument");
    const auto* const asked = find_key(section_, "quantity");
    if (key == nullptr || asked == nullptr) {
      return std::nullopt;  // that it lacks one was said
    }
    const auto device = std::ranges::find(devices, channel_.instrument, &DeviceEntry::name);
    if (device == devices.end()) {
      std::vector<std::string> names;
      std::ranges::transform(devices, std::back_inserter(names), &DeviceEntry::name);
      report_.error(*key,
                    fmt::format("there is no [device {}]{}",
                                shortened(key->value),
                                report_.suggest(key->value, names)));
      return std::nullopt;
    }
    const auto* const kind = find_device_kind(kinds, device->kind);
    return kind == nullptr ? std::nullopt : check_quantity(*kind, *device, *asked);
  }

  std::optional<QuantityInfo> check_quantity(const DeviceKind& kind,
                                             const DeviceEntry& device,
                                             const IniKey& key) {
    const auto all = kind.quantities ? kind.quantities(device) : std::vector<QuantityInfo>{};
    const auto& [wanted, input] = channel_.source;
    const auto found = std::ranges::find(all, wanted, &QuantityInfo::name);
    if (found == all.end()) {
      std::vector<std::string> names;
      std::ranges::transform(all, std::back_inserter(names), &QuantityInfo::name);
      report_.error(key,
                    fmt::format("{} has no {}{}; it has: {}",
                                kind.name,
                                in_quotes(wanted),
                                report_.suggest(wanted, names),
                                names.empty() ? "nothing to read"
                                              : fmt::format("{}", fmt::join(names, ", "))));
      return std::nullopt;
    }
    if (input > found->inputs) {
      report_.error(key, fmt::format("{} has {} 1 to {}", kind.name, wanted, found->inputs));
    }
    return *found;
  }

  /// A number never changes its unit by itself.
  void check_unit(const QuantityInfo& quantity) {
    const auto* const key = find_key(section_, "unit");
    if (const auto* const calibration = find_key(section_, "calibration")) {
      if (key == nullptr) {
        report_.error("lacks 'unit': of what the calibration gives");
      } else if (gives_celsius(calibration->value)) {
        check_platinum(*key);
      }
      return;
    }
    if (key == nullptr) {
      channel_.unit = quantity.unit;
    } else if (key->value != quantity.unit) {
      report_.error(*key,
                    fmt::format("the instrument gives {}; another unit needs a 'calibration', such "
                                "as 'polynomial 273.15, 1' from degC to K",
                                quantity.unit.empty() ? "a bare number" : quantity.unit));
    }
  }

  /// A table of the standard says degC; in a channel in K it says K.
  void check_platinum(const IniKey& unit) {
    constexpr double freezing = 273.15;  // K
    if (unit.value == "K") {
      for (auto& point : channel_.calibration.table) {
        point.value += freezing;
      }
    } else if (unit.value != "degC") {
      report_.error(unit, "a table of a Pt100 or Pt1000 gives degC, or K");
    }
  }

  void read_valid() {
    const auto* const key = find_key(section_, "valid");
    if (key == nullptr) {
      return;
    }
    const auto range = parse_promised_measurements("valid " + key->value);
    if (!range || range->size() != 1 || (!range->front().min && !range->front().max) ||
        range->front().unit != channel_.unit) {
      report_.wrong(*key,
                    fmt::format("a range with the channel's unit, such as '[70, 330] {}'; one side "
                                "may be empty",
                                channel_.unit));
      return;
    }
    channel_.lowest = range->front().min;
    channel_.highest = range->front().max;
  }

  void read_dead_band() {
    const auto* const key = find_key(section_, "dead_band");
    if (key == nullptr) {
      return;
    }
    const auto band = parse_quantity(key->value);
    if (!band || band->value < 0 || band->unit != channel_.unit) {
      report_.wrong(
          *key, fmt::format("a number with the channel's unit, such as '0.1 {}'", channel_.unit));
      return;
    }
    channel_.dead_band = band->value;
  }

  const IniSection& section_;
  ChannelEntry& channel_;
  SectionReport& report_;
};

}  // namespace

void read_channel_instrument(const IniKey& key, StationFile& file, SectionReport& /*report*/) {
  newest_channel(file).instrument = key.value;
}

void read_channel_quantity(const IniKey& key, StationFile& file, SectionReport& report) {
  const auto words = list_items(key.value, " \t");
  const auto input = words.size() == 2 ? parse_integer(words[1]) : std::optional{1LL};
  if (words.empty() || words.size() > 2 || !input || *input < 1 || *input > 10'000) {
    report.wrong(key,
                 "a quantity of the instrument, with the number of the instrument's channel where "
                 "it has several, such as 'temperature 2'");
    return;
  }
  newest_channel(file).source = {words[0], static_cast<int>(*input)};
}

void read_channel_unit(const IniKey& key, StationFile& file, SectionReport& report) {
  const bool blank = key.value.find_first_of(" \t[],") != std::string::npos;
  if (blank || key.value.size() > kLongestUnit || has_control_character(key.value)) {
    report.wrong(key, "a unit of one word, such as 'K'");
    return;
  }
  newest_channel(file).unit = key.value;
}

void read_channel_period(const IniKey& key, StationFile& file, SectionReport& report) {
  if (const auto period = read_span(key, report)) {
    newest_channel(file).period = *period;
  }
}

void read_channel_age(const IniKey& key, StationFile& file, SectionReport& report) {
  if (const auto age = read_span(key, report)) {
    newest_channel(file).maximum_age = *age;
  }
}

void read_channel_lending(const IniKey& key, StationFile& file, SectionReport& report) {
  if (const auto lending = parse_bool(key.value)) {
    newest_channel(file).may_be_lent = *lending;
    return;
  }
  report.wrong(key, "'yes' or 'no'");
}

void read_channel_calibration(const IniKey& key, StationFile& file, SectionReport& report) {
  auto [calibration, problem] = parse_calibration(key.value, file.station.folder);
  if (!problem.empty()) {
    report.error(key, problem);
    return;
  }
  newest_channel(file).calibration = std::move(calibration);
}

void read_later(const IniKey& /*key*/, StationFile& /*file*/, SectionReport& /*report*/) {}

void check_channel(const IniSection& section,
                   const DeviceCatalog& kinds,
                   Station& station,
                   SectionReport& report) {
  const auto name = section.name.substr(kChannelSection.size());
  const auto channel = std::ranges::find(station.channels, name, &ChannelEntry::name);
  if (channel != station.channels.end()) {
    ChannelCheck{section, *channel, report}.check(kinds, station.devices);
  }
}

}  // namespace fat
