// A wire's name -> the right to use it, among all processes of the machine.
#pragma once

#include <string>

#include "devices/exchange.hpp"
#include "fat/devices/link_timeouts.hpp"
#include "fat/model/owned_fd.hpp"
#include "fat/ports/clock.hpp"

namespace fat {

/// A `flock` on a file of the lock folder; it ends with its process, whatever ends that. The file
/// says who holds it and for what.
class LinkLock {
 public:
  LinkLock(const Clock& clock, LinkLocks locks, const std::string& wire);

  ~LinkLock() { release(); }

  LinkLock(const LinkLock&) = delete;
  LinkLock& operator=(const LinkLock&) = delete;

  /// Waits at most `patience`. The fault names the holder's pid and purpose. Nothing happens when
  /// it is held already or when there is no lock folder.
  Exchange take(Microseconds patience);

  void release();

 private:
  const Clock& clock_;
  LinkLocks locks_;
  std::string path_;
  OwnedFd file_;
};

}  // namespace fat
