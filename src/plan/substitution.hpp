// A value with ${name} -> the value with the fragment's parameters in their place.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "plan/section_report.hpp"

namespace fat {

using Parameters = std::unordered_map<std::string, std::string>;

/// Replaces ${name} in all values of a section; $${ stands for a literal ${. Size of a value and of
/// all values together is limited.
class Substitution {
 public:
  /// nullopt when nothing is to be replaced, so that the section can be used as it is. `parameters`
  /// is nullptr outside of fragments: there every ${name} is an error.
  std::optional<IniSection> replaced(const IniSection& section,
                                     const Parameters* parameters,
                                     const std::string& file,
                                     ProblemList& problems);

 private:
  std::string replace_value(const IniKey& key, const Parameters* parameters, SectionReport& report);

  std::size_t left_ = std::size_t{256} << 20U;  // bytes that may still be made
};

}  // namespace fat
