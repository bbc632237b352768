// Commands to one device -> replies that belong to them. What all protocols have in common.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "devices/command.hpp"
#include "devices/framer.hpp"
#include "devices/link.hpp"
#include "devices/link_lock.hpp"
#include "fat/devices/link_timeouts.hpp"
#include "fat/ports/clock.hpp"
#include "fat/ports/device_error.hpp"

namespace fat {

/// Whom a session talks to, and how.
struct SessionParts {
  const Clock& clock;  ///< must outlive the session
  std::string device;  ///< its name in errors
  std::unique_ptr<Link> link;
  LinkTimeouts timeouts;
  LinkLocks locks;
};

/// One transaction at a time; from open to close the wire is locked against other processes. After
/// a failure the link is suspect: it is closed, and before the next command opened again,
/// synchronised and identified, so that a late reply never answers another question. Input nobody
/// asked for has the same effect. For one thread; every function throws DeviceError.
/// Implementations: `IcebootSession`, `ScpiSession`, `LineSession`, `FilterWheelSession`,
/// `FieldHubSession`.
class Session {
 public:
  explicit Session(SessionParts parts);
  virtual ~Session();
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  /// Opens the link and makes sure who is there. Commands do this themselves when needed.
  void open();
  /// Lets the wire go; the next command opens it again.
  void close();

  /// People can use the front panel: by means of the wire where it has some (GPIB), else with these
  /// words, behind which nothing is asked: a question would lock the panel again. False: there are
  /// neither; nothing was sent.
  bool free_panel(const std::string& words);

  /// Sends one line and returns its reply ("" when the command has none). An idempotent command is
  /// sent once more after a failure of the link; a refusal is an answer and is not.
  std::string ask(const DeviceCommand& command, const std::string& line);

  /// Nobody else says anything on the wire from here to the end of the block: for transactions that
  /// belong together. Each transaction has one by itself. Throws DeviceError.
  class Turn {
   public:
    Turn(Session& session, const std::string& line) : session_(session) { session.begin(line); }

    ~Turn() { session_.end(); }

    Turn(const Turn&) = delete;
    Turn& operator=(const Turn&) = delete;

   private:
    Session& session_;
  };

  const std::string& device() const { return device_; }

 protected:
  /// On a fresh link: everything late is thrown away, and the device says who it is. A fault, or
  /// DeviceError.
  virtual Exchange synchronise() = 0;
  /// For the reply to this line.
  virtual std::unique_ptr<Framer> framer(const std::string& line) const = 0;

  /// The device understood and says no.
  virtual bool refuses(std::string_view /*reply*/) const { return false; }

  /// The reply has the right form; is it one to this line?
  virtual bool answers(const std::string& /*line*/, std::string_view /*reply*/) const {
    return true;
  }

  virtual std::string_view line_end() const { return "\n"; }

  /// The bytes that carry a line.
  virtual std::string framed(const std::string& line) const {
    return line + std::string{line_end()};
  }

  /// Opens the link unless it is open and quiet.
  void make_ready();
  /// As `ask`, in one attempt on the link as it is: part of `synchronise`, and of what follows a
  /// set.
  std::string ask_here(const DeviceCommand& command, const std::string& line);
  /// As `ask`, with a framer of the caller's, in one attempt, for replies in blocks of bytes.
  std::string ask_block(const DeviceCommand& command, const std::string& line, Framer& framer);
  Exchange send_line(const std::string& line);
  /// A line that has a reply: where the device speaks only when told to, it is told.
  Exchange send_query(const std::string& line);
  /// Bytes that are no line of their own: what ends a stream, or resets an interface.
  Exchange send_bytes(std::string_view bytes);
  /// Reads until the text ends with `end`, whatever came before.
  Exchange read_until(std::string_view end, Microseconds first_byte);
  /// Reads and throws away until the device is silent.
  Exchange drain();
  /// The answer was good in form and wrong in content: closes the link and throws.
  [[noreturn]] void fail(const std::string& line, const Exchange& failed, const Instant& since);

  Instant now() const { return clock_.now(); }

  const LinkTimeouts& timeouts() const { return timeouts_; }

 private:
  void begin(const std::string& line);
  void end();
  void let_go();
  Exchange transact(const DeviceCommand& command, const std::string& line, Framer& framer);
  Exchange read_reply(const DeviceCommand& command, Framer& framer);
  bool is_quiet();

  const Clock& clock_;
  std::string device_;
  std::unique_ptr<Link> link_;
  LinkTimeouts timeouts_;
  LinkLock lock_;
  bool ready_ = false;
  int turns_ = 0;  ///< one within another
};

/// For messages: control characters and bytes above 127 as \xNN, at most 200 characters.
std::string escaped(std::string_view text);

}  // namespace fat
