// A CSV file -> what it says about modules, or everything that is wrong with it.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "fat/model/module_address.hpp"
#include "fat/model/module_field.hpp"
#include "fat/model/problem.hpp"

namespace fat {

/// One line of the list: what is said about one module.
struct ModuleRow {
  int line = 0;
  ModuleAddress address;     ///< of column Address, else of Host and Port
  bool has_address = false;  ///< the row says where it is
  ModuleValues values;       ///< by field; empty cells are left out
};

struct ModuleList {
  std::string name;  ///< as problems name it
  std::vector<ModuleRow> rows;
  std::vector<Problem> problems;
};

/// The first line names the columns: fields of a module JSON ("DEggSerialNumber", "UpperPmt.HVB";
/// case ignored, "Serial", "UpperPmt" and "LowerPmt" for short) and Address, Host, Port. Commas
/// separate, or semicolons when the first line has no comma; "..." quotes; lines that begin with #
/// are comments. A serial, mainboard or ICM that two rows have is an error, an unknown column too.
ModuleList parse_module_list(std::string_view text, const std::string& shown_name);

/// The same from a file; one that cannot be read is a problem.
ModuleList read_module_list(const std::filesystem::path& file, const std::string& shown_name);

}  // namespace fat
