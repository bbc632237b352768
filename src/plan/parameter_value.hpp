// Text of a parameter -> whether it is of the parameter's type.
#pragma once

#include <string_view>

#include "fat/model/task_info.hpp"

namespace fat {

/// "" when `text` is of that type, else what it should have been: "a temperature such as '-40
/// degC'".
std::string_view expected_instead(ParameterType type, std::string_view text);

}  // namespace fat
