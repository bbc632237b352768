// Bytes as a person writes them -> durations, quantities, dates, commands, lists; what was read is
// written and read again.
#include <cmath>

#include "cli/terminal_filter.hpp"
#include "fat/model/command_line.hpp"
#include "fat/model/local_time.hpp"
#include "fat/model/measurement.hpp"
#include "fat/model/plain_text.hpp"
#include "fat/model/quantity.hpp"
#include "fat/model/suggestion.hpp"
#include "fuzz/targets.hpp"

namespace fat::fuzz {

namespace {

void check_numbers(std::string_view input) {
  if (const auto duration = parse_duration(input)) {
    require(*duration >= Microseconds{0} && *duration <= std::chrono::years{11},
            "a duration is bounded");
    require(!to_text(*duration).empty(), "a duration can be told");
  }
  if (const auto number = parse_number(input)) {
    require(std::isfinite(*number), "a number is finite");
  }
  if (const auto quantity = parse_quantity(input)) {
    require(std::isfinite(quantity->value), "a quantity is finite");
  }
  if (const auto integer = parse_integer(input)) {
    require(parse_integer(std::to_string(*integer)) == integer, "an integer is read back");
  }
  if (const auto when = parse_local_time(input)) {
    require(to_iso_utc(*when).ends_with('Z'), "a date can be told");
  }
}

void check_command(std::string_view input) {
  const auto command = split_command(input);
  require(command.problem.empty() != command.words.empty(), "a command is words or a problem");
  if (command.problem.empty()) {
    const auto again = split_command(join_command(command.words));
    require(again.problem.empty() && again.words == command.words,
            "a joined command splits into its words");
  }
}

void check_text(std::string_view input) {
  constexpr std::size_t most = 100;
  const auto valid = valid_utf8(input);
  require(valid_utf8(valid) == valid, "text made valid is valid");
  const auto plain = plain_text(input, most);
  require(plain.size() <= most && plain_text(plain, most) == plain, "plain text is plain");
  TerminalFilter whole, pieces;
  const auto at_once = whole.pass(input) + whole.finish();
  std::string bit_by_bit;
  for (std::size_t i = 0; i < input.size(); ++i) {
    bit_by_bit += pieces.pass(input.substr(i, 1));
  }
  require(at_once == bit_by_bit + pieces.finish(), "output in pieces is shown the same");
  require(at_once.find('\x1b') == std::string::npos, "no escape reaches a terminal");
}

}  // namespace

void words(std::string_view input) {
  check_numbers(input);
  check_command(input);
  check_text(input);
  parse_bool(input);
  did_you_mean(input, {"timeout", "attempts", "on_failure"});
  if (const auto promised = parse_promised_measurements(input)) {
    for (const auto& one : *promised) {
      require(!one.name.empty(), "a promised measurement has a name");
    }
  }
}

}  // namespace fat::fuzz
