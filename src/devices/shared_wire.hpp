// Turns on one wire, and the links to the devices on it, each open at most once.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

#include "devices/link.hpp"
#include "devices/link_lock.hpp"
#include "devices/turn_queue.hpp"
#include "fat/devices/shared_wires.hpp"

namespace fat {

/// Any thread. A thread that has the turn may take it again: it ends with the outermost.
class SharedWire {
 public:
  /// A device's link; `opened` counts how often that was, and is 0 while it is closed for a part.
  struct Line {
    std::unique_ptr<Link> link;
    std::uint64_t opened = 0;
    bool is_open = false;
    int parts = 0;
  };

  SharedWire(const Clock& clock, LinkLocks locks, const std::string& wire);
  ~SharedWire();
  SharedWire(const SharedWire&) = delete;
  SharedWire& operator=(const SharedWire&) = delete;

  /// Of that device; made from the address when it is the first time. Counts one more part.
  Line& join(const std::string& device, const LinkAddress& address);
  /// One part fewer; the last one closes the link.
  void leave(Line& line);

  Exchange begin(WireUser user, Microseconds patience);
  void end();
  bool is_my_turn() const;

  /// REQUIRES: one's turn. The other devices' links are closed: a converter speaks to one at a
  /// time.
  Exchange open(Line& line, Microseconds timeout);
  /// REQUIRES: one's turn.
  void close(Line& line);
  /// As `close`, by the device's name.
  void close(const std::string& device);

 private:
  void close_locked(Line& line);
  Exchange lock_against_processes(std::unique_lock<std::mutex>& lock);

  const Clock& clock_;
  mutable std::mutex mutex_;
  std::condition_variable bell_;
  TurnQueue queue_;                    // guarded by mutex_
  std::thread::id holder_;             // guarded by mutex_; of the turn
  int depth_ = 0;                      // guarded by mutex_; turns within the turn, 0: nobody's
  Microseconds patience_{0};           // guarded by mutex_; of the holder
  std::map<std::string, Line> lines_;  // guarded by mutex_; their links are the holder's
  LinkLock lock_;                      // guarded by mutex_
};

/// One user's share of a device's link: behaves as a link of its own whose opening may be for
/// nothing, since it is open already. What was opened anew by another is closed for this one.
class WirePart : public Link {
 public:
  /// `line`: joined, and left at its end.
  WirePart(std::shared_ptr<SharedWire> wire, SharedWire::Line& line, WireUser user)
      : wire_(std::move(wire)), line_(line), user_(user) {}

  ~WirePart() override { wire_->leave(line_); }

  WirePart(const WirePart&) = delete;
  WirePart& operator=(const WirePart&) = delete;

  std::string name() const override { return line_.link->name(); }

  std::string wire() const override { return line_.link->wire(); }

  bool has_turns() const override { return true; }

  Exchange begin(Microseconds patience) override { return wire_->begin(user_, patience); }

  void end() override { wire_->end(); }

  /// For whom it is open already it is closed first: he found something wrong with it.
  Exchange open(Microseconds timeout) override;
  /// Outside one's turn it is only closed for this one.
  void close() override;
  Exchange send(std::string_view bytes, Microseconds timeout) override;
  Exchange request_reply(Microseconds timeout) override;
  std::optional<Exchange> free_panel(Microseconds timeout) override;
  Exchange receive(Microseconds timeout) override;

 private:
  bool is_open() const;
  /// Nothing can be said on the link now; nullopt: it can.
  std::optional<Exchange> why_not() const;

  std::shared_ptr<SharedWire> wire_;
  SharedWire::Line& line_;
  WireUser user_;
  std::uint64_t opened_ = 0;  ///< which opening of the line this one knows of; 0: none
};

}  // namespace fat
