// What came of sending something and waiting for an answer.
#pragma once

#include <optional>
#include <string>

#include "fat/ports/device_error.hpp"

namespace fat {

struct Exchange {
  std::optional<DeviceFault> fault;  ///< nullopt: it went well
  std::string why;                   ///< with a fault: in words, without what came back
  std::string
      received;  ///< everything that came, or of a good reply what stands between echo and prompt
};

}  // namespace fat
