// A program that prints a line and ends -> the line.
#include "devices/program_output.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "devices/process_link.hpp"
#include "devices/session.hpp"

namespace fat {
namespace {

constexpr std::size_t kMostOutput = 64U << 10U;

}  // namespace

std::string run_sensor(const SensorProgram& program) {
  ProcessLink link{program.words};
  const auto since = program.clock.now();
  auto result = link.open(program.timeouts.connect);
  std::string output;
  while (!result.fault && output.size() <= kMostOutput) {
    const auto left = program.timeouts.first_byte - elapsed(since, program.clock.now());
    result = link.receive(std::max(left, Microseconds{0}));
    output += result.received;
  }
  const bool ended = result.fault == DeviceFault::Closed && link.ended_well();
  link.close();
  if (!ended) {
    throw DeviceError{result.fault.value_or(DeviceFault::Garbled),
                      program.device,
                      fmt::format("{}: {}; it printed \"{}\"; took {}",
                                  link.name(),
                                  result.fault ? result.why : "it prints without end",
                                  escaped(output),
                                  to_text(elapsed(since, program.clock.now())))};
  }
  return output;
}

}  // namespace fat
