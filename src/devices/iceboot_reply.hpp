// Text between echo and prompt -> values; nothing is guessed.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "fat/ports/bench.hpp"

namespace fat {

/// "<1> 272 " -> 272. nullopt unless exactly one integer is on the stack.
std::optional<long long> parse_stack_number(std::string_view text);

/// "channel  3 LVS_SLO_IMON_2V5      0 mA    SATURATED" -> {0, "mA"}: the fourth word and its unit.
std::optional<SlowAdcReading> parse_slow_adc(std::string_view text);

/// The name in the last row of flashLS: a header with columns Name and Size, a separator, rows of
/// as many columns. Empty when the table has no rows.
std::optional<std::string> parse_newest_file(std::string_view text);

/// The board understood and says no: an error text of Forth, of a sensor, or of an FPGA without
/// image.
bool is_refusal(std::string_view text);

/// "502.41 hPa" -> 502.41: the first word of a line.
std::optional<double> parse_first_number(std::string_view text);

/// The forms of replies in the table of commands.
bool is_nothing(std::string_view text);
bool is_stack_number(std::string_view text);
bool is_one_line(std::string_view text);
bool is_slow_adc(std::string_view text);
bool is_flash_table(std::string_view text);
bool is_waveform_block(std::string_view bytes);
bool is_charge_block(std::string_view bytes);
bool is_first_number(std::string_view text);
bool is_stream_size(std::string_view bytes);  ///< of one waveform, or 0
bool is_anything(std::string_view bytes);     ///< its size was asked for

}  // namespace fat
