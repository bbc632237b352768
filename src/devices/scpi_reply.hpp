// Texts of SCPI replies -> values; nothing is guessed.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace fat {

/// "1", "+1.0E+03". The instruments' words for "no number" (9.9E37 and beyond) are none.
std::optional<double> parse_scpi_number(std::string_view text);

/// "1.5,2,3": exactly `count` numbers.
std::optional<std::vector<double>> parse_scpi_numbers(std::string_view text, std::size_t count);

/// ON, OFF, 1, 0, case ignored.
std::optional<bool> parse_scpi_boolean(std::string_view text);

/// One entry of the error queue.
struct ScpiError {
  int code = 0;  ///< 0: the queue is empty
  std::string text;
};

/// "-113,\"Undefined header\"", "+0,\"No error\"".
std::optional<ScpiError> parse_scpi_error(std::string_view text);

/// The forms of replies in tables of commands.
bool is_scpi_number(std::string_view text);
bool is_scpi_triple(std::string_view text);
bool is_scpi_boolean(std::string_view text);
bool is_scpi_error(std::string_view text);
/// Four fields with commas: maker, model, serial number, firmware.
bool is_scpi_identity(std::string_view text);
bool is_scpi_word(std::string_view text);

}  // namespace fat
