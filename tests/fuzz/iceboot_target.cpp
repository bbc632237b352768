// Bytes as a module's console sends them, behind the echo of a command -> reply and values. In one
// piece or byte by byte: the same.
#include <cmath>

#include "devices/framer.hpp"
#include "devices/iceboot_reply.hpp"
#include "devices/session.hpp"
#include "fuzz/targets.hpp"

namespace fat::fuzz {

namespace {

constexpr std::string_view kLine = "flashLS";

EchoFramer::State feed_bytes(EchoFramer& framer, std::string_view bytes) {
  auto state = EchoFramer::State::NeedsMore;
  for (std::size_t i = 0; i < bytes.size() && state == EchoFramer::State::NeedsMore; ++i) {
    state = framer.feed(bytes.substr(i, 1));
  }
  return state;
}

void check_framing(std::string_view bytes) {
  EchoFramer whole{kLine}, pieces{kLine};
  const auto at_once = whole.feed(bytes);
  const auto bit_by_bit = feed_bytes(pieces, bytes);
  require(whole.has_answer() == (whole.received().size() > kLine.size() + 2),
          "an answer is more than the echo");
  if (at_once == EchoFramer::State::Complete) {
    require(bit_by_bit == at_once && pieces.body() == whole.body(),
            "a reply is the same in pieces");
    require(whole.body().find("\r\n> ") == std::string::npos, "no prompt within a reply");
  }
  if (at_once == EchoFramer::State::WrongStart) {
    require(bit_by_bit == at_once, "what is not the echo is not the echo in pieces");
  }
}

void check_values(std::string_view text) {
  for (const auto form : {is_nothing, is_stack_number, is_slow_adc, is_flash_table}) {
    form(text);
  }
  require(!is_one_line(text) || !text.empty(), "a line is not empty");
  if (const auto reading = parse_slow_adc(text)) {
    require(std::isfinite(reading->value) && !reading->unit.empty(),
            "a reading is a number of units");
  }
  if (const auto file = parse_newest_file(text)) {
    require(file->find_first_of(" \"\r\n") == std::string::npos, "a file's name is one word");
  }
  is_refusal(text);
  for (const char letter : escaped(text)) {
    require(letter >= 0x20 && letter < 0x7f, "what is shown is printable");
  }
}

}  // namespace

void iceboot(std::string_view input) {
  check_values(input);
  check_framing(input);
  const auto reply = std::string{kLine} + "\r\n" + std::string{input};
  check_framing(reply);
  check_framing(reply + "\r\n> ");
}

}  // namespace fat::fuzz
