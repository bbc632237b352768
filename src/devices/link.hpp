// Bytes to one device and back, whatever carries them; each wait has its end.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "devices/exchange.hpp"
#include "fat/model/instant.hpp"
#include "fat/model/link_address.hpp"
#include "fat/ports/link_wait.hpp"

namespace fat {

/// Never blocks longer than it is told, never spins: a peer that closes is a fault at once. For one
/// thread. Implementations: `TcpLink`, `SerialLink`, `PrologixLink`, `ZeroMqLink`,
/// `ProcessLink`; `WirePart` and `StationLink`, which have turns; in tests `ScriptedLink`.
class Link {
 public:
  virtual ~Link() = default;

  /// For messages: "10.0.0.5:5025", "/dev/ttyUSB0 9600 8N1".
  virtual std::string name() const = 0;
  /// What two devices on the same wire have in common: the name of the lock.
  virtual std::string wire() const = 0;

  /// Others use the wire too, through whoever owns it and locks it: nothing is asked outside one's
  /// turn.
  virtual bool has_turns() const { return false; }

  /// One's turn, for what belongs together: waits at most `patience` for it. Where there are no
  /// turns it is always one's own.
  virtual Exchange begin(Microseconds /*patience*/) { return {}; }

  virtual void end() {}

  /// Connects anew, whatever was before. `received` of the result is empty.
  virtual Exchange open(Microseconds timeout) = 0;
  virtual void close() = 0;
  virtual Exchange send(std::string_view bytes, Microseconds timeout) = 0;

  /// Tells a device that speaks only when asked (GPIB) to speak now; elsewhere nothing.
  virtual Exchange request_reply(Microseconds /*timeout*/) { return {}; }

  /// Gives the front panel back where the wire itself can do that (GPIB); nullopt: it cannot.
  virtual std::optional<Exchange> free_panel(Microseconds /*timeout*/) { return std::nullopt; }

  /// Waits for at least one byte and returns what is there.
  virtual Exchange receive(Microseconds timeout) = 0;
};

/// The link that belongs to the address; opens nothing yet. TCP and serial ones wait for what comes
/// as `wait` does, which must outlive them; nullptr: on the machine.
std::unique_ptr<Link> make_link(const LinkAddress& address, LinkWait* wait = nullptr);

}  // namespace fat
