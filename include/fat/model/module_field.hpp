// What a module JSON says about a module, as one table: names, kinds and defaults in the original's
// order.
#pragma once

#include <map>
#include <span>
#include <string>
#include <string_view>

namespace fat {

/// What stands in the JSON: a string, a whole number, a number.
enum class FieldKind { Text, Integer, Number };

/// "UpperPmt.HVB" stands in the object UpperPmt.
struct ModuleField {
  std::string_view name;
  FieldKind kind = FieldKind::Text;
  /// What is written when nobody knows; empty: an empty string, and a number is left out.
  std::string_view unknown;
};

/// All of them, in the original's order (reference 1b).
std::span<const ModuleField> module_fields();

/// Values by the name of their field; what is not there is unknown.
using ModuleValues = std::map<std::string, std::string, std::less<>>;

/// Empty when it is not there.
std::string value_of(const ModuleValues& values, std::string_view field);

}  // namespace fat
