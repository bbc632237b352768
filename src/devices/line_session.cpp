// A protocol in data (frame, identity, refusals) -> questions answered, settings taken.
#include "devices/line_session.hpp"

#include <algorithm>

namespace fat {
namespace {

constexpr char kPacketStart = '\x02', kPacketEnd = '\x03';

}  // namespace

std::string LineSession::framed(const std::string& line) const {
  const auto text = dialect_.before + line;
  switch (dialect_.framing) {
    case Framing::Packet:
      return kPacketStart + text + kPacketEnd;
    case Framing::CheckedPacket:
      return kPacketStart + text + spellman_checksum(text) + kPacketEnd;
    case Framing::Line:
    case Framing::Enquiry:
    case Framing::FirstOfStream:
      break;
  }
  return text + dialect_.end;
}

std::unique_ptr<Framer> LineSession::framer(const std::string& line) const {
  switch (dialect_.framing) {
    case Framing::Packet:
      return std::make_unique<ChecksumFramer>(Checksum::None);
    case Framing::CheckedPacket:
      return std::make_unique<ChecksumFramer>(Checksum::Spellman);
    case Framing::Enquiry:
      return std::make_unique<EnquiryFramer>(dialect_.reply_end);
    case Framing::FirstOfStream:
      if (line != dialect_.identity.words) {
        return std::make_unique<FirstLineFramer>(dialect_.reply_end);
      }
      break;
    case Framing::Line:
      break;
  }
  return std::make_unique<LineFramer>(dialect_.reply_end);
}

bool LineSession::refuses(std::string_view reply) const {
  return dialect_.refuses != nullptr && dialect_.refuses(reply);
}

bool LineSession::answers(const std::string& line, std::string_view reply) const {
  return reply.starts_with(dialect_.reply_before) &&
         (dialect_.answers == nullptr || dialect_.answers(line, reply));
}

std::string LineSession::bare(const std::string& reply) const {
  return reply.starts_with(dialect_.reply_before) ? reply.substr(dialect_.reply_before.size())
                                                  : reply;
}

std::string LineSession::query(const DeviceCommand& command, const std::string& line) {
  const Turn turn{*this, line};
  auto reply = bare(ask(command, line));
  if (dialect_.framing == Framing::FirstOfStream) {
    if (send_bytes(dialect_.stop).fault || drain().fault) {
      close();  // what it still says would answer the next question
    }
  }
  return reply;
}

void LineSession::set(const std::string& line) {
  ask({line, dialect_.set_reply}, line);
}

const std::string& LineSession::identity() {
  make_ready();
  return identity_;
}

Exchange LineSession::synchronise() {
  if (auto stopped = send_bytes(dialect_.stop); stopped.fault) {
    return stopped;
  }
  if (auto drained = drain(); drained.fault) {
    return drained;
  }
  auto found = find_identity();
  if (found.fault) {
    return found;
  }
  if (!identity_.empty() && found.received != identity_) {
    return {DeviceFault::Garbled,
            "another instrument answers now, it was " + identity_,
            std::move(found.received)};
  }
  identity_ = found.received;
  return {};
}

// It answers in order, and only this question in this form: what comes before that is late and
// thrown away.
Exchange LineSession::find_identity() {
  const std::string line{dialect_.identity.words};
  if (dialect_.framing == Framing::Enquiry) {
    return {.fault = {}, .why = {}, .received = bare(ask_here(dialect_.identity, line))};
  }
  const bool packet =
      dialect_.framing == Framing::Packet || dialect_.framing == Framing::CheckedPacket;
  const auto end = packet ? std::string(1, kPacketEnd) : dialect_.reply_end;
  auto reply = send_query(line);
  while (!reply.fault) {
    reply = read_until(end, timeouts().first_byte);
    if (auto identity = identity_in(reply.received); !reply.fault && !identity.empty()) {
      reply.received = std::move(identity);
      return reply;
    }
  }
  return reply;
}

/// Of the last whole reply in what came; "" when it is another one.
std::string LineSession::identity_in(std::string_view late) const {
  const std::string line{dialect_.identity.words};
  auto last = late;
  if (dialect_.framing == Framing::Packet || dialect_.framing == Framing::CheckedPacket) {
    last = late.substr(std::min(late.rfind(kPacketStart), late.size()));
  } else if (late.ends_with(dialect_.reply_end)) {
    const auto before = late.substr(0, late.size() - dialect_.reply_end.size());
    const auto end = before.rfind(dialect_.reply_end);
    last = end == std::string_view::npos ? late : late.substr(end + dialect_.reply_end.size());
  }
  const auto one = framer(line);
  if (one->feed(last) != Framer::State::Complete || !answers(line, one->body())) {
    return {};
  }
  auto identity = bare(one->body());
  return dialect_.identity.form(identity) ? identity : std::string{};
}

}  // namespace fat
