// The text of `registers` in station.ini -> where a plant keeps its quantities.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "fat/ports/instrument.hpp"

namespace fat {

/// Float: two registers, the low word first, as MARTA has it (reference 1.3). FloatBig: the high
/// word first. Bit: one of a register, which is read, changed and written.
enum class RegisterForm { Float, FloatBig, Unsigned, Signed, Bit };

struct PlantRegister {
  std::string name;
  int address = 0;
  int bit = 0;  ///< of Bit: 0..15
  RegisterForm form = RegisterForm::Float;
  std::string unit;
  std::optional<SettingRange> range;  ///< nullopt: it can only be read
  std::optional<double> safe;         ///< what it is set to by `make_safe`

  int words() const {
    return form == RegisterForm::Float || form == RegisterForm::FloatBig ? 2 : 1;
  }
};

struct PlantRegisters {
  std::vector<PlantRegister> rows;
  std::string problem;  ///< without rows: what is wrong, and what a right row looks like
};

/// Rows "NAME ADDRESS FORM [UNIT] [LOW HIGH] [safe=VALUE]" with semicolons between them; FORM is
/// float, float_big, unsigned, signed or bit (ADDRESS.BIT); UNIT "-" for none.
PlantRegisters parse_plant_registers(std::string_view text);

/// Of as many words as its form has. nullopt when a float is no finite number.
std::optional<double> register_value(const PlantRegister& row,
                                     const std::vector<std::uint16_t>& words);
/// What to write; `before` is what stands there (for Bit).
std::vector<std::uint16_t> register_words(const PlantRegister& row,
                                          double value,
                                          std::uint16_t before);

}  // namespace fat
