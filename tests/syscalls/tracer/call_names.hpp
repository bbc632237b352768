// Number of a system call -> its name.
#pragma once

#include <string>

namespace fat::tracer {

/// "call_123" for those that nobody asked about.
std::string name_of_call(long number);

}  // namespace fat::tracer
