// A length of time -> a descriptor that becomes readable when it is over. For bounded waits with
// poll().
#pragma once

#include <vector>

#include <poll.h>

#include "fat/model/instant.hpp"
#include "fat/model/owned_fd.hpp"

namespace fat {

class Deadline {
 public:
  /// Throws std::system_error when the kernel has no timer left.
  explicit Deadline(Microseconds from_now);

  bool is_over() const;

  /// Waits until one of `fds` is readable (or closed) or this is over. False when it is over.
  bool wait_for(const std::vector<int>& fds) const;

 private:
  OwnedFd timer_;
};

}  // namespace fat
