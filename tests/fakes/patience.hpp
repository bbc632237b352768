// How long a test waits for what happens at once on an idle machine.
#pragma once

#include <chrono>

namespace fat {

/// Never waited for in full, unless the test fails: sanitizers and busy machines take their time.
inline constexpr std::chrono::seconds kPatience{60};

}  // namespace fat
