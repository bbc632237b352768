// Replies of instruments -> values, or the reason in words why there is none.
#pragma once

#include <string_view>

#include "devices/quantity_table.hpp"

namespace fat {

/// "+1.0E+03", blanks, CR and XON/XOFF around it ignored. SCPI's 9.9E37 is "over range".
ReplyValue read_number(std::string_view reply);
/// ON, OFF, 1, 0.
ReplyValue read_switch(std::string_view reply);
/// "-12.50"; "-15 EXT SENSOR" is Julabo's refusal, with its own words.
ReplyValue read_julabo(std::string_view reply);
/// "03 REMOTE START" -> 3; an error is a negative number, and a value.
ReplyValue read_julabo_status(std::string_view reply);
/// Has a value in remote mode without an error: only then OUT commands do something.
ReplyValue require_julabo_remote(std::string_view reply);
/// Field `field` (from 0) of the five numbers of a Keithley reading.
ReplyValue keithley_field(std::string_view reply, std::size_t field);

template <std::size_t kField>
ReplyValue read_keithley(std::string_view reply) {
  return keithley_field(reply, kField);
}

/// Has a value when the reply is 1: a measurement needs the output on.
ReplyValue require_output_on(std::string_view reply);
/// Lake Shore RDGST?: has a value when no bit is set.
ReplyValue require_good_sensor(std::string_view reply);

/// Lauda IN_MODE_02: 1 is standby, so it runs at 0.
ReplyValue read_lauda_running(std::string_view reply);
/// Lauda STAT: seven digits 0 or 1 -> bits; the first digit is bit 0 (error, alarm, warning,
/// over-temperature, low level, high level, external sensor missing).
ReplyValue read_lauda_faults(std::string_view reply);

/// ",VAL:0300.0".
ReplyValue read_caen(std::string_view reply);
/// 1 for RAMP, YES, REMOTE, HIGH, CLOSED; 0 for KILL, NO, LOCAL, LOW, OPEN.
ReplyValue read_caen_word(std::string_view reply);
/// 1 when one of these bits of STAT is set.
ReplyValue caen_bits(std::string_view reply, unsigned mask);

template <unsigned kMask>
ReplyValue read_caen_bits(std::string_view reply) {
  return caen_bits(reply, kMask);
}

/// STAT after it was switched: on, and not on its way down.
ReplyValue read_caen_switched_on(std::string_view reply);

/// "14,4095,": field `field`, counted from the command's number.
ReplyValue spellman_field(std::string_view reply, std::size_t field);

template <std::size_t kField>
ReplyValue read_spellman(std::string_view reply) {
  return spellman_field(reply, kField);
}

/// "0,1.0000E-03": status, then the pressure; a status other than 0 is refused in words.
ReplyValue read_pfeiffer(std::string_view reply);
/// UNI: has a value when the controller shows mbar.
ReplyValue require_pfeiffer_millibar(std::string_view reply);
/// "7.60E+02"; LO<E-11, ATM, OFF, NOGAUGE, MISCONN are refused in words.
ReplyValue read_mks(std::string_view reply);
ReplyValue require_mks_millibar(std::string_view reply);
/// "1.2e-3,20.1 17": the first field of the first word.
ReplyValue read_stream(std::string_view reply);

/// As `is_printable`, with the XON/XOFF bytes that a line may carry, and the CR before an LF.
std::string_view bare_reply(std::string_view reply);

}  // namespace fat
