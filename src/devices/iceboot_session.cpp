// A module's address -> commands asked and answered, each answer belonging to its command.
#include "devices/iceboot_session.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "devices/iceboot_commands.hpp"
#include "devices/iceboot_reply.hpp"

namespace fat {

namespace {

std::string line_of(const DeviceCommand& command, std::string_view arguments) {
  return fmt::format("{}{}{}", arguments, arguments.empty() ? "" : " ", command.words);
}

}  // namespace

std::string IcebootSession::ask(const DeviceCommand& command, std::string_view arguments) {
  return Session::ask(command, line_of(command, arguments));
}

std::string IcebootSession::ask_bytes(const DeviceCommand& command,
                                      std::string_view arguments,
                                      std::size_t size) {
  const auto line = line_of(command, arguments);
  BlockFramer framer{line, size};
  const Turn turn{*this, line};
  make_ready();
  return ask_block(command, line, framer);
}

int IcebootSession::ask_number(const DeviceCommand& command, std::string_view arguments) {
  const auto number = parse_stack_number(ask(command, arguments)).value_or(0);
  return static_cast<int>(std::clamp(number, -2'147'483'647LL, 2'147'483'647LL));
}

std::unique_ptr<Framer> IcebootSession::framer(const std::string& line) const {
  return std::make_unique<EchoFramer>(line);
}

bool IcebootSession::refuses(std::string_view reply) const {
  return is_refusal(reply);
}

Exchange IcebootSession::synchronise() {
  if (auto booted = boot(); booted.fault) {
    return booted;
  }
  if (auto reached = reach_a_number(); reached.fault) {
    return reached;
  }
  identify();
  return {};
}

Exchange IcebootSession::boot() {
  Exchange result;
  for (int attempt = 0; attempt < 2; ++attempt) {
    result = send_line("boot");
    if (!result.fault) {
      result = read_until("> ", boot_);
    }
    if (result.fault != DeviceFault::Timeout) {
      return result;
    }
  }
  result.why =
      fmt::format("no prompt after `boot`, twice {}; perhaps another client holds the module",
                  fat::to_text(boot_));
  return result;
}

// Log output and late replies may stand in the stream. What has this number in it was printed after
// them.
Exchange IcebootSession::reach_a_number() {
  const auto number = now().boot.count() & 0x3fffffff;
  const auto line = fmt::format("sdrop {} .s drop", number);
  for (const auto& one : {std::string{"true setecho"}, std::string{"disableLogOutput"}}) {
    auto result = send_line(one);
    if (!result.fault) {
      result = read_until("> ", timeouts().first_byte);
    }
    if (result.fault) {
      return result;
    }
  }
  auto sent = send_line(line);
  return sent.fault
             ? sent
             : read_until(fmt::format("{}\r\n<1> {} \r\n> ", line, number), timeouts().first_byte);
}

void IcebootSession::identify() {
  for (const auto* const command :
       {&iceboot::kBoardType, &iceboot::kSoftwareVersion, &iceboot::kSoftwareId}) {
    ask_here(*command, std::string{command->words});
  }
  const auto flash_id = ask_here(iceboot::kFlashId, std::string{iceboot::kFlashId.words});
  if (flash_id_.empty()) {
    flash_id_ = flash_id;
  }
  if (flash_id != flash_id_) {
    fail("flashID",
         {DeviceFault::Garbled, "another module answers now, it was " + flash_id_, flash_id},
         now());
  }
}

}  // namespace fat
