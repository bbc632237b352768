#include "sim/ymodem_receiver.hpp"

#include <algorithm>
#include <charconv>
#include <utility>

#include <boost/crc.hpp>

namespace fat {

namespace {

constexpr char kShort = 0x01, kLong = 0x02, kEnd = 0x04, kGood = 0x06, kAgain = 0x15,
               kGiveUp = 0x18;
constexpr std::size_t kHead = 3, kTail = 2;

std::size_t packet_size(char first) {
  switch (first) {
    case kShort:
      return kHead + 128 + kTail;
    case kLong:
      return kHead + 1024 + kTail;
    default:
      return 1;
  }
}

std::uint8_t byte_of(char letter) {
  return static_cast<std::uint8_t>(letter);
}

bool is_sound(std::string_view packet) {
  const auto data = packet.substr(kHead, packet.size() - kHead - kTail);
  boost::crc_optimal<16, 0x1021, 0, 0, false, false> crc;  // crc_xmodem_type is another one
  crc.process_bytes(data.data(), data.size());
  const auto told = (byte_of(packet[packet.size() - 2]) << 8U) | byte_of(packet.back());
  return crc.checksum() == told && byte_of(packet[1]) + byte_of(packet[2]) == 255;
}

}  // namespace

std::string YmodemReceiver::begin() {
  *this = YmodemReceiver{};
  stage_ = Stage::Name;
  return "C";
}

std::optional<std::string> YmodemReceiver::take_packet(std::string& bytes) {
  if (bytes.empty() || bytes.size() < packet_size(bytes.front())) {
    return std::nullopt;
  }
  return std::exchange(bytes, {});
}

std::string YmodemReceiver::give_up() {
  stage_ = Stage::Idle;
  return {kGiveUp, kGiveUp};
}

std::string YmodemReceiver::receive(std::string_view packet) {
  if (packet == std::string_view{&kGiveUp, 1}) {
    stage_ = Stage::Idle;
    return {};
  }
  if (packet == std::string_view{&kEnd, 1}) {
    const bool first = stage_ == Stage::Data;
    const bool second = stage_ == Stage::Ending;
    if (!first && !second) {
      return give_up();
    }
    stage_ = first ? Stage::Ending : Stage::LastName;
    return first ? std::string{kAgain} : std::string{kGood, 'C'};
  }
  if (packet.size() <= kHead + kTail || !is_sound(packet)) {
    return {kAgain};
  }
  const auto data = packet.substr(kHead, packet.size() - kHead - kTail);
  switch (stage_) {
    case Stage::Name:
    case Stage::LastName:
      return take_name(data);
    case Stage::Data:
    case Stage::Ending:
      return take_data(byte_of(packet[1]), data);
    case Stage::Idle:
      break;
  }
  return give_up();
}

/// Behind the file's own name comes its size; a block without a name ends the session.
std::string YmodemReceiver::take_name(std::string_view data) {
  if (data.front() == '\0') {
    whole_ = stage_ == Stage::LastName;
    stage_ = Stage::Idle;
    return {kGood};
  }
  if (stage_ == Stage::LastName) {
    return give_up();  // one file at a time
  }
  const auto rest = data.substr(std::min(data.find('\0') + 1, data.size()));
  std::from_chars(rest.data(), rest.data() + rest.size(), size_);
  if (size_ > kMostBytes) {
    return give_up();
  }
  stage_ = Stage::Data;
  next_ = 1;
  return {kGood, 'C'};
}

std::string YmodemReceiver::take_data(std::uint8_t number, std::string_view data) {
  if (number + 1 == next_ || (number == 255 && next_ == 0)) {
    return {kGood};  // our answer was lost: it comes again
  }
  if (number != next_ || content_.size() + data.size() > kMostBytes) {
    return give_up();
  }
  content_ += data;
  ++next_;
  return {kGood};
}

std::optional<std::string> YmodemReceiver::take_file() {
  if (!std::exchange(whole_, false)) {
    return std::nullopt;
  }
  if (size_ > 0 && size_ < content_.size()) {
    content_.resize(size_);
  }
  return std::exchange(content_, {});
}

}  // namespace fat
