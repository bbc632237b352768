#include "plan/interlock_keys.hpp"

#include <algorithm>
#include <set>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "fat/model/channel_setting.hpp"
#include "fat/model/quantity.hpp"
#include "plan/raw_text.hpp"

namespace fat {

namespace {

constexpr std::string_view kInterlockSection = "interlock ";
constexpr auto kLongestInterlockSpan = std::chrono::hours{24 * 7};
constexpr int kMostRepeats = 100;
constexpr std::size_t kMostListed = 100;

InterlockEntry& newest_interlock(StationFile& file) {
  return file.station.interlocks.back();
}

void read_interlock_span(const IniKey& key,
                         Microseconds InterlockEntry::*member,
                         StationFile& file,
                         SectionReport& report) {
  const auto span = parse_duration(key.value);
  if (!span || *span > kLongestInterlockSpan) {
    report.wrong(key, "a duration up to a week with its unit, such as '10 s'");
    return;
  }
  newest_interlock(file).*member = *span;
}

/// "above 273 K" of `trip`, "268 K" of `reset`.
struct LevelText {
  bool above = true;
  Quantity at;
};

std::optional<LevelText> parse_trip(const std::string& text) {
  const auto blank = text.find(' ');
  const auto word = text.substr(0, blank);
  if (blank == std::string::npos || (word != "above" && word != "below")) {
    return std::nullopt;
  }
  const auto at = parse_quantity(trimmed(std::string_view{text}.substr(blank)));
  return at ? std::optional{LevelText{word == "above", *at}} : std::nullopt;
}

/// Checks one section against the channels there are.
class InterlockCheck {
 public:
  InterlockCheck(const IniSection& section,
                 InterlockEntry& interlock,
                 const std::vector<ChannelEntry>& channels,
                 SectionReport& report)
      : section_(section), interlock_(interlock), channels_(channels), report_(report) {}

  void check() {
    if (!is_plain_name(interlock_.name)) {
      report_.error("an interlock's name is one word of letters, digits, '_', '-' and '.'");
    }
    check_channels();
    check_vote();
    read_level();
    read_settings();
    check_action_keys();
  }

 private:
  static bool is_plain_name(std::string_view name) {
    return !name.empty() && name.size() <= 64 && std::ranges::all_of(name, [](unsigned char c) {
      return std::isalnum(c) != 0 || c == '_' || c == '-' || c == '.';
    });
  }

  const ChannelEntry* find_channel(const std::string& name, const IniKey& key) const {
    const auto found = std::ranges::find(channels_, name, &ChannelEntry::name);
    if (found != channels_.end()) {
      return &*found;
    }
    std::vector<std::string> names;
    std::ranges::transform(channels_, std::back_inserter(names), &ChannelEntry::name);
    report_.error(
        key,
        fmt::format("there is no [channel {}]{}", shortened(name), report_.suggest(name, names)));
    return nullptr;
  }

  void check_channels() {
    const auto* const key = find_key(section_, "channels");
    if (key == nullptr) {
      return;  // that it lacks them was said
    }
    std::set<std::string> seen;
    for (const auto& name : interlock_.channels) {
      if (!seen.insert(name).second) {
        report_.error(*key, fmt::format("{} is named twice", in_quotes(name)));
      }
      const auto* const channel = find_channel(name, *key);
      if (channel != nullptr && interlock_.invalid_after < channel->period * 2) {
        report_.error(*key,
                      fmt::format("{} is read every {}: 'invalid_after' has to be at least {}, or "
                                  "it trips between two readings",
                                  name,
                                  to_text(channel->period),
                                  to_text(channel->period * 2)));
      }
    }
  }

  void check_vote() {
    const auto* const key = find_key(section_, "vote");
    if (key != nullptr && interlock_.vote == InterlockVote::TwoOfThree &&
        interlock_.channels.size() != 3) {
      report_.error(
          *key, fmt::format("'2 of 3' needs three channels, not {}", interlock_.channels.size()));
    }
  }

  /// A level is compared with every channel: all must be in its unit.
  bool has_their_unit(const IniKey& key, const std::string& unit) {
    for (const auto& name : interlock_.channels) {
      const auto channel = std::ranges::find(channels_, name, &ChannelEntry::name);
      if (channel != channels_.end() && channel->unit != unit) {
        report_.error(key,
                      fmt::format("is in {}, but {} is in {}",
                                  unit.empty() ? "no unit" : unit,
                                  name,
                                  channel->unit.empty() ? "no unit" : channel->unit));
        return false;
      }
    }
    return true;
  }

  void read_level() {
    const auto* const trip_key = find_key(section_, "trip");
    const auto* const reset_key = find_key(section_, "reset");
    if (trip_key == nullptr) {
      if (reset_key != nullptr) {
        report_.error(*reset_key, "means nothing without 'trip'");
      }
      if (const auto* const settle = find_key(section_, "settle")) {
        report_.error(*settle, "means nothing without 'trip'");
      }
      return;
    }
    const auto trip = parse_trip(trip_key->value);
    if (!trip) {
      report_.wrong(*trip_key, "'above' or 'below' and a value with its unit: 'above 273 K'");
      return;
    }
    if (!has_their_unit(*trip_key, trip->at.unit)) {
      return;
    }
    InterlockLevel level{.above = trip->above, .trip = trip->at.value, .reset = trip->at.value};
    if (reset_key != nullptr) {
      read_reset(*reset_key, trip->at.unit, level);
    }
    interlock_.level = level;
  }

  void read_reset(const IniKey& key, const std::string& unit, InterlockLevel& level) {
    const auto reset = parse_quantity(key.value);
    if (!reset || reset->unit != unit) {
      report_.wrong(key, fmt::format("a value with the unit of 'trip', such as '268 {}'", unit));
    } else if (level.above ? reset->value > level.trip : reset->value < level.trip) {
      report_.error(key,
                    fmt::format("has to lie {} the level at which it trips",
                                level.above ? "below" : "above"));
    } else {
      level.reset = reset->value;
    }
  }

  void read_settings() {
    const auto* const key = find_key(section_, "set");
    const bool sets = interlock_.action == InterlockAction::Set;
    if (key == nullptr) {
      if (sets) {
        report_.error("lacks 'set': what 'action = set' sets, such as 'heater_1 off'");
      }
      return;
    }
    if (!sets) {
      report_.error(*key, "means nothing without 'action = set'");
    }
    for (const auto& item : list_items(key->value)) {
      read_setting(*key, item);
    }
    if (interlock_.settings.empty() && list_items(key->value).empty()) {
      report_.wrong(*key, "a list such as 'heater_1 off, bias_2 0 V'");
    }
  }

  void read_setting(const IniKey& key, const std::string& item) {
    const auto blank = item.find(' ');
    const auto name = item.substr(0, blank);
    const auto* const channel = find_channel(name, key);
    if (channel == nullptr) {
      return;
    }
    const auto text = blank == std::string::npos ? std::string_view{}
                                                 : trimmed(std::string_view{item}.substr(blank));
    const auto [value, problem] = parse_channel_setting(*channel, text);
    if (!problem.empty()) {
      report_.error(key, problem);
    } else if (std::ranges::find(interlock_.settings, name, &ActuatorSetting::channel) !=
               interlock_.settings.end()) {
      report_.error(key, fmt::format("{} is set twice", in_quotes(name)));
    } else {
      interlock_.settings.push_back({name, value});
    }
  }

  void refuse_key(const char* name, const char* why) {
    if (const auto* const key = find_key(section_, name)) {
      report_.error(*key, why);
    }
  }

  void check_action_keys() {
    if (find_key(section_, "action") == nullptr) {
      return;
    }
    if (interlock_.action != InterlockAction::SuspendRun) {
      refuse_key("maximum_suspension", "means nothing without 'action = suspend run'");
    }
    if (interlock_.action != InterlockAction::Set) {
      refuse_key("attempts", "means nothing without 'action = set'");
    }
    if (interlock_.action == InterlockAction::Warn ||
        interlock_.action == InterlockAction::SuspendRun) {
      refuse_key("confirm_within", "means nothing with this action");
    }
  }

  const IniSection& section_;
  InterlockEntry& interlock_;
  const std::vector<ChannelEntry>& channels_;
  SectionReport& report_;
};

}  // namespace

void read_interlock_channels(const IniKey& key, StationFile& file, SectionReport& report) {
  auto names = list_items(key.value);
  if (names.empty() || names.size() > kMostListed) {
    report.wrong(key, "a list of channels, such as 'top_plate, bottom'");
    return;
  }
  newest_interlock(file).channels = std::move(names);
}

void read_interlock_vote(const IniKey& key, StationFile& file, SectionReport& report) {
  if (const auto vote = parse_interlock_vote(key.value)) {
    newest_interlock(file).vote = *vote;
    return;
  }
  report.wrong(key, "'any', 'all' or '2 of 3'");
}

void read_interlock_action(const IniKey& key, StationFile& file, SectionReport& report) {
  if (const auto action = parse_interlock_action(key.value)) {
    newest_interlock(file).action = *action;
    return;
  }
  report.wrong(key, "'warn', 'suspend run', 'abort step', 'set' or 'safe state'");
}

void read_interlock_latching(const IniKey& key, StationFile& file, SectionReport& report) {
  if (const auto latching = parse_bool(key.value)) {
    newest_interlock(file).latching = *latching;
    return;
  }
  report.wrong(key, "yes or no");
}

void read_interlock_settle(const IniKey& key, StationFile& file, SectionReport& report) {
  read_interlock_span(key, &InterlockEntry::settle, file, report);
}

void read_interlock_invalid_after(const IniKey& key, StationFile& file, SectionReport& report) {
  read_interlock_span(key, &InterlockEntry::invalid_after, file, report);
}

void read_interlock_confirm_within(const IniKey& key, StationFile& file, SectionReport& report) {
  read_interlock_span(key, &InterlockEntry::confirm_within, file, report);
  auto& span = newest_interlock(file).confirm_within;
  if (span < std::chrono::milliseconds{100}) {
    report.wrong(key, "at least 100 ms: an order needs its time");
    span = InterlockEntry{}.confirm_within;
  }
}

void read_interlock_attempts(const IniKey& key, StationFile& file, SectionReport& report) {
  const auto attempts = parse_integer(key.value);
  if (!attempts || *attempts < 1 || *attempts > kMostRepeats) {
    report.wrong(key, "a whole number from 1 to 100");
    return;
  }
  newest_interlock(file).attempts = static_cast<int>(*attempts);
}

void read_interlock_suspension(const IniKey& key, StationFile& file, SectionReport& report) {
  read_interlock_span(key, &InterlockEntry::maximum_suspension, file, report);
}

void read_interlock_later(const IniKey& /*key*/, StationFile& /*file*/, SectionReport& /*report*/) {
}

void check_interlock(const IniSection& section, Station& station, SectionReport& report) {
  const auto name = section.name.substr(kInterlockSection.size());
  const auto interlock = std::ranges::find(station.interlocks, name, &InterlockEntry::name);
  if (interlock != station.interlocks.end()) {
    InterlockCheck{section, *interlock, station.channels, report}.check();
  }
}

}  // namespace fat
