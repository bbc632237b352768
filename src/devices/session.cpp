// Commands to one device -> replies that belong to them.
#include "devices/session.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

namespace fat {
namespace {

constexpr std::size_t kMaxDrained = 4U << 20U;

Microseconds own(Microseconds of_command, Microseconds of_link) {
  return of_command.count() > 0 ? of_command : of_link;
}

}  // namespace

Session::Session(SessionParts parts)
    : clock_(parts.clock),
      device_(std::move(parts.device)),
      link_(std::move(parts.link)),
      timeouts_(parts.timeouts),
      lock_(clock_, std::move(parts.locks), link_->wire()) {}

Session::~Session() = default;

void Session::begin(const std::string& line) {
  if (turns_ == 0) {
    const auto since = now();
    if (const auto begun = link_->begin(timeouts_.lock); begun.fault) {
      fail(line, begun, since);
    }
  }
  ++turns_;
}

void Session::end() {
  if (--turns_ == 0) {
    link_->end();
  }
}

void Session::open() {
  const Turn turn{*this, "session start"};
  ready_ = false;
  const auto since = now();
  if (const auto taken = lock_.take(timeouts_.lock); taken.fault) {
    fail("lock", taken, since);
  }
  if (const auto opened = link_->open(timeouts_.connect); opened.fault) {
    fail("connect", opened, since);
  }
  if (const auto synchronised = synchronise(); synchronised.fault) {
    fail("session start", synchronised, since);
  }
  ready_ = true;
}

void Session::close() {
  if (turns_ == 0 && link_->begin(timeouts_.lock).fault) {
    let_go();  // whose turn it is may keep the wire
    return;
  }
  ++turns_;
  let_go();
  end();
}

void Session::let_go() {
  ready_ = false;
  link_->close();
  lock_.release();
}

bool Session::free_panel(const std::string& words) {
  const Turn turn{*this, "front panel"};
  make_ready();
  const auto since = now();
  auto sent = link_->free_panel(timeouts_.write);
  if (!sent && !words.empty()) {
    sent = send_line(words);
  }
  if (sent && sent->fault) {
    fail("front panel", *sent, since);
  }
  return sent.has_value();
}

std::string Session::ask(const DeviceCommand& command, const std::string& line) {
  const Turn turn{*this, line};
  const auto since = now();
  Exchange reply;
  for (int attempt = 0; attempt < (command.idempotent ? 2 : 1); ++attempt) {
    make_ready();
    const auto one = framer(line);
    reply = transact(command, line, *one);
    if (!reply.fault) {
      return std::move(reply.received);
    }
    if (reply.fault == DeviceFault::Refused) {
      break;
    }
    let_go();
  }
  fail(line, reply, since);
}

void Session::make_ready() {
  const Turn turn{*this, "session start"};
  if (!ready_ || !is_quiet()) {
    open();
  }
}

std::string Session::ask_here(const DeviceCommand& command, const std::string& line) {
  const auto one = framer(line);
  return ask_block(command, line, *one);
}

std::string Session::ask_block(const DeviceCommand& command,
                               const std::string& line,
                               Framer& framer) {
  const Turn turn{*this, line};
  const auto since = now();
  auto reply = is_quiet() ? transact(command, line, framer)
                          : Exchange{DeviceFault::Garbled, "something came unasked", {}};
  if (reply.fault) {
    fail(line, reply, since);
  }
  return std::move(reply.received);
}

Exchange Session::transact(const DeviceCommand& command, const std::string& line, Framer& framer) {
  if (command.form == nullptr) {
    return send_line(line);
  }
  auto reply = send_query(line);
  if (!reply.fault) {
    reply = read_reply(command, framer);
  }
  if (reply.fault) {
    return reply;
  }
  if (refuses(reply.received)) {
    reply.fault = DeviceFault::Refused;
    reply.why = "the device refuses";
  } else if (!command.form(reply.received) || !answers(line, reply.received)) {
    reply.fault = DeviceFault::Garbled;
    reply.why = "not the form this command answers in";
  }
  return reply;
}

Exchange Session::send_line(const std::string& line) {
  return send_bytes(framed(line));
}

Exchange Session::send_bytes(std::string_view bytes) {
  return link_->send(bytes, timeouts_.write);
}

Exchange Session::send_query(const std::string& line) {
  auto sent = send_line(line);
  return sent.fault ? sent : link_->request_reply(timeouts_.write);
}

Exchange Session::read_reply(const DeviceCommand& command, Framer& framer) {
  const auto first_byte = own(command.first_byte, timeouts_.first_byte);
  const auto deadline = now().boot + first_byte + own(command.whole_reply, timeouts_.whole_reply);
  auto wait = first_byte;
  while (now().boot < deadline) {
    auto more = link_->receive(wait);
    const auto state = framer.feed(more.received);
    // An echo comes at once; the command's own time passes between echo and answer.
    wait = framer.has_answer() ? timeouts_.between_bytes : first_byte;
    if (more.fault) {
      more.received = framer.received();
      return more;
    }
    if (state == Framer::State::Complete) {
      return {.fault = {}, .why = {}, .received = framer.body()};
    }
    if (state != Framer::State::NeedsMore) {
      return {DeviceFault::Garbled, std::string{to_text(state)}, framer.received()};
    }
    if (const auto request = framer.take_request(); !request.empty()) {
      wait = first_byte;
      if (auto sent = link_->send(request, timeouts_.write); sent.fault) {
        return sent;
      }
    }
  }
  return {DeviceFault::Timeout, "not all of it in time", framer.received()};
}

Exchange Session::read_until(std::string_view end, Microseconds first_byte) {
  std::string text;
  const auto deadline = now().boot + first_byte + timeouts_.whole_reply;
  while (now().boot < deadline && text.size() <= Framer::kMaxReply) {
    auto more = link_->receive(first_byte);
    text += more.received;
    if (more.fault || text.ends_with(end)) {
      more.received = std::move(text);
      return more;
    }
  }
  return {DeviceFault::Garbled, "no end in all that came", std::move(text)};
}

Exchange Session::drain() {
  std::size_t drained = 0;
  const auto deadline = now().boot + timeouts_.whole_reply;
  while (now().boot < deadline && drained <= kMaxDrained) {
    auto more = link_->receive(timeouts_.between_bytes);
    if (more.fault == DeviceFault::Timeout) {
      return {};
    }
    if (more.fault) {
      return more;
    }
    drained += more.received.size();
  }
  return {DeviceFault::Garbled, "the device does not stop sending", {}};
}

/// Waits out the pause a device needs between commands. False when something came unasked, or the
/// peer has closed.
bool Session::is_quiet() {
  return link_->receive(timeouts_.pause).fault == DeviceFault::Timeout;
}

void Session::fail(const std::string& line, const Exchange& failed, const Instant& since) {
  const bool is_good = failed.fault == DeviceFault::Refused || failed.fault == DeviceFault::Busy;
  if (!is_good) {
    let_go();
  }
  const auto came = failed.received.empty()
                        ? std::string{"nothing came back"}
                        : fmt::format("came back: \"{}\"", escaped(failed.received));
  throw DeviceError{failed.fault.value_or(DeviceFault::Garbled),
                    device_,
                    fmt::format("{}: '{}': {}; {}; took {}",
                                link_->name(),
                                escaped(line),
                                failed.why,
                                came,
                                fat::to_text(elapsed(since, now())))};
}

std::string escaped(std::string_view text) {
  constexpr std::size_t most = 200;
  std::string result;
  for (const char byte : text.substr(0, most)) {
    if (byte == '\r') {
      result += "\\r";
    } else if (byte == '\n') {
      result += "\\n";
    } else if (byte >= 0x20 && byte < 0x7f) {
      result += byte;
    } else {
      result += fmt::format("\\x{:02x}", static_cast<unsigned char>(byte));
    }
  }
  return text.size() > most ? fmt::format("{}... ({} bytes)", result, text.size()) : result;
}

}  // namespace fat
