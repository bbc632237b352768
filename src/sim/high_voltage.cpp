// High-voltage supplies as their clients see them: CAEN with $BD and without, Spellman with
// checksum and without.
#include "sim/high_voltage.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>

#include <fmt/format.h>

namespace fat {
namespace {

constexpr double kMegohm = 10;  // on each CAEN channel: volts / megohm are microamperes
constexpr double kMostVolts = 8000, kMostMicroamperes = 3000;
constexpr int kFullScale = 4095;
constexpr double kMonitorScale = 1.2;
constexpr double kMostArgument = 1e6;  // of any command: what is beyond is none

std::optional<double> argument_of(std::string_view text) {
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  const bool whole = error == std::errc{} && end == text.data() + text.size();
  return whole && std::abs(value) <= kMostArgument ? std::optional{value} : std::nullopt;  // no NaN
}

/// "BD:00,CMD:MON" -> words by name.
std::map<std::string, std::string> caen_words(std::string_view text) {
  std::map<std::string, std::string> words;
  while (!text.empty()) {
    const auto comma = std::min(text.find(','), text.size());
    const auto word = text.substr(0, comma);
    const auto colon = std::min(word.find(':'), word.size());
    words[std::string{word.substr(0, colon)}] =
        std::string{word.substr(std::min(colon + 1, word.size()))};
    text.remove_prefix(std::min(comma + 1, text.size()));
  }
  return words;
}

std::string word_of(const std::map<std::string, std::string>& words, const std::string& name) {
  const auto found = words.find(name);
  return found == words.end() ? std::string{} : found->second;
}

/// Two's complement of the sum, seven bits, never below 0x40.
char packet_sum(std::string_view text) {
  int sum = 0;
  for (const char byte : text) {
    sum += static_cast<unsigned char>(byte);
  }
  return static_cast<char>((-sum & 0x7f) | 0x40);
}

}  // namespace

VirtualCaen::VirtualCaen(std::optional<int> board, int channels, double speed)
    : VirtualDevice('\n', Microseconds{0}),
      board_(board),
      ramp_down_(board ? "RDW" : "RDWN"),
      channels_(static_cast<std::size_t>(channels)),
      speed_(speed) {}

std::vector<OwnFault> VirtualCaen::own_faults() const {
  return {{"local"}, {"silent-when-set"}, {"tripped", 0, static_cast<int>(channels_.size()) - 1}};
}

void VirtualCaen::set_own_fault(std::string_view name, int channel, bool on, Microseconds now) {
  ramp(now);
  if (name == "local") {
    local_ = on;
  } else if (name == "silent-when-set") {
    silent_when_set_ = on;
  } else {
    auto& one = channels_.at(static_cast<std::size_t>(channel));
    one.tripped = on;
    one.on = one.on && !on;
  }
}

void VirtualCaen::ramp(Microseconds now) {
  const auto seconds =
      speed_ * std::chrono::duration<double>(now - std::min(updated_, now)).count();
  updated_ = now;
  for (auto& channel : channels_) {
    const auto target = channel.on ? channel.set_volts : 0;
    channel.volts = target > channel.volts
                        ? std::min(target, channel.volts + (channel.up * seconds))
                        : std::max(target, channel.volts - (channel.down * seconds));
    channel.volts = channel.on || channel.by_ramp ? channel.volts : 0;
    if (channel.volts / kMegohm > channel.set_microamperes) {
      channel.tripped = true;
      channel.on = false;
      channel.volts = 0;
    }
  }
}

VirtualDevice::Answer VirtualCaen::execute(const std::string& line, Microseconds now) {
  ramp(now);
  const auto frame = board_ ? fmt::format("BD:{:02},", *board_) : std::string{};
  if (!line.starts_with("$" + frame + "CMD:")) {
    return {};  // of another board, or no command
  }
  const auto words = caen_words(std::string_view{line}.substr(1));
  const auto result = obey(words);
  if (silent_when_set_ && word_of(words, "CMD") == "SET") {
    return {};
  }
  return {.bytes = "#" + frame + result + "\r\n", .after = Microseconds{0}};
}

std::string VirtualCaen::obey(const Words& words) {
  const auto command = word_of(words, "CMD"), parameter = word_of(words, "PAR");
  if (command != "MON" && command != "SET") {
    return "CMD:ERR";
  }
  if (!words.contains("CH")) {
    const auto value = command == "MON" ? monitor_board(parameter) : std::string{};
    return value.empty() ? "PAR:ERR" : "CMD:OK,VAL:" + value;
  }
  const auto number = argument_of(word_of(words, "CH")).value_or(-1);
  if (number < 0 || number > static_cast<double>(channels_.size())) {
    return "CH:ERR";
  }
  const auto channel = static_cast<std::size_t>(number);
  if (command == "MON") {
    return monitor_channels(channel, parameter);
  }
  return channel == channels_.size() ? "CH:ERR" : set(channels_.at(channel), words);
}

/// The number of channels stands for all of them.
std::string VirtualCaen::monitor_channels(std::size_t channel, const std::string& parameter) const {
  const bool all = channel == channels_.size();
  std::string values;
  for (std::size_t i = 0; i < channels_.size(); ++i) {
    if (all || channel == i) {
      values += (values.empty() ? "" : ";") + monitor(channels_[i], parameter);
    }
  }
  return values.empty() || values.front() == ';' ? "PAR:ERR" : "CMD:OK,VAL:" + values;
}

std::string VirtualCaen::monitor_board(const std::string& parameter) const {
  if (parameter == "BDNAME") {
    return board_ ? "N1470" : "DT8033N";
  }
  if (parameter == "BDNCH") {
    return std::to_string(channels_.size());
  }
  if (parameter == "BDCTR") {
    return local_ ? "LOCAL" : "REMOTE";
  }
  if (parameter == "BDILK") {
    return "NO";
  }
  if (parameter == "BDALARM") {
    unsigned bits = 0;
    for (std::size_t i = 0; i < channels_.size(); ++i) {
      bits |= channels_[i].tripped ? 1U << i : 0U;
    }
    return fmt::format("{:05}", bits);
  }
  return {};
}

unsigned VirtualCaen::status(const Channel& channel) const {
  const auto target = channel.on ? channel.set_volts : 0;
  const bool rises = channel.volts<target, falls = channel.volts> target;
  const auto tripped = board_ ? 1U << 7U : 1U << 6U;
  return (channel.on || falls ? 1U : 0U) | (rises ? 2U : 0U) | (falls ? 4U : 0U) |
         (channel.tripped ? tripped : 0U);
}

std::string VirtualCaen::monitor(const Channel& channel, const std::string& parameter) const {
  if (parameter == "STAT") {
    return fmt::format("{:05}", status(channel));
  }
  if (parameter == "PDWN") {
    return channel.by_ramp ? "RAMP" : "KILL";
  }
  const std::map<std::string, double> values{{"VMON", channel.volts},
                                             {"VSET", channel.set_volts},
                                             {"RUP", channel.up},
                                             {ramp_down_, channel.down}};
  const std::map<std::string, double> currents{{"IMON", channel.volts / kMegohm},
                                               {"ISET", channel.set_microamperes}};
  if (const auto value = values.find(parameter); value != values.end()) {
    return fmt::format("{:06.1f}", value->second);
  }
  const auto current = currents.find(parameter);
  return current == currents.end() ? std::string{} : fmt::format("{:07.2f}", current->second);
}

std::string VirtualCaen::set(Channel& channel, const Words& words) {
  if (local_) {
    return "LOC:ERR";
  }
  const auto parameter = word_of(words, "PAR"), text = word_of(words, "VAL");
  if (parameter == "ON" || parameter == "OFF") {
    channel.on = parameter == "ON" && !channel.tripped;
    return "CMD:OK";
  }
  if (parameter == "PDWN" && (text == "RAMP" || text == "KILL")) {
    channel.by_ramp = text == "RAMP";
    return "CMD:OK";
  }
  const auto value = argument_of(text);
  return value ? set_value(channel, parameter, *value) : std::string{"VAL:ERR"};
}

std::string VirtualCaen::set_value(Channel& channel,
                                   const std::string& parameter,
                                   double value) const {
  struct Range {
    double* variable;
    double most;
  };

  const std::map<std::string, Range> known{{"VSET", {&channel.set_volts, kMostVolts}},
                                           {"ISET", {&channel.set_microamperes, kMostMicroamperes}},
                                           {"RUP", {&channel.up, 500}},
                                           {ramp_down_, {&channel.down, 500}}};
  const auto found = known.find(parameter);
  if (found == known.end()) {
    return "PAR:ERR";
  }
  if (value < 0 || value > found->second.most) {
    return "VAL:ERR";
  }
  *found->second.variable = value;
  return "CMD:OK";
}

VirtualSpellman::VirtualSpellman(Wire wire, int switch_command)
    : VirtualDevice('\x03', Microseconds{0}), wire_(wire), switch_command_(switch_command) {}

void VirtualSpellman::set_own_fault(std::string_view name,
                                    int /*channel*/,
                                    bool on,
                                    Microseconds /*now*/) {
  (name == "tripped" ? tripped_ : open_) = on;
  on_ = on_ && !on;
}

// What has no start or a wrong checksum is not answered.
VirtualDevice::Answer VirtualSpellman::execute(const std::string& line, Microseconds /*now*/) {
  const auto start = line.rfind('\x02');
  if (start == std::string::npos) {
    return {};
  }
  auto text = line.substr(start + 1);
  if (wire_ == Wire::Serial) {
    const char sum = text.empty() ? '\0' : text.back();
    text = text.substr(0, text.empty() ? 0 : text.size() - 1);
    if (sum != packet_sum(text)) {
      return {};
    }
  }
  const auto comma = std::min(text.find(','), text.size());
  const auto command = static_cast<int>(argument_of(text.substr(0, comma)).value_or(0));
  const auto rest = text.substr(std::min(comma + 1, text.size()));
  auto reply = text.substr(0, comma) + "," + obey(command, rest.substr(0, rest.find(',')));
  if (wire_ == Wire::Serial) {
    reply += packet_sum(reply);
  }
  return {.bytes = '\x02' + reply + '\x03', .after = Microseconds{0}};
}

std::string VirtualSpellman::obey(int command, const std::string& argument) {
  switch (command) {
    case 14:
      return fmt::format("{},", volts_);
    case 15:
      return fmt::format("{},", amperes_);
    case 21:
      return "123.4,";
    case 22:
      return fmt::format("{:d},{:d},{:d},", on_, open_, tripped_);
    case 23:
      return "XRV160N3000,";
    case 60:
      return fmt::format("{},", on_ ? static_cast<int>(volts_ / kMonitorScale) : 0);
    case 31:
      tripped_ = false;
      return "$,";
    default:
      return set(command, argument);
  }
}

std::string VirtualSpellman::set(int command, const std::string& argument) {
  const auto number = argument_of(argument).value_or(-1);
  const bool switches = command == switch_command_;
  if (!switches && command != 10 && command != 11) {
    return "!,2,";
  }
  if (number < 0 || number > (switches ? 1 : kFullScale)) {
    return "!,1,";
  }
  if (switches && number == 1 && (open_ || tripped_)) {
    return "!,3,";
  }
  if (switches) {
    on_ = number == 1;
  } else {
    (command == 10 ? volts_ : amperes_) = static_cast<int>(number);
  }
  return "$,";
}

}  // namespace fat
