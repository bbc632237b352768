// A program that prints a humidity (USBRH and the like) -> the reading.
#include "devices/humidity_command.hpp"

#include <fmt/format.h>

#include "devices/session.hpp"
#include "fat/model/quantity.hpp"

namespace fat {
namespace {

std::vector<double> numbers_of(std::string_view line) {
  constexpr std::string_view between = " \t,;:%\r";
  std::vector<double> numbers;
  while (true) {
    const auto begin = line.find_first_not_of(between);
    if (begin == std::string_view::npos) {
      return numbers;
    }
    line.remove_prefix(begin);
    const auto word = line.substr(0, line.find_first_of(between));
    if (const auto number = parse_number(word)) {
      numbers.push_back(*number);
    }
    line.remove_prefix(word.size());
  }
}

}  // namespace

std::optional<HumidityReading> parse_humidity(std::string_view output,
                                              const HumidityColumns& columns) {
  const auto numbers = numbers_of(output.substr(0, output.find('\n')));
  const auto number = [&](int column) -> std::optional<double> {
    const auto index = static_cast<std::size_t>(column) - 1;
    return column >= 1 && index < numbers.size() ? std::optional{numbers[index]} : std::nullopt;
  };
  const auto humidity = number(columns.humidity);
  const auto temperature = number(columns.temperature);
  if (!humidity || *humidity < 0 || *humidity > 100 || (columns.temperature > 0 && !temperature)) {
    return std::nullopt;
  }
  return HumidityReading{*humidity, temperature};
}

HumidityReading HumidityCommand::read() {
  const auto output = run_sensor(program_);
  const auto reading = parse_humidity(output, columns_);
  if (!reading) {
    throw DeviceError{
        DeviceFault::Garbled,
        program_.device,
        fmt::format("no humidity in its first line; it printed \"{}\"", escaped(output))};
  }
  return *reading;
}

}  // namespace fat
