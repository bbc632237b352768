// A condition on an event -> nothing, or the end of replaying it.
#pragma once

#include <stdexcept>
#include <string>

namespace fat {

/// Throws std::logic_error when an event cannot follow what is known.
inline void require(bool condition, const char* otherwise) {
  if (!condition) {
    throw std::logic_error{std::string{"illegal event: "} + otherwise};
  }
}

}  // namespace fat
