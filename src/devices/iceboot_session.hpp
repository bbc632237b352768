// A module's address -> commands asked and answered, each answer belonging to its command.
#pragma once

#include <string>
#include <string_view>

#include "devices/iceboot_command.hpp"
#include "devices/tcp_link.hpp"
#include "fat/devices/iceboot_bench.hpp"

namespace fat {

/// After a failure the link is suspect: closed, and before the next command opened again,
/// synchronised and identified, so that a late reply never answers another question. For one
/// thread. All functions throw DeviceError.
class IcebootSession {
 public:
  IcebootSession(const Clock& clock, const ModuleEntry& module, const IcebootTimeouts& timeouts);

  /// Opens the link and goes through the start sequence. Called by itself when the link is suspect.
  void start();

  /// Sends "ARGUMENTS WORDS" and returns what stands between echo and prompt, well-formed for the
  /// command. An idempotent command is sent once more after a failure of the link.
  std::string ask(const IcebootCommand& command, std::string_view arguments = {});
  int ask_number(const IcebootCommand& command);

 private:
  /// One attempt on a ready link; a refusal and an ill-formed answer are faults too.
  Exchange transact(const IcebootCommand& command, const std::string& line);
  Exchange exchange(const std::string& line, Microseconds first_byte);
  Exchange send_line(const std::string& line);
  /// Reads until the text ends with `end`, whatever came before.
  Exchange read_until(std::string_view end, Microseconds first_byte);
  /// Asks without a second attempt; part of start().
  std::string ask_once(const IcebootCommand& command);
  Exchange boot();
  Exchange synchronise();
  void identify();
  bool has_stray_input();
  [[noreturn]] void fail(const std::string& line, const Exchange& failed, const Instant& since);

  const Clock& clock_;
  std::string device_;
  IcebootTimeouts timeouts_;
  TcpLink link_;
  std::string flash_id_;  ///< who it was when it was first opened
  bool ready_ = false;
};

}  // namespace fat
