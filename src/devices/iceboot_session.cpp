// A module's address -> commands asked and answered, each answer belonging to its command.
#include "devices/iceboot_session.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "devices/echo_framer.hpp"
#include "devices/iceboot_reply.hpp"

namespace fat {
namespace {

std::string_view to_text(EchoFramer::State state) {
  switch (state) {
    case EchoFramer::State::NeedsMore:
    case EchoFramer::State::Complete:
      return "";
    case EchoFramer::State::NotTheEcho:
      return "what came is not the echo of this command";
    case EchoFramer::State::PastThePrompt:
      return "more came after the prompt";
    case EchoFramer::State::TooLong:
      return "the reply has no end";
  }
  return "";
}

}  // namespace

IcebootSession::IcebootSession(const Clock& clock,
                               const ModuleEntry& module,
                               const IcebootTimeouts& timeouts)
    : clock_(clock), device_(module.serial), timeouts_(timeouts), link_(module.host, module.port) {}

void IcebootSession::start() {
  ready_ = false;
  const auto since = clock_.now();
  if (const auto opened = link_.open(timeouts_.connect); opened.fault) {
    fail("connect", opened, since);
  }
  if (const auto booted = boot(); booted.fault) {
    fail("boot", booted, since);
  }
  if (const auto synchronised = synchronise(); synchronised.fault) {
    fail("session start", synchronised, since);
  }
  ready_ = true;
  identify();
}

Exchange IcebootSession::boot() {
  Exchange result;
  for (int attempt = 0; attempt < 2; ++attempt) {
    result = send_line("boot");
    if (!result.fault) {
      result = read_until("> ", timeouts_.boot);
    }
    if (result.fault != DeviceFault::Timeout) {
      return result;
    }
  }
  result.why = fmt::format("no prompt, twice {}; perhaps another client holds the module",
                           fat::to_text(timeouts_.boot));
  return result;
}

// Log output and late replies may stand in the stream. What has this number in it was printed after
// them.
Exchange IcebootSession::synchronise() {
  const auto number = clock_.now().boot.count() & 0x3fffffff;
  const auto line = fmt::format("sdrop {} .s drop", number);
  for (const auto& one : {std::string{"true setecho"}, std::string{"disableLogOutput"}}) {
    auto result = send_line(one);
    if (!result.fault) {
      result = read_until("> ", timeouts_.first_byte);
    }
    if (result.fault) {
      return result;
    }
  }
  auto sent = send_line(line);
  return sent.fault
             ? sent
             : read_until(fmt::format("{}\r\n<1> {} \r\n> ", line, number), timeouts_.first_byte);
}

void IcebootSession::identify() {
  ask_once(iceboot::kBoardType);
  ask_once(iceboot::kSoftwareVersion);
  ask_once(iceboot::kSoftwareId);
  const auto flash_id = ask_once(iceboot::kFlashId);
  if (flash_id_.empty()) {
    flash_id_ = flash_id;
  }
  if (flash_id != flash_id_) {
    fail("flashID",
         {DeviceFault::Garbled, "another module answers now, it was " + flash_id_, flash_id},
         clock_.now());
  }
}

std::string IcebootSession::ask_once(const IcebootCommand& command) {
  const auto since = clock_.now();
  const std::string line{command.words};
  auto reply = transact(command, line);
  if (reply.fault) {
    fail(line, reply, since);
  }
  return std::move(reply.received);
}

std::string IcebootSession::ask(const IcebootCommand& command, std::string_view arguments) {
  const auto line = fmt::format("{}{}{}", arguments, arguments.empty() ? "" : " ", command.words);
  const auto since = clock_.now();
  Exchange reply;
  for (int attempt = 0; attempt < (command.idempotent ? 2 : 1); ++attempt) {
    if (!ready_ || has_stray_input()) {
      start();
    }
    reply = transact(command, line);
    if (!reply.fault) {
      return std::move(reply.received);
    }
    if (reply.fault == DeviceFault::Refused) {
      break;
    }
    ready_ = false;
    link_.close();
  }
  fail(line, reply, since);
}

Exchange IcebootSession::transact(const IcebootCommand& command, const std::string& line) {
  const auto own = command.first_byte.count() > 0;
  auto reply = exchange(line, own ? command.first_byte : timeouts_.first_byte);
  if (!reply.fault && is_refusal(reply.received)) {
    reply.fault = DeviceFault::Refused;
    reply.why = "the module refuses";
  } else if (!reply.fault && !is_well_formed(command.reply, reply.received)) {
    reply.fault = DeviceFault::Garbled;
    reply.why = "not the form this command answers in";
  }
  return reply;
}

int IcebootSession::ask_number(const IcebootCommand& command) {
  const auto number = parse_stack_number(ask(command)).value_or(0);
  return static_cast<int>(std::clamp(number, -2'147'483'647LL, 2'147'483'647LL));
}

Exchange IcebootSession::send_line(const std::string& line) {
  return link_.send(line + "\r\n", timeouts_.write);
}

Exchange IcebootSession::exchange(const std::string& line, Microseconds first_byte) {
  if (auto sent = send_line(line); sent.fault) {
    return sent;
  }
  EchoFramer framer{line};
  const auto deadline = clock_.now().boot + first_byte + timeouts_.whole_reply;
  auto wait = first_byte;
  while (clock_.now().boot < deadline) {
    auto more = link_.receive(wait);
    const auto state = framer.feed(more.received);
    // The echo comes at once; the command's own time passes between echo and answer.
    wait = framer.has_answer() ? timeouts_.between_bytes : first_byte;
    if (more.fault) {
      more.received = framer.received();
      return more;
    }
    if (state == EchoFramer::State::Complete) {
      return {.fault = {}, .why = {}, .received = framer.body()};
    }
    if (state != EchoFramer::State::NeedsMore) {
      return {DeviceFault::Garbled, std::string{to_text(state)}, framer.received()};
    }
  }
  return {DeviceFault::Timeout, "not all of it in time", framer.received()};
}

Exchange IcebootSession::read_until(std::string_view end, Microseconds first_byte) {
  std::string text;
  const auto deadline = clock_.now().boot + first_byte + timeouts_.whole_reply;
  while (clock_.now().boot < deadline && text.size() <= EchoFramer::kMaxReply) {
    auto more = link_.receive(first_byte);
    text += more.received;
    if (more.fault || text.ends_with(end)) {
      more.received = std::move(text);
      return more;
    }
  }
  return {DeviceFault::Garbled, "no prompt in all that came", std::move(text)};
}

bool IcebootSession::has_stray_input() {
  return link_.receive(Microseconds{0}).fault != DeviceFault::Timeout;
}

void IcebootSession::fail(const std::string& line, const Exchange& failed, const Instant& since) {
  if (failed.fault != DeviceFault::Refused) {
    ready_ = false;
    link_.close();
  }
  const auto came = failed.received.empty()
                        ? std::string{"nothing came back"}
                        : fmt::format("came back: \"{}\"", escaped(failed.received));
  throw DeviceError{failed.fault.value_or(DeviceFault::Garbled),
                    device_,
                    fmt::format("{}: '{}': {}; {}; took {}",
                                link_.name(),
                                line,
                                failed.why,
                                came,
                                fat::to_text(elapsed(since, clock_.now())))};
}

}  // namespace fat
