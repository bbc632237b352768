// A module's address -> commands asked and answered, each answer belonging to its command.
#pragma once

#include <string>
#include <string_view>

#include "devices/session.hpp"
#include "fat/devices/iceboot_bench.hpp"

namespace fat {

/// A session with a module's iceboot: echo, reply, prompt.
class IcebootSession : public Session {
 public:
  IcebootSession(SessionParts parts, Microseconds boot) : Session(std::move(parts)), boot_(boot) {}

  /// Sends "ARGUMENTS WORDS" and returns what stands between echo and prompt.
  std::string ask(const DeviceCommand& command, std::string_view arguments = {});
  /// For a reply of exactly `size` bytes of any value.
  std::string ask_bytes(const DeviceCommand& command, std::string_view arguments, std::size_t size);
  int ask_number(const DeviceCommand& command, std::string_view arguments = {});

 protected:
  Exchange synchronise() override;
  std::unique_ptr<Framer> framer(const std::string& line) const override;
  bool refuses(std::string_view reply) const override;

  std::string_view line_end() const override { return "\r\n"; }

 private:
  Exchange boot();
  Exchange reach_a_number();
  void identify();

  Microseconds boot_;
  std::string flash_id_;  ///< who it was when it was first opened
};

}  // namespace fat
