// The text of `registers` in station.ini -> where a plant keeps its quantities.
#include "devices/modbus_registers.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <limits>
#include <utility>

#include <fmt/format.h>

#include "fat/model/quantity.hpp"

namespace fat {
namespace {

constexpr long long kMostAddress = 0xffff;
constexpr unsigned kWordBits = 16;

constexpr std::array<std::pair<std::string_view, RegisterForm>, 5> kForms{
    {{"float", RegisterForm::Float},
     {"float_big", RegisterForm::FloatBig},
     {"unsigned", RegisterForm::Unsigned},
     {"signed", RegisterForm::Signed},
     {"bit", RegisterForm::Bit}}};

std::vector<std::string_view> plant_words(std::string_view text, std::string_view between) {
  std::vector<std::string_view> words;
  while (true) {
    const auto begin = text.find_first_not_of(between);
    if (begin == std::string_view::npos) {
      return words;
    }
    text.remove_prefix(begin);
    words.push_back(text.substr(0, text.find_first_of(between)));
    text.remove_prefix(words.back().size());
  }
}

/// "310" or, for a bit, "305.3".
bool read_address(std::string_view word, PlantRegister& row) {
  const auto point = word.find('.');
  const auto address = parse_integer(word.substr(0, point));
  const auto bit = point == std::string_view::npos ? std::optional<long long>{0}
                                                   : parse_integer(word.substr(point + 1));
  const bool is_bit = row.form == RegisterForm::Bit;
  if (!address || !bit || *address < 0 || *address + row.words() - 1 > kMostAddress || *bit < 0 ||
      *bit >= static_cast<long long>(kWordBits) || is_bit == (point == std::string_view::npos)) {
    return false;
  }
  row.address = static_cast<int>(*address);
  row.bit = static_cast<int>(*bit);
  return true;
}

/// What the form can hold.
SettingRange form_range(RegisterForm form) {
  constexpr double most = std::numeric_limits<float>::max();
  switch (form) {
    case RegisterForm::Float:
    case RegisterForm::FloatBig:
      return {-most, most};
    case RegisterForm::Unsigned:
      return {0, 0xffff};
    case RegisterForm::Signed:
      return {-0x8000, 0x7fff};
    case RegisterForm::Bit:
      return {0, 1};
  }
  return {};
}

bool read_range(std::string_view low_text, std::string_view high_text, PlantRegister& row) {
  const auto low = parse_number(low_text), high = parse_number(high_text);
  const auto [least, most] = form_range(row.form);
  if (!low || !high || *low > *high || *low < least || *high > most) {
    return false;
  }
  row.range = SettingRange{*low, *high};
  return true;
}

/// "safe=0", taken off the words. False when it is no value that may be set.
bool read_safe(std::vector<std::string_view>& words, PlantRegister& row) {
  constexpr std::string_view mark = "safe=";
  if (words.empty() || !words.back().starts_with(mark)) {
    return true;
  }
  row.safe = parse_number(words.back().substr(mark.size()));
  words.pop_back();
  return row.safe.has_value();
}

std::optional<PlantRegister> read_row(std::string_view text) {
  auto words = plant_words(text, " \t");
  PlantRegister row;
  if (!read_safe(words, row) || words.size() < 3 || words.size() > 6) {
    return std::nullopt;
  }
  const auto* const form =
      std::ranges::find(kForms, words[2], &std::pair<std::string_view, RegisterForm>::first);
  if (form == kForms.end()) {
    return std::nullopt;
  }
  row.form = form->second;
  row.name = words[0];
  if (!read_address(words[1], row)) {
    return std::nullopt;
  }
  if (words.size() > 3 && words[3] != "-") {
    row.unit = words[3];
  }
  const bool ranged = words.size() == 6;
  if (words.size() == 5 || (ranged && !read_range(words[4], words[5], row))) {
    return std::nullopt;
  }
  const auto safe = row.safe.value_or(0);
  const bool safe_fits =
      !row.safe || (row.range && safe >= row.range->low && safe <= row.range->high);
  return safe_fits ? std::optional{std::move(row)} : std::nullopt;
}

}  // namespace

PlantRegisters parse_plant_registers(std::string_view text) {
  PlantRegisters registers;
  for (const auto part : plant_words(text, ";\n")) {
    if (part.find_first_not_of(" \t\r") == std::string_view::npos) {
      continue;
    }
    auto row = read_row(part);
    const bool twice = row && std::ranges::any_of(registers.rows, [&](const PlantRegister& one) {
                         return one.name == row->name;
                       });
    if (!row || twice) {
      return {
          {},
          fmt::format("'{}' {}: a row is NAME ADDRESS FORM [UNIT] [LOW HIGH] [safe=VALUE], such "
                      "as 'setpoint 310 float degC -35 25', 'chiller 305.0 bit - 0 1 safe=0'",
                      part,
                      twice ? "is there twice" : "is no row")};
    }
    registers.rows.push_back(std::move(*row));
  }
  if (registers.rows.empty()) {
    registers.problem = "has no rows";
  }
  return registers;
}

std::optional<double> register_value(const PlantRegister& row,
                                     const std::vector<std::uint16_t>& words) {
  switch (row.form) {
    case RegisterForm::Float:
    case RegisterForm::FloatBig: {
      const bool low_first = row.form == RegisterForm::Float;
      const std::uint32_t low = words.at(low_first ? 0 : 1), high = words.at(low_first ? 1 : 0);
      const auto value = static_cast<double>(std::bit_cast<float>((high << kWordBits) | low));
      return std::isfinite(value) ? std::optional{value} : std::nullopt;
    }
    case RegisterForm::Unsigned:
      return words.at(0);
    case RegisterForm::Signed:
      return static_cast<std::int16_t>(words.at(0));
    case RegisterForm::Bit:
      return ((words.at(0) >> static_cast<unsigned>(row.bit)) & 1U) != 0 ? 1 : 0;
  }
  return std::nullopt;
}

std::vector<std::uint16_t> register_words(const PlantRegister& row,
                                          double value,
                                          std::uint16_t before) {
  const auto word = [](std::uint32_t bits) { return static_cast<std::uint16_t>(bits & 0xffffU); };
  switch (row.form) {
    case RegisterForm::Float:
    case RegisterForm::FloatBig: {
      const auto bits = std::bit_cast<std::uint32_t>(static_cast<float>(value));
      const auto low = word(bits), high = word(bits >> kWordBits);
      return row.form == RegisterForm::Float ? std::vector{low, high} : std::vector{high, low};
    }
    case RegisterForm::Unsigned:
    case RegisterForm::Signed:
      return {word(static_cast<std::uint32_t>(std::lround(value)))};
    case RegisterForm::Bit: {
      const auto bit = 1U << static_cast<unsigned>(row.bit);
      return {word(value != 0 ? before | bit : before & ~bit)};
    }
  }
  return {};
}

}  // namespace fat
