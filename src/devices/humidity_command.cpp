// A program that prints a humidity (USBRH and the like) -> the reading.
#include "devices/humidity_command.hpp"

#include <utility>

#include <fmt/format.h>

#include "fat/model/quantity.hpp"

namespace fat {
namespace {

constexpr std::size_t kMaxOutput = 64U << 10U;

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

HumidityCommand::HumidityCommand(const Clock& clock,
                                 std::string device,
                                 std::vector<std::string> words,
                                 const LinkTimeouts& timeouts,
                                 const HumidityColumns& columns)
    : clock_(clock),
      device_(std::move(device)),
      link_(std::move(words)),
      timeouts_(timeouts),
      columns_(columns) {}

HumidityReading HumidityCommand::read() {
  const auto since = clock_.now();
  auto result = link_.open(timeouts_.connect);
  std::string output;
  while (!result.fault && output.size() <= kMaxOutput) {
    const auto left = timeouts_.first_byte - elapsed(since, clock_.now());
    result = link_.receive(std::max(left, Microseconds{0}));
    output += result.received;
  }
  const bool ended = result.fault == DeviceFault::Closed && link_.ended_well();
  link_.close();
  const auto reading = ended ? parse_humidity(output, columns_) : std::nullopt;
  if (!reading) {
    throw DeviceError{ended ? DeviceFault::Garbled : result.fault.value_or(DeviceFault::Garbled),
                      device_,
                      fmt::format("{}: {}; it printed \"{}\"; took {}",
                                  link_.name(),
                                  ended ? "no humidity in its first line" : result.why,
                                  escaped(output),
                                  to_text(elapsed(since, clock_.now())))};
  }
  return *reading;
}

}  // namespace fat
