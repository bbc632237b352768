// Text of an ini file -> ordered sections, each line remembered, and what is wrong with it. Knows
// nothing about tasks.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "fat/model/problem.hpp"

namespace fat {

/// One option. `value` is after interpolation; continuation lines are joined with \n.
struct IniKey {
  std::string name;  ///< lower case (ASCII letters)
  std::string value;
  int line = 0;
  bool inherited = false;  ///< comes from [DEFAULT], not from the section itself
  std::string written;     ///< the name as it stands, for those whose case counts
};

struct IniSection {
  std::string name;
  int line = 0;
  std::vector<IniKey> keys;  ///< in order: its own, then those of [DEFAULT] it does not override
};

/// [DEFAULT] is not among the sections: its options stand in every one of them.
struct IniFile {
  std::string name;  ///< as problems name it
  std::vector<IniSection> sections;
  std::vector<Problem> problems;
};

/// Reads `text` as Python's configparser with default settings does (reference 1a), except that
/// every problem is reported instead of the first, an empty section is one, and text after a
/// section's name is a warning. Never throws for what stands in `text`; bounded in time and memory
/// for hostile ones.
IniFile parse_ini(std::string_view text, std::string name);

/// nullptr when the section has no such key.
const IniKey* find_key(const IniSection& section, std::string_view name);

}  // namespace fat
