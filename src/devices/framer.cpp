// Bytes as they come in -> where one reply ends.
#include "devices/framer.hpp"

#include <algorithm>

namespace fat {
namespace {

constexpr char kStx = '\x02';
constexpr char kEtx = '\x03';
constexpr char kEnq = '\x05';
constexpr char kAck = '\x06';
constexpr char kNak = '\x15';
constexpr std::string_view kPrompt = "> ";
constexpr std::string_view kBlockEnd = "\r\n> ";
constexpr std::size_t kMaxBlock = 1U << 20U;

/// Whether one is the beginning of the other.
bool agree(std::string_view a, std::string_view b) {
  const auto size = std::min(a.size(), b.size());
  return a.substr(0, size) == b.substr(0, size);
}

}  // namespace

std::string_view to_text(Framer::State state) {
  switch (state) {
    case Framer::State::NeedsMore:
    case Framer::State::Complete:
      return "";
    case Framer::State::WrongStart:
      return "what came is not the beginning of this command's reply";
    case Framer::State::PastTheEnd:
      return "more came after the end of the reply";
    case Framer::State::WrongChecksum:
      return "its checksum is wrong";
    case Framer::State::TooLong:
      return "the reply has no end";
  }
  return "";
}

EchoFramer::EchoFramer(std::string_view line, std::string_view end)
    : echo_(std::string{line} + std::string{end}),
      prompt_(std::string{end} + std::string{kPrompt}),
      end_size_(end.size()) {}

Framer::State EchoFramer::judge() {
  if (!agree(received(), echo_)) {
    return State::WrongStart;
  }
  if (received().size() < echo_.size()) {
    return State::NeedsMore;
  }
  // The echo's own line end serves as the prompt's when nothing is printed.
  const auto prompt = received().find(prompt_, echo_.size() - end_size_);
  if (prompt != std::string::npos) {
    return prompt + prompt_.size() == received().size() ? State::Complete : State::PastTheEnd;
  }
  return received().size() > kMaxReply ? State::TooLong : State::NeedsMore;
}

std::string EchoFramer::body() const {
  const auto size = received().size() - prompt_.size();
  return size < echo_.size() ? std::string{} : received().substr(echo_.size(), size - echo_.size());
}

BlockFramer::BlockFramer(std::string_view line, std::size_t size)
    : echo_(std::string{line} + "\r\n"), size_(std::min(size, kMaxBlock)) {}

Framer::State BlockFramer::judge() {
  if (!agree(received(), echo_)) {
    return State::WrongStart;
  }
  const auto block_end = echo_.size() + size_;
  if (received().size() <= block_end) {
    return State::NeedsMore;
  }
  // The line end before the prompt is optional.
  const auto rest = std::string_view{received()}.substr(block_end);
  for (const auto end : {kPrompt, kBlockEnd}) {
    if (agree(rest, end) && rest.size() < end.size()) {
      return State::NeedsMore;
    }
    if (rest == end) {
      return State::Complete;
    }
  }
  return State::PastTheEnd;
}

Framer::State LineFramer::judge() {
  const auto end = received().find(end_);
  if (end == std::string::npos) {
    return received().size() > kMaxReply ? State::TooLong : State::NeedsMore;
  }
  return end + end_.size() == received().size() ? State::Complete : State::PastTheEnd;
}

Framer::State FirstLineFramer::judge() {
  if (received().find(end_) != std::string::npos) {
    return State::Complete;
  }
  return received().size() > kMaxReply ? State::TooLong : State::NeedsMore;
}

char spellman_checksum(std::string_view text) {
  unsigned sum = 0;
  for (const char byte : text) {
    sum += static_cast<unsigned char>(byte);
  }
  return static_cast<char>(((0x100U - (sum & 0xffU)) & 0x7fU) | 0x40U);
}

Framer::State ChecksumFramer::judge() {
  if (received().empty()) {
    return State::NeedsMore;
  }
  if (received().front() != kStx) {
    return State::WrongStart;
  }
  const auto end = received().find(kEtx);
  if (end == std::string::npos) {
    return received().size() > kMaxReply ? State::TooLong : State::NeedsMore;
  }
  if (end + 1 != received().size()) {
    return State::PastTheEnd;
  }
  if (checksum_ == Checksum::None) {
    return State::Complete;
  }
  const bool right = end >= 2 && spellman_checksum(std::string_view{received()}.substr(
                                     1, end - 2)) == received()[end - 1];
  return right ? State::Complete : State::WrongChecksum;
}

std::string ChecksumFramer::body() const {
  const std::size_t frame = checksum_ == Checksum::None ? 2 : 3;
  return received().substr(1, received().size() - frame);
}

Framer::State EnquiryFramer::judge() {
  if (received().empty()) {
    return State::NeedsMore;
  }
  if (received().front() != kAck && received().front() != kNak) {
    return State::WrongStart;
  }
  const auto handshake = received().front() + end_;
  if (!agree(received(), handshake)) {
    return State::WrongStart;
  }
  if (received().size() < handshake.size()) {
    return State::NeedsMore;
  }
  const auto rest = std::string_view{received()}.substr(handshake.size());
  if (received().front() == kNak) {
    return rest.empty() ? State::Complete : State::PastTheEnd;
  }
  if (!asked_) {
    asked_ = true;
    request_ = std::string(1, kEnq);
    return rest.empty() ? State::NeedsMore : State::PastTheEnd;
  }
  const auto end = rest.find(end_);
  if (end == std::string_view::npos) {
    return rest.size() > kMaxReply ? State::TooLong : State::NeedsMore;
  }
  return end + end_.size() == rest.size() ? State::Complete : State::PastTheEnd;
}

std::string EnquiryFramer::body() const {
  if (received().front() == kNak) {
    return {&kNak, 1};
  }
  const auto begin = 1 + end_.size();
  return received().substr(begin, received().size() - begin - end_.size());
}

}  // namespace fat
