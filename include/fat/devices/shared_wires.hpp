// The wires of the process that speaks to a bench for everybody -> turns on them.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "fat/devices/link_timeouts.hpp"
#include "fat/model/link_address.hpp"
#include "fat/ports/clock.hpp"

namespace fat {

class Link;
class SharedWire;

/// Whose turn: of the process that owns the wires, or of another one that it speaks for.
enum class WireUser { Owner, Guest };

/// One link to each device, whoever uses it: a turn is one transaction, or several that belong
/// together. After each turn of a guest the owner comes first, if it waits; after each of the
/// owner's a guest. Any thread.
class SharedWires {
 public:
  /// `locks`: as of a session; the wire is locked against other processes while a link is open.
  SharedWires(const Clock& clock, LinkLocks locks);
  ~SharedWires();
  SharedWires(const SharedWires&) = delete;
  SharedWires& operator=(const SharedWires&) = delete;

  /// What a session uses as its link. A link that was opened is closed with the last of its parts,
  /// or when one closes it in its turn; then the others find it closed.
  std::unique_ptr<Link> part(const std::string& device, const LinkAddress& address, WireUser user);

  /// Carries out `work` in one turn of the owner. Throws DeviceError{Busy} when that does not come
  /// within `patience`. Where no part of the device lives, nobody else has a turn either.
  void in_one_turn(const std::string& device,
                   Microseconds patience,
                   const std::function<void()>& work);

  /// Closes the device's link: a program of somebody else's wants it. Throws as `in_one_turn`.
  void let_go(const std::string& device, Microseconds patience);

 private:
  std::shared_ptr<SharedWire> wire_of(const std::string& device);

  const Clock& clock_;
  LinkLocks locks_;
  std::mutex mutex_;
  std::map<std::string, std::shared_ptr<SharedWire>> by_wire_;    // guarded by mutex_
  std::map<std::string, std::shared_ptr<SharedWire>> by_device_;  // guarded by mutex_
};

}  // namespace fat
