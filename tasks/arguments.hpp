// A task's arguments, which the catalog has checked, as values.
#pragma once

#include <string>
#include <vector>

#include "fat/ports/task.hpp"

namespace fat {

// Of a parameter that is required or has a default; std::logic_error when it is not there after
// all or cannot be read as what it was declared.

const std::string& text_argument(const TaskContext& context, const std::string& name);
/// In the unit that the parameter's type has (degC, V, A).
double quantity_argument(const TaskContext& context, const std::string& name);
double number_argument(const TaskContext& context, const std::string& name);
long long integer_argument(const TaskContext& context, const std::string& name);
Microseconds duration_argument(const TaskContext& context, const std::string& name);
bool flag_argument(const TaskContext& context, const std::string& name);

/// "a, b" -> {"a", "b"}; "none" -> {}.
std::vector<std::string> list_argument(const TaskContext& context, const std::string& name);

/// The parameter `comment` of measurements, and its value: "" when it is not given.
ParameterInfo comment_parameter();
std::string comment_argument(const TaskContext& context);

/// The devices of station.ini; std::runtime_error when it declares none.
const Instruments& instruments_of(const TaskContext& context);

}  // namespace fat
