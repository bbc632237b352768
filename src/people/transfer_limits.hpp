// How long a transfer may take.
#pragma once

#include <chrono>

namespace fat {

struct TransferLimits {
  std::chrono::milliseconds connect = std::chrono::seconds{10};
  std::chrono::milliseconds total = std::chrono::seconds{30};
};

}  // namespace fat
