// What is known about a module -> its module JSON as the original writes it.
#pragma once

#include <string>

#include "fat/model/module_address.hpp"
#include "fat/model/module_field.hpp"

namespace fat {

/// Every field of `module_fields()` in that order, 4 spaces of indent, ASCII. Port is that of
/// `address`; Host stands at the end when it is not this machine. REQUIRES: values of numeric
/// fields are numbers.
std::string module_json_text(const ModuleValues& values, const ModuleAddress& address);

}  // namespace fat
