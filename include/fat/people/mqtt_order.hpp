// What somebody at a broker wants to be set.
#pragma once

#include <cstdint>
#include <string>

namespace fat {

struct MqttOrder {
  std::uint64_t ticket = 0;  ///< by which its end is told
  std::string channel;
  double value = 0;
  std::uint64_t lease = 0;  ///< the number that was shown
  std::string purpose;      ///< where no number is shown: of the lease under which it is done
  std::string who;          ///< for people
};

}  // namespace fat
