// Bytes as instruments send them -> replies and values. In one piece or byte by byte: the same.
#include <cmath>
#include <memory>

#include "devices/column_sensor.hpp"
#include "devices/field_hub_controller.hpp"
#include "devices/filter_wheel.hpp"
#include "devices/framer.hpp"
#include "devices/humidity_command.hpp"
#include "devices/julabo_freezer.hpp"
#include "devices/lutron_thermometer.hpp"
#include "devices/modbus_registers.hpp"
#include "devices/pmt_data.hpp"
#include "devices/pushed_frames.hpp"
#include "devices/reply_value.hpp"
#include "devices/scpi_reply.hpp"
#include "devices/wire_words.hpp"
#include "fat/model/link_address.hpp"
#include "fuzz/targets.hpp"

namespace fat::fuzz {
namespace {

using State = Framer::State;

void check_framer(Framer& whole, Framer& pieces, std::string_view bytes) {
  const auto at_once = whole.feed(bytes);
  auto bit_by_bit = State::NeedsMore;
  for (std::size_t i = 0; i < bytes.size() && bit_by_bit == State::NeedsMore; ++i) {
    bit_by_bit = pieces.feed(bytes.substr(i, 1));
    pieces.take_request();
  }
  if (at_once == State::Complete) {
    require(bit_by_bit == at_once && pieces.body() == whole.body(),
            "a reply is the same in pieces");
  }
}

template <typename Make>
void check_framers(const Make& make, std::string_view bytes) {
  const auto whole = make(), pieces = make();
  check_framer(*whole, *pieces, bytes);
}

void check_pushed(std::string_view bytes) {
  PushedFrames whole{'\x02', '\r', 16}, pieces{'\x02', '\r', 16};
  whole.feed(bytes);
  std::string found, again;
  while (const auto frame = whole.take()) {
    require(frame->size() == 16 && frame->front() == '\x02' && frame->back() == '\r',
            "a frame has its length and its ends");
    parse_lutron_frame(*frame);
    found += *frame;
  }
  for (const char byte : bytes) {
    pieces.feed({&byte, 1});
    while (const auto frame = pieces.take()) {
      again += *frame;
    }
  }
  require(found == again, "frames are the same in pieces");
}

void check_values(std::string_view text) {
  if (const auto number = parse_scpi_number(text)) {
    require(std::isfinite(*number), "a number is finite");
  }
  parse_scpi_numbers(text, 3);
  parse_scpi_boolean(text);
  parse_scpi_error(text);
  parse_julabo_number(text);
  parse_julabo_status(text);
  parse_wheel_number(text);
  parse_field_hub_reply(text);
  if (const auto reading = parse_humidity(text, {1, 2})) {
    require(reading->percent >= 0 && reading->percent <= 100, "a humidity is a humidity");
  }
  if (const auto link = parse_link(text); link.address) {
    require(parse_link(to_text(*link.address)).address == link.address,
            "a link is written as it is read");
  }
}

void check_meanings(std::string_view reply) {
  for (const auto meaning : {read_number,
                             read_switch,
                             read_julabo,
                             read_julabo_status,
                             require_julabo_remote,
                             read_keithley<0>,
                             read_keithley<4>,
                             require_output_on,
                             require_good_sensor,
                             read_lauda_running,
                             read_lauda_faults,
                             read_caen,
                             read_caen_word,
                             read_caen_bits<0x3f80>,
                             read_caen_switched_on,
                             read_spellman<1>,
                             read_spellman<3>,
                             read_pfeiffer,
                             require_pfeiffer_millibar,
                             read_mks,
                             require_mks_millibar,
                             read_stream}) {
    const auto said = meaning(reply);
    require(!said.value || said.refusal.empty(), "a value or a refusal, never both");
    require(std::isfinite(said.value.value_or(0)), "a value is finite");
  }
  const auto number = number_in_column(reply, 2);
  require(std::isfinite(number.value_or(0)), "a column is finite");
}

void check_registers(std::string_view text) {
  const auto registers = parse_plant_registers(text);
  require(registers.rows.empty() != registers.problem.empty(), "rows or a problem");
  for (const auto& row : registers.rows) {
    require(row.address >= 0 && row.address + row.words() <= 0x10000 && row.bit < 16,
            "a register is one");
    require(!row.range || row.range->low <= row.range->high, "a range is one");
    const auto half = row.range ? (row.range->low / 2) + (row.range->high / 2) : 0;
    require(register_words(row, half, 0xffff).size() == static_cast<std::size_t>(row.words()),
            "a value has the words of its form");
  }
}

void check_data(std::string_view bytes) {
  if (const auto waveforms = parse_waveform_block(bytes)) {
    for (const auto& waveform : *waveforms) {
      require(waveform.adc.size() * 2 < bytes.size() && waveform.ticks >> 50U == 0,
              "a waveform is within its block");
    }
  }
  if (const auto stamps = parse_charge_block(bytes)) {
    for (const auto& stamp : *stamps) {
      require(std::isfinite(stamp.picocoulombs) && stamp.ticks >> 50U == 0, "a charge is a number");
    }
  }
}

/// What guest and owner of a wire say to each other.
void check_turns(std::string_view line) {
  if (const auto request = wire_request(line)) {
    const auto text = to_line(*request);
    const auto again = wire_request(text);
    require(text.ends_with('\n') && text.find('\n') == text.size() - 1, "a request is one line");
    require(again && to_line(*again) == text && again->bytes == request->bytes,
            "a request is read back as it was");
  }
  if (const auto reply = wire_reply(line)) {
    const auto again = wire_reply(to_line(*reply));
    require(again && again->exchange.received == reply->exchange.received &&
                again->exchange.fault == reply->exchange.fault,
            "a reply is read back as it was");
  }
}

}  // namespace

void instruments(std::string_view input) {
  for (const std::string_view end : {"\r", "\n", "\r\n", ";FF"}) {
    check_framers([&] { return std::make_unique<LineFramer>(end); }, input);
    check_framers([&] { return std::make_unique<FirstLineFramer>(end); }, input);
  }
  for (const auto checksum : {Checksum::None, Checksum::Spellman}) {
    check_framers([&] { return std::make_unique<ChecksumFramer>(checksum); }, input);
  }
  check_framers([] { return std::make_unique<EchoFramer>("pos?", "\r"); },
                "pos?\r" + std::string{input});
  check_framers([] { return std::make_unique<BlockFramer>("x", 5); }, "x\r\n" + std::string{input});
  EnquiryFramer enquiry{"\r\n"};
  for (const char byte : input) {
    if (enquiry.feed({&byte, 1}) == State::Complete) {
      enquiry.body();
      break;
    }
    enquiry.take_request();
  }
  check_pushed(input);
  check_values(input);
  check_meanings(input);
  check_registers(input);
  check_data(input);
  check_turns(input);
}

}  // namespace fat::fuzz
