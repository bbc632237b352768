// Replies of instruments -> values, or the reason in words why there is none.
#include "devices/reply_value.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <span>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "devices/julabo_freezer.hpp"
#include "devices/scpi_reply.hpp"
#include "fat/model/quantity.hpp"

namespace fat {
namespace {

constexpr double kOverRange = 9.9e37, kNotANumber = 9.91e37;  // reference 3.9
constexpr std::size_t kKeithleyFields = 5;
constexpr std::string_view kCaenValue = ",VAL:";
constexpr double kCaenMostStatus = 0xffff;

ReplyValue refusal(std::string why) {
  return {.value = std::nullopt, .refusal = std::move(why)};
}

std::vector<std::string_view> fields_of(std::string_view text) {
  std::vector<std::string_view> fields;
  while (true) {
    const auto comma = text.find(',');
    fields.push_back(text.substr(0, comma));
    if (comma == std::string_view::npos) {
      return fields;
    }
    text.remove_prefix(comma + 1);
  }
}

/// The one of `words` that the text is; its words say why there is no value.
ReplyValue refusal_of(std::string_view text,
                      std::span<const std::pair<std::string_view, std::string_view>> words) {
  for (const auto& [word, why] : words) {
    if (word == text) {
      return refusal(std::string{why});
    }
  }
  return {};
}

/// Bits of RDGST? (reference 3.10).
constexpr std::array<std::pair<unsigned, std::string_view>, 6> kSensorBits{
    {{1, "invalid reading"},
     {2, "old reading"},
     {16, "temperature under range"},
     {32, "temperature over range"},
     {64, "sensor under range"},
     {128, "sensor over range: is it connected?"}}};

}  // namespace

std::string_view bare_reply(std::string_view reply) {
  constexpr std::string_view around = " \t\r\n\x11\x13";
  const auto begin = std::min(reply.find_first_not_of(around), reply.size());
  reply.remove_prefix(begin);
  return reply.substr(0, reply.find_last_not_of(around) + 1);
}

ReplyValue read_number(std::string_view reply) {
  auto text = bare_reply(reply);
  if (text.size() > 1 && text[0] == '+' && text[1] != '-' && text[1] != '+') {
    text.remove_prefix(1);
  }
  const auto value = parse_number(text);
  if (value && std::abs(*value) >= kOverRange) {
    return refusal(std::abs(*value) < kNotANumber ? "over range" : "it measures no such thing now");
  }
  return {.value = value, .refusal = {}};
}

ReplyValue read_switch(std::string_view reply) {
  const auto on = parse_scpi_boolean(reply);
  return {.value = on ? std::optional{*on ? 1.0 : 0.0} : std::nullopt, .refusal = {}};
}

ReplyValue read_julabo(std::string_view reply) {
  if (parse_julabo_status(reply)) {
    return refusal(std::string{bare_reply(reply)});
  }
  return {.value = parse_julabo_number(reply), .refusal = {}};
}

ReplyValue read_julabo_status(std::string_view reply) {
  return {.value = parse_julabo_status(reply), .refusal = {}};
}

ReplyValue require_julabo_remote(std::string_view reply) {
  const auto code = parse_julabo_status(reply);
  if (code && *code != 2 && *code != 3) {
    return refusal(
        fmt::format("it is at \"{}\": {}",
                    bare_reply(reply),
                    *code < 0 ? "mend that first" : "switch it to remote control on its panel"));
  }
  return {.value = code, .refusal = {}};
}

ReplyValue keithley_field(std::string_view reply, std::size_t field) {
  const auto fields = fields_of(bare_reply(reply));
  if (fields.size() != kKeithleyFields || field >= fields.size()) {
    return {};
  }
  for (const auto one : fields) {
    const auto each = read_number(one);
    if (!each.value && each.refusal.empty()) {
      return {};
    }
  }
  return read_number(fields.at(field));
}

ReplyValue require_output_on(std::string_view reply) {
  const auto on = parse_scpi_boolean(reply);
  return on && !*on ? refusal("its output is off: it measures only with the output on")
                    : read_switch(reply);
}

ReplyValue require_good_sensor(std::string_view reply) {
  const auto number = parse_integer(bare_reply(reply));
  if (!number || *number < 0 || *number > 255) {
    return {};
  }
  const auto bits = static_cast<unsigned>(*number);
  for (const auto& [bit, words] : kSensorBits) {
    if ((bits & bit) != 0) {
      return refusal(std::string{words});
    }
  }
  return bits == 0 ? ReplyValue{.value = 0, .refusal = {}}
                   : refusal(fmt::format("sensor status {}", bits));
}

ReplyValue read_lauda_running(std::string_view reply) {
  const auto text = bare_reply(reply);
  return text == "0" || text == "1" ? ReplyValue{.value = text == "0" ? 1 : 0, .refusal = {}}
                                    : ReplyValue{};
}

ReplyValue read_lauda_faults(std::string_view reply) {
  constexpr std::size_t digits = 7;
  const auto text = bare_reply(reply);
  if (text.size() != digits || text.find_first_not_of("01") != std::string_view::npos) {
    return {};
  }
  unsigned bits = 0;
  for (std::size_t digit = 0; digit < digits; ++digit) {
    bits |= text[digit] == '1' ? 1U << digit : 0U;
  }
  return {.value = bits, .refusal = {}};
}

ReplyValue read_caen(std::string_view reply) {
  return reply.starts_with(kCaenValue) ? read_number(reply.substr(kCaenValue.size()))
                                       : ReplyValue{};
}

ReplyValue read_caen_word(std::string_view reply) {
  constexpr std::array<std::string_view, 5> yes{"RAMP", "YES", "REMOTE", "HIGH", "CLOSED"};
  constexpr std::array<std::string_view, 5> no{"KILL", "NO", "LOCAL", "LOW", "OPEN"};
  const auto word = reply.starts_with(kCaenValue) ? bare_reply(reply.substr(kCaenValue.size()))
                                                  : std::string_view{};
  if (std::ranges::find(yes, word) != yes.end()) {
    return {.value = 1, .refusal = {}};
  }
  return std::ranges::find(no, word) != no.end() ? ReplyValue{.value = 0, .refusal = {}}
                                                 : ReplyValue{};
}

ReplyValue caen_bits(std::string_view reply, unsigned mask) {
  const auto number = read_caen(reply).value.value_or(-1);
  if (number < 0 || number > kCaenMostStatus || number != std::floor(number)) {
    return {};
  }
  return {.value = (static_cast<unsigned>(number) & mask) != 0 ? 1 : 0, .refusal = {}};
}

ReplyValue read_caen_switched_on(std::string_view reply) {
  const auto on = caen_bits(reply, 0x1), down = caen_bits(reply, 0x4);
  return on.value ? ReplyValue{.value = on.value.value_or(0) * (1 - down.value.value_or(0)),
                               .refusal = {}}
                  : ReplyValue{};
}

ReplyValue spellman_field(std::string_view reply, std::size_t field) {
  const auto fields = fields_of(reply);  // the last one is empty: each ends with a comma
  return field + 1 < fields.size() && fields.back().empty() ? read_number(fields.at(field))
                                                            : ReplyValue{};
}

ReplyValue read_pfeiffer(std::string_view reply) {
  constexpr std::array<std::pair<std::string_view, std::string_view>, 6> words{
      {{"1", "below its range"},
       {"2", "above its range"},
       {"3", "sensor error"},
       {"4", "the sensor is off"},
       {"5", "no sensor"},
       {"6", "identification error"}}};
  const auto fields = fields_of(reply);
  const auto pressure = fields.size() == 2 ? read_number(fields[1]) : ReplyValue{};
  if (!pressure.value) {
    return {};
  }
  return fields[0] == "0" ? pressure : refusal_of(fields[0], words);
}

ReplyValue require_pfeiffer_millibar(std::string_view reply) {
  const auto unit = read_number(reply);
  return unit.value && unit.value != 0.0
             ? refusal("it does not show mbar: set its unit (quantity unit = 0, or on its panel)")
             : unit;
}

ReplyValue read_mks(std::string_view reply) {
  constexpr std::array<std::pair<std::string_view, std::string_view>, 4> words{
      {{"ATM", "about atmospheric pressure: above its range"},
       {"OFF", "the sensor is off"},
       {"NOGAUGE", "no gauge"},
       {"MISCONN", "the gauge is not connected"}}};
  const auto text = bare_reply(reply);
  if (text.starts_with("LO<")) {
    return refusal("below its range");
  }
  const auto number = read_number(text);
  return number.value ? number : refusal_of(text, words);
}

ReplyValue require_mks_millibar(std::string_view reply) {
  if (reply == "TORR" || reply == "PASCAL" || reply == "MICRON") {
    return refusal("it does not show mbar: set its unit on the panel");
  }
  return reply == "MBAR" ? ReplyValue{.value = 1, .refusal = {}} : ReplyValue{};
}

ReplyValue read_stream(std::string_view reply) {
  const auto text = bare_reply(reply);
  return read_number(fields_of(text.substr(0, text.find(' '))).front());
}

}  // namespace fat
