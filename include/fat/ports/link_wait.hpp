// A descriptor of a link and how long -> whether something came in that time.
#pragma once

#include "fat/model/instant.hpp"

namespace fat {

/// How links wait where the machine's own time is not the bench's. Any thread. Implementations:
/// `LapsedWires` (cli); without one a link waits on the machine (`devices/descriptor_io`).
class LinkWait {
 public:
  virtual ~LinkWait() = default;

  /// True when `events` of poll (or an error, which the next call names) came in time.
  virtual bool wait_for(int descriptor, short events, Microseconds timeout) = 0;
};

}  // namespace fat
