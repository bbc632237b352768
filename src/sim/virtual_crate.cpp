// A Wiener crate as its SNMP clients see it.
#include "sim/virtual_crate.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <optional>
#include <span>
#include <utility>

namespace fat {
namespace {

constexpr unsigned kInteger = 0x02, kOctets = 0x04, kObject = 0x06, kOpaque = 0x44,
                   kSequence = 0x30, kNoSuchInstance = 0x81;
constexpr unsigned kGet = 0xa0, kResponse = 0xa2, kSet = 0xa3;
constexpr int kNotWritable = 17, kWrongValue = 10;
constexpr float kOutputLoad = 8;  // ohm
constexpr float kMostSet = 60;    // V, A
constexpr std::string_view kFloatMark = "\x9f\x78\x04";

struct Piece {
  unsigned tag = 0;
  std::string_view whole, body;
};

/// Takes the first element off the bytes; nullopt when they hold none.
std::optional<Piece> take(std::string_view& bytes) {
  if (bytes.size() < 2) {
    return std::nullopt;
  }
  std::size_t length = static_cast<unsigned char>(bytes[1]), header = 2;
  if (length > 0x80 && length <= 0x82) {
    const auto extra = length - 0x80;
    length = 0;
    for (std::size_t i = 0; i < extra && header < bytes.size(); ++i) {
      length = (length << 8U) | static_cast<unsigned char>(bytes[header++]);
    }
  } else if (length >= 0x80) {
    return std::nullopt;
  }
  if (header + length > bytes.size()) {
    return std::nullopt;
  }
  const Piece piece{static_cast<unsigned char>(bytes[0]),
                    bytes.substr(0, header + length),
                    bytes.substr(header, length)};
  bytes.remove_prefix(header + length);
  return piece;
}

std::string element(unsigned tag, const std::string& body) {
  std::string bytes(1, static_cast<char>(tag));
  if (body.size() >= 0x80) {
    bytes += static_cast<char>(0x82);
    bytes += static_cast<char>(body.size() >> 8U);
  }
  bytes += static_cast<char>(body.size() & 0xffU);
  return bytes + body;
}

std::string whole(int value) {
  return element(kInteger, std::string(1, static_cast<char>(value)));
}

std::string opaque_float(float value) {
  const auto bits = std::bit_cast<std::uint32_t>(value);
  std::string body{kFloatMark};
  for (unsigned shift = 32; shift > 0; shift -= 8) {
    body += static_cast<char>((bits >> (shift - 8)) & 0xffU);
  }
  return element(kOpaque, body);
}

std::optional<float> float_of(std::string_view bytes) {
  const auto piece = take(bytes);
  if (!piece || piece->tag != kOpaque || piece->body.size() != kFloatMark.size() + 4 ||
      !piece->body.starts_with(kFloatMark)) {
    return std::nullopt;
  }
  std::uint32_t bits = 0;
  for (const char byte : piece->body.substr(kFloatMark.size())) {
    bits = (bits << 8U) | static_cast<unsigned char>(byte);
  }
  return std::bit_cast<float>(bits);
}

std::optional<bool> switch_of(std::string_view bytes) {
  const auto piece = take(bytes);
  const bool good = piece && piece->tag == kInteger && piece->body.size() == 1 &&
                    (piece->body[0] == 0 || piece->body[0] == 1);
  return good ? std::optional{piece->body[0] == 1} : std::nullopt;
}

std::vector<std::uint32_t> path_of(std::string_view bytes) {
  const auto piece = take(bytes);
  std::vector<std::uint32_t> path;
  if (!piece || piece->tag != kObject || piece->body.empty()) {
    return path;
  }
  const unsigned first = static_cast<unsigned char>(piece->body[0]);
  path = {first / 40, first % 40};
  std::uint32_t number = 0;
  for (const char byte : piece->body.substr(1)) {
    const unsigned bits = static_cast<unsigned char>(byte);
    number = (number << 7U) | (bits & 0x7fU);
    if ((bits & 0x80U) == 0) {
      path.push_back(number);
      number = 0;
    }
  }
  return path;
}

/// Column and output (from 0) of a row of the output table; nullopt: it is none.
std::optional<std::pair<std::uint32_t, std::size_t>> output_cell(
    const std::vector<std::uint32_t>& path) {
  constexpr std::array<std::uint32_t, 11> table{1, 3, 6, 1, 4, 1, 19947, 1, 3, 2, 1};
  const bool cell = path.size() == table.size() + 2 && path.back() >= 1 && path.back() <= 2 &&
                    std::ranges::equal(table, std::span{path}.first(table.size()));
  return cell ? std::optional{std::pair{path[table.size()], std::size_t{path.back()} - 1}}
              : std::nullopt;
}

bool is_main_switch(const std::vector<std::uint32_t>& path) {
  return path == std::vector<std::uint32_t>{1, 3, 6, 1, 4, 1, 19947, 1, 1, 1, 0};
}

}  // namespace

bool VirtualCrate::parse(std::string_view datagram, Question& question) {
  const auto message = take(datagram);
  auto inside = message ? message->body : std::string_view{};
  const auto version = take(inside), community = take(inside), pdu = take(inside);
  if (!pdu || !version || version->body != std::string_view{"\x01"}) {
    return false;
  }
  auto fields = pdu->body;
  const auto number = take(fields), status = take(fields), index = take(fields),
             list = take(fields);
  auto pairs = list ? list->body : std::string_view{};
  const auto pair = take(pairs);
  auto both = pair ? pair->body : std::string_view{};
  const auto object = take(both), value = take(both);
  if (!status || !index || !value || !object || !number || !community) {
    return false;
  }
  question = {.kind = pdu->tag,
              .community = std::string{community->body},
              .number = std::string{number->whole},
              .object = std::string{object->whole},
              .value = std::string{value->whole}};
  return pdu->tag == kGet || pdu->tag == kSet;
}

std::string VirtualCrate::answer(std::string_view datagram) {
  Question question;
  if (mute || !parse(datagram, question)) {
    return {};
  }
  const auto path = path_of(question.object);
  int error = 0;
  auto value = question.value;
  if (question.kind == kSet) {
    error = set(path, question.community, question.value);
  } else if (question.community != "public") {
    return {};
  } else {
    value = value_of(path);
  }
  if (silent_when_set && question.kind == kSet) {
    return {};
  }
  const auto pairs = element(kSequence, element(kSequence, question.object + value));
  return element(
      kSequence,
      whole(1) + element(kOctets, question.community) +
          element(kResponse, question.number + whole(error) + whole(error == 0 ? 0 : 1) + pairs));
}

std::string VirtualCrate::value_of(const Path& object) const {
  if (object == Path{1, 3, 6, 1, 2, 1, 1, 1, 0}) {
    return element(kOctets, "WIENER PL506 (virtual)");
  }
  if (is_main_switch(object)) {
    return whole(main_ ? 1 : 0);
  }
  const auto cell = output_cell(object);
  if (!cell) {
    return element(kNoSuchInstance, "");
  }
  const auto& output = outputs_.at(cell->second);
  const bool has_failed = failed.at(cell->second);
  const bool on = output.on && main_ && !has_failed;
  const auto volts = on ? std::min(output.volts, output.amperes * kOutputLoad) : 0.0F;
  switch (cell->first) {
    case 4: {
      const auto bits = (on ? 0x80U : 0U) | (has_failed ? 0x04U : 0U);
      return element(kOctets, std::string(1, static_cast<char>(bits)));
    }
    case 5:
    case 6:
      return opaque_float(volts);
    case 7:
      return opaque_float(volts / kOutputLoad);
    case 9:
      return whole(output.on ? 1 : 0);
    case 10:
      return opaque_float(output.volts);
    case 12:
      return opaque_float(output.amperes);
    default:
      return element(kNoSuchInstance, "");
  }
}

int VirtualCrate::set(const Path& object, std::string_view community, std::string_view value) {
  if (is_main_switch(object) && community == "private") {
    const auto on = switch_of(value);
    main_ = deaf_to_settings ? main_ : on.value_or(main_);
    return on ? 0 : kWrongValue;
  }
  const auto cell = output_cell(object);
  if (!cell || community != "guru") {
    return kNotWritable;
  }
  Output unused;
  return set_column(deaf_to_settings ? unused : outputs_.at(cell->second), cell->first, value);
}

int VirtualCrate::set_column(Output& output, std::uint32_t column, std::string_view value) {
  if (column == 9) {
    const auto on = switch_of(value);
    output.on = on.value_or(output.on);
    return on ? 0 : kWrongValue;
  }
  if (column != 10 && column != 12) {
    return kNotWritable;
  }
  const auto number = float_of(value);
  const bool within = number && *number >= 0 && *number <= kMostSet;  // false of NaN
  if (!within) {
    return kWrongValue;
  }
  (column == 10 ? output.volts : output.amperes) = *number;
  return 0;
}

}  // namespace fat
